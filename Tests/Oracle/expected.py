#!/usr/bin/env python3
"""Computes what mmq must print for each of the fifteen reference scripts, without mmq.

    expected.py --list                          the table: script, capture, times, shift
    expected.py SCRIPT CAPTURE_DIR              the expected standard output of one script
    expected.py --all CAPTURE_DIR OUTPUT_DIR    writes OUTPUT_DIR/SCRIPT.expected for all of them

A capture is "stretched" so that the script's interval fires: its records are repeated `times`
times, copy k shifted by k x `shift` seconds. The decoder below reads trace.dat versions 6 and 7 and
compares what it found with the capture's truth file before anything is printed. The text layout is
that of bpftrace's master. Needs the `zstd` program for compressed captures.
"""
import bisect, heapq, json, os, re, struct, subprocess, sys

END_OF_RUN = "\n\n"
NANOSECONDS = 1_000_000_000


# ---------------------------------------------------------------- the recording

class Reader:
    """A cursor over little-endian bytes."""

    def __init__(self, data, at=0):
        self.data, self.at = data, at

    def take(self, count):
        if self.at + count > len(self.data):
            raise ValueError(f"{count} bytes wanted at {self.at} of {len(self.data)}")
        self.at += count
        return self.data[self.at - count:self.at]

    def number(self, size):
        return int.from_bytes(self.take(size), "little")

    def text(self):
        end = self.data.index(b"\0", self.at)
        value = self.data[self.at:end]
        self.at = end + 1
        return value.decode()

    def counted(self, size):
        return self.take(self.number(size))


class Format:
    """One event's `format` file: where its fields lie, and which of them have names for values."""

    FIELD = re.compile(r"field:(.*?)\s*(\w+)(?:\[[^]]*\])?;"
                       r"\s*offset:(\d+);\s*size:(\d+);(?:\s*signed:(\d+);)?")

    def __init__(self, system, text):
        self.name = system + ":" + re.search(r"^name: (\S+)", text, re.M)[1]
        self.id = int(re.search(r"^ID: (\d+)", text, re.M)[1])
        self.fields = {f[2]: (f[1], int(f[3]), int(f[4]), f[5] == "1")
                       for f in self.FIELD.finditer(text)}
        self.text, self.tables = text, {}
        for call in re.finditer(r"__print_symbolic\(REC->(\w+),((?:\s*\{[^}]*\},?)+)\s*\)", text):
            pairs = re.findall(r'\{\s*(-?\w+)\s*,\s*"([^"]*)"\s*\}', call[2])
            self.tables[call[1]] = {int(value, 0): name for value, name in pairs}

    def value(self, payload, field):
        kind, offset, size, signed = self.fields[field]
        value = int.from_bytes(payload[offset:offset + size], "little", signed=signed)
        if kind.startswith("__data_loc char"):
            start = value & 0xffff
            return payload[start:start + ((value >> 16) & 0xffff)].split(b"\0")[0].decode()
        if kind == "char" and size > 1:
            return payload[offset:offset + size].split(b"\0")[0].decode()
        return value

    def symbol(self, payload, field):
        return self.tables[field][self.value(payload, field)]


class Capture:
    """A trace.dat file: `cpus` lists, per CPU, its records (time, CPU, payload) in file order."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.data = file.read()
        head = Reader(self.data)
        if head.take(10) != b"\x17\x08\x44tracing":
            raise ValueError(f"{path} is not a trace.dat file")
        version = head.text()
        if head.take(2) != b"\x00\x08":
            raise ValueError("only little-endian files of 64-bit kernels are read here")
        self.page_size = head.number(4)
        self.formats, self.cpus = {}, []
        {"6": self.read_version_6, "7": self.read_version_7}[version](head)
        self.starts = [address for address, _ in self.symbols]
        self.compare_with_truth(path.removesuffix(".dat") + ".truth.json")

    def read_version_6(self, r):
        self.read_header_info(r)
        self.read_ftrace_formats(r)
        self.read_event_formats(r)
        self.read_symbols(r.counted(4))
        r.counted(4)  # printk formats
        self.read_names(r.counted(8))
        cpus = r.number(4)
        tag = r.take(10)
        if tag == b"options  \0":
            while r.number(2) != 0:
                r.counted(4)
            tag = r.take(10)
        if tag != b"flyrecord\0":
            raise ValueError(f"unexpected part {tag}")
        for cpu in range(cpus):
            offset, size = r.number(8), r.number(8)
            self.cpus.append(list(self.records(cpu, self.data[offset:offset + size])))

    def read_version_7(self, r):
        compression = r.text()
        r.text()  # its version
        if compression != "zstd":
            raise ValueError(f"compression {compression} is not read here")
        buffers, sections, offset = [], {}, r.number(8)
        while offset:
            options, offset = Reader(self.section(offset)), 0
            while options.at < len(options.data):
                kind, value = options.number(2), options.counted(4)
                if kind == 0:
                    offset = Reader(value).number(8)
                    break
                if kind == 1:
                    raise ValueError("a recording with a date: time() would print wall-clock time")
                if kind == 3:
                    buffers.append(value)
                if 16 <= kind <= 21:
                    sections[kind] = Reader(value).number(8)
        self.read_ftrace_formats(Reader(self.section(sections[17])))
        self.read_event_formats(Reader(self.section(sections[18])))
        self.read_symbols(Reader(self.section(sections[19])).counted(4))
        self.read_names(Reader(self.section(sections[21])).counted(8))
        if len(buffers) != 1:
            raise ValueError("only recordings with one buffer are read here")
        self.read_buffer(Reader(buffers[0]))

    def section(self, offset):
        r = Reader(self.data, offset)
        r.number(2)
        compressed = r.number(2) & 1
        r.number(4)
        size = r.number(8)
        if not compressed:
            return r.take(size)
        packed, unpacked = r.number(4), r.number(4)
        return unzstd(r.take(packed), unpacked)

    def read_buffer(self, r):
        section, _, _ = r.number(8), r.text(), r.text()
        compressed = struct.unpack_from("<HH", self.data, section)[1] & 1
        self.page_size = r.number(4)
        for expected_cpu in range(r.number(4)):
            cpu, offset, size = r.number(4), r.number(8), r.number(8)
            if cpu != expected_cpu:
                raise ValueError("the CPUs are not listed in order")
            pages = self.data[offset:offset + size]
            if compressed:
                pages = self.chunks(Reader(self.data, offset))
            self.cpus.append(list(self.records(cpu, pages)))

    def chunks(self, r):
        frames, total = [], 0
        for _ in range(r.number(4)):
            packed, unpacked = r.number(4), r.number(4)
            frames.append(r.take(packed))
            total += unpacked
        return unzstd(b"".join(frames), total)  # Joined frames are valid zstd.

    def read_header_info(self, r):
        for name in ("header_page", "header_event"):
            if r.text() != name:
                raise ValueError(f"{name} is missing")
            r.counted(8)

    def read_ftrace_formats(self, r):
        for _ in range(r.number(4)):
            self.add_format("ftrace", r.counted(8))

    def read_event_formats(self, r):
        for _ in range(r.number(4)):
            system = r.text()
            for _ in range(r.number(4)):
                self.add_format(system, r.counted(8))

    def add_format(self, system, text):
        event = Format(system, text.decode())
        self.formats[event.id] = event

    def read_symbols(self, text):
        """Aliases share an address; as in the kernel's own %ps, the first of them counts."""
        first = {}
        for line in text.decode().rstrip("\0").splitlines():
            address, _, name = line.split()[:3]
            first.setdefault(int(address, 16), name)
        self.symbols = sorted(first.items())

    def read_names(self, text):
        self.names = {}
        for line in text.decode().rstrip("\0").splitlines():
            pid, name = line.split(" ", 1)
            self.names.setdefault(int(pid), name)

    def records(self, cpu, data):
        """The records of one CPU's sub-buffers, section 1 of the trace formats."""
        for base in range(0, len(data), self.page_size):
            time, commit = struct.unpack_from("<QQ", data, base)
            at = base + 16
            end = at + (commit & 0x7ffffff)
            while at < end:
                word, = struct.unpack_from("<I", data, at)
                kind, delta = word & 31, word >> 5
                if kind == 29 and delta == 0:
                    break
                extra = struct.unpack_from("<I", data, at + 4)[0] if kind in (0, 29, 30, 31) else 0
                if 1 <= kind <= 28:
                    time += delta
                    yield time, cpu, data[at + 4:at + 4 + 4 * kind]
                    at += 4 + 4 * kind
                elif kind == 0:
                    time += delta
                    yield time, cpu, data[at + 8:at + 4 + extra]
                    at += 4 + (extra + 3) // 4 * 4
                elif kind == 29:
                    time += 0 if delta == 1 else delta
                    at += 4 + extra
                else:
                    step = (extra << 27) + delta
                    time = time + step if kind == 30 else step | (time & 0xf8000000_00000000)
                    at += 8

    def compare_with_truth(self, path):
        with open(path, encoding="utf-8") as file:
            truth = json.load(file)
        counts, first, last = {}, None, None
        for time, _, payload in (record for cpu in self.cpus for record in cpu):
            name = self.formats[int.from_bytes(payload[:2], "little")].name
            counts[name] = counts.get(name, 0) + 1
            first = time if first is None else min(first, time)
            last = time if last is None else max(last, time)
        found = (counts, first, last)
        wanted = (truth["events"], truth["first_ts_ns"], truth["last_ts_ns"])
        if found != wanted:
            raise ValueError(f"decoded {found}, but {path} says {wanted}")
        self.names_change = any(re.match("sched:sched_(switch|process)|task:", n) for n in counts)

    def stretched(self, times, shift):
        """The records repeated `times` times, in order of time; ties go to the lower CPU."""
        def repeated(records):
            for copy in range(times):
                for time, cpu, payload in records:
                    yield time + copy * shift, cpu, payload
        return heapq.merge(*(repeated(cpu) for cpu in self.cpus), key=lambda record: record[0])

    def ksym(self, address):
        return self.symbols[bisect.bisect_right(self.starts, address) - 1][1]


def unzstd(data, size):
    plain = subprocess.run(["zstd", "-dcq"], input=data, stdout=subprocess.PIPE, check=True).stdout
    if len(plain) != size:
        raise ValueError(f"{len(plain)} bytes unpacked, {size} promised")
    return plain


# ---------------------------------------------------------------- maps and how they print

class Map:
    """A map without keys has the one key None. `hist` maps hold {bucket: count}, others values."""

    def __init__(self, keyed, hist=False):
        self.keyed, self.hist, self.cells = keyed, hist, {}

    def add(self, key, value):
        self.cells[key] = self.cells.get(key, 0) + value

    def observe(self, value):
        buckets = self.cells.setdefault(None, {})
        index = 0 if value < 0 else 1 + value.bit_length()
        buckets[index] = buckets.get(index, 0) + 1

    def lines(self, name, top=0):
        if self.hist:
            return [name + ":"] + hist_rows(self.cells[None]) + [""] if self.cells else []
        if not self.keyed:
            return [f"{name}: {self.cells.get(None, 0)}"]
        rows = sorted(self.cells.items(), key=lambda cell: (cell[1], cell[0]))
        return [f"{name}[{key}]: {value}" for key, value in (rows[-top:] if top else rows)]


def hist_rows(buckets):
    """Bucket 0 is for negative values, 1 for zero, i for [2^(i-2), 2^(i-1))."""
    rows, largest = [], max(buckets.values())
    for index in range(min(buckets), max(buckets) + 1):
        count = buckets.get(index, 0)
        if index == 0:
            label = "(..., 0)"
        elif index <= 2:
            label = f"[{index - 1}]"
        else:
            label = f"[{power_label(index - 2)}, {power_label(index - 1)})"
        rows.append(f"{label:<16}{count:>8} |{'@' * bar_width(count, largest):<52}|")
    return rows


def power_label(power):
    return str(1 << power % 10) + ["", "K", "M", "G", "T", "P", "E"][power // 10]


def bar_width(count, largest):
    """bpftrace computes the bar in single precision; near whole numbers that can be seen."""
    ratio = single(single(count) / single(largest))
    return int(single(ratio * 52))


def single(number):
    return struct.unpack("<f", struct.pack("<f", number))[0]


# ---------------------------------------------------------------- running a script

class Exit(Exception):
    pass


class Run:
    """One run of a script: its maps, and what it printed so far."""

    def __init__(self, script, capture):
        self.script, self.capture, self.output = script, capture, []
        self.maps = {name: Map(*shape) for name, shape in script.maps.items()}

    def printf(self, text):
        self.output.append(text)

    def print(self, name, top=0):
        self.output += [line + "\n" for line in self.maps[name].lines(name, top)]

    def clear(self, name):
        self.maps[name].cells.clear()

    def perform(self):
        try:
            self.feed()
        except Exit:
            pass
        self.printf(END_OF_RUN)
        for name in sorted(self.maps):
            if self.maps[name].cells:
                self.print(name)
        return "".join(self.output)

    def feed(self):
        """A tick runs before the first record at or after its boundary; empty periods tick too."""
        period = self.script.interval * NANOSECONDS
        origin = min(time for cpu in self.capture.cpus for time, _, _ in cpu)
        boundary = origin + period
        handlers = {event.id: self.script.events[event.name]
                    for event in self.capture.formats.values() if event.name in self.script.events}
        if len(handlers) != len(self.script.events):
            raise ValueError("the capture lacks an event of the script")
        for record in self.capture.stretched(self.script.times, self.script.shift * NANOSECONDS):
            while period and record[0] >= boundary:
                self.script.tick(self)
                boundary += period
            handler = handlers.get(int.from_bytes(record[2][:2], "little"))
            if handler:
                handler(self, Event(self.capture, record))


class Event:
    """A record as a block of a script sees it."""

    def __init__(self, capture, record):
        self.capture = capture
        self.nsecs, self.cpu, self.payload = record
        self.format = capture.formats[int.from_bytes(self.payload[:2], "little")]
        self.tid = self.arg("common_pid")

    def arg(self, field):
        return self.format.value(self.payload, field)

    def symbol(self, field):
        return self.format.symbol(self.payload, field)

    def ksym(self, field):
        return self.capture.ksym(self.arg(field))

    @property
    def comm(self):
        """The saved name: enough where no event of the recording names tasks."""
        if self.capture.names_change:
            raise ValueError("this capture tells names over time, the saved names are not enough")
        return f"swapper/{self.cpu}" if self.tid == 0 else self.capture.names.get(self.tid, "<...>")


# ---------------------------------------------------------------- the fifteen scripts

class Script:
    """A script's capture, how it is stretched, its maps {name: (keyed, hist)}, and its blocks."""

    def __init__(self, capture, times, shift, maps, events, interval=0, tick=None):
        self.capture, self.times, self.shift, self.maps = capture, times, shift, maps
        self.events, self.interval, self.tick = events, interval, tick


KEYED, HIST, SCALAR = (True, False), (False, True), (False, False)


def s01_alloc(run, event):
    run.maps["@"].add(event.comm, 1)


def s02_alloc(run, event):
    run.maps["@order_hist"].observe(event.arg("order"))


def s02_tick(run):
    run.print("@order_hist")
    run.clear("@order_hist")


def s03_wake(run, event):
    run.maps["@"].add(event.arg("nid"), 1)


def print_and_clear(run):
    run.print("@")
    run.clear("@")


def s04_begin(run, event):
    run.maps["@start"].cells[event.tid] = event.nsecs


def s04_end(run, event):
    start = run.maps["@start"].cells
    if start.get(event.tid, 0):
        run.maps["@latency_ns"].observe(event.nsecs - start.pop(event.tid))


def s05_victim(run, event):
    rss = event.arg("anon_rss") + event.arg("file_rss") + event.arg("shmem_rss")
    pid, comm, adj = event.arg("pid"), event.arg("comm"), event.arg("oom_score_adj")
    run.printf(f"OOM kill: pid={pid} comm={comm} rss={rss} kB adj={adj}\n")


def s06_end(run, event):
    run.maps["@status"].add(event.symbol("status"), 1)


def s07_collapse(run, event):
    run.maps["@"].add("success" if event.arg("status") == 0 else "fail", 1)


def s08_alloc(run, event):
    run.maps["@"].add(event.ksym("call_site"), 1)


def s08_tick(run):
    run.print("@", 10)
    run.clear("@")


def s09_alloc(run, event):
    run.maps["@net"].add(event.ksym("call_site"), 1)


def s09_free(run, event):
    run.maps["@net"].add(event.ksym("call_site"), -1)


def s09_tick(run):
    run.print("@net")
    run.clear("@net")


def s10_kmalloc(run, event):
    run.maps["@req"].add(event.ksym("call_site"), event.arg("bytes_req"))
    run.maps["@alloc"].add(event.ksym("call_site"), event.arg("bytes_alloc"))


def s10_tick(run):
    run.print("@req")
    run.print("@alloc")


def s11_begin(run, event):
    run.maps["@start"].cells[event.tid] = event.nsecs
    run.maps["@task"].cells[None] = event.comm


def s11_end(run, event):
    start = run.maps["@start"].cells
    if start.get(event.tid, 0):
        latency = (event.nsecs - start.pop(event.tid)) / 1e6
        run.printf(f"direct_reclaim: comm={run.maps['@task'].cells[None]} latency={latency:.3f}ms "
                   f"reclaimed={event.arg('nr_reclaimed')} pages\n")


def s12_kmalloc(run, event):
    run.maps["@bytes"].add(event.ksym("call_site"), event.arg("bytes_alloc"))


def s12_tick(run):
    run.print("@bytes", 20)
    raise Exit


def s13_collapse(run, event):
    run.maps["@result"].add(event.symbol("status"), 1)


def s13_tick(run):
    run.printf("\nTHP collapse outcomes (status 0 = success):\n")
    run.print("@result")
    run.clear("@result")


def s14_victim(run, event):
    """time() has no date to go by here: hours, minutes and seconds since the clock's zero."""
    rss = event.arg("anon_rss") + event.arg("file_rss") + event.arg("shmem_rss")
    pid, comm, adj = event.arg("pid"), event.arg("comm"), event.arg("oom_score_adj")
    seconds = event.nsecs // NANOSECONDS
    run.printf(f"{seconds // 3600 % 24:02}:{seconds // 60 % 60:02}:{seconds % 60:02} ")
    run.printf(f"OOM KILL pid={pid} comm={comm} rss={rss} kB ({rss // 1024} MB) adj={adj}\n")


def s15_end(run, event):
    run.maps["@"].add(event.symbol("status"), 1)


def s15_extfrag(run, event):
    run.maps["@extfrag_total"].add(None, 1)
    if event.arg("change_ownership"):
        run.maps["@ownership_stolen"].add(None, 1)


def s15_tick(run):
    total = run.maps["@extfrag_total"].cells.get(None, 0)
    stolen = run.maps["@ownership_stolen"].cells.get(None, 0)
    run.printf("\nCompaction outcomes:\n")
    run.print("@")
    run.printf(f"\nFragmentation events: {total} total, {stolen} ownership changes\n")
    raise Exit


KMALLOC, KMEM_ALLOC, KMEM_FREE = "kmem:kmalloc", "kmem:kmem_cache_alloc", "kmem:kmem_cache_free"
PAGE_ALLOC, EXTFRAG = "kmem:mm_page_alloc", "kmem:mm_page_alloc_extfrag"
RECLAIM_BEGIN = "vmscan:mm_vmscan_direct_reclaim_begin"
RECLAIM_END = "vmscan:mm_vmscan_direct_reclaim_end"
KSWAPD_WAKE, VICTIM = "vmscan:mm_vmscan_kswapd_wake", "oom:mark_victim"
COMPACTION_END, COLLAPSE = "compaction:mm_compaction_end", "huge_memory:mm_collapse_huge_page"

SCRIPTS = {
    "s01": Script("reclaim.dat", 1, 0, {"@": KEYED}, {PAGE_ALLOC: s01_alloc}),
    "s02": Script("reclaim.dat", 2, 22, {"@order_hist": HIST}, {PAGE_ALLOC: s02_alloc},
                  5, s02_tick),
    "s03": Script("reclaim.dat", 2, 13, {"@": KEYED}, {KSWAPD_WAKE: s03_wake}, 1, print_and_clear),
    "s04": Script("reclaim.dat", 2, 13, {"@start": KEYED, "@latency_ns": HIST},
                  {RECLAIM_BEGIN: s04_begin, RECLAIM_END: s04_end},
                  10, lambda run: run.print("@latency_ns")),
    "s05": Script("oom.dat", 2, 60, {}, {VICTIM: s05_victim}),
    "s06": Script("compaction.dat", 2, 25, {"@status": KEYED}, {COMPACTION_END: s06_end},
                  10, lambda run: run.print("@status")),
    "s07": Script("thp.dat", 3, 61, {"@": KEYED}, {COLLAPSE: s07_collapse}, 60, print_and_clear),
    "s08": Script("slab-v6.dat", 4, 7, {"@": KEYED}, {KMEM_ALLOC: s08_alloc}, 10, s08_tick),
    "s09": Script("slab-v6.dat", 4, 21, {"@net": KEYED},
                  {KMEM_ALLOC: s09_alloc, KMEM_FREE: s09_free}, 30, s09_tick),
    "s10": Script("slab-v6.dat", 4, 11, {"@req": KEYED, "@alloc": KEYED}, {KMALLOC: s10_kmalloc},
                  15, s10_tick),
    "s11": Script("reclaim.dat", 1, 0, {"@start": KEYED, "@task": SCALAR},
                  {RECLAIM_BEGIN: s11_begin, RECLAIM_END: s11_end}),
    "s12": Script("slab-v6.dat", 3, 31, {"@bytes": KEYED}, {KMALLOC: s12_kmalloc}, 60, s12_tick),
    "s13": Script("thp.dat", 3, 31, {"@result": KEYED}, {COLLAPSE: s13_collapse}, 30, s13_tick),
    "s14": Script("oom.dat", 2, 90000, {}, {VICTIM: s14_victim}),
    "s15": Script("compaction.dat", 3, 31,
                  {"@": KEYED, "@extfrag_total": SCALAR, "@ownership_stolen": SCALAR},
                  {COMPACTION_END: s15_end, EXTFRAG: s15_extfrag}, 60, s15_tick),
}


def expected(name, directory, loaded={}):
    script = SCRIPTS[name]
    path = os.path.join(directory, script.capture)
    if path not in loaded:
        loaded.clear()  # One capture at a time: the large ones fill some hundred megabytes.
        loaded[path] = Capture(path)
    return Run(script, loaded[path]).perform()


def main(arguments):
    if arguments == ["--list"]:
        for name, script in SCRIPTS.items():
            print(name, script.capture, script.times, script.shift)
    elif len(arguments) == 3 and arguments[0] == "--all":
        for name in sorted(SCRIPTS, key=lambda name: SCRIPTS[name].capture):
            path = os.path.join(arguments[2], name + ".expected")
            with open(path, "w", encoding="utf-8") as file:
                file.write(expected(name, arguments[1]))
    elif len(arguments) == 2 and arguments[0] in SCRIPTS:
        sys.stdout.write(expected(*arguments))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
