#!/usr/bin/env python3
"""Compares what mmq prints for nine tools of bpftrace with what they must print, computed without mmq.

    tools.py MMQ --tools DIR --capture FILE

MMQ is the program, DIR the directory `tools` of a checkout of bpftrace, FILE the recording tools.dat
with its truth file beside it. Each tool runs on the recording and the whole of its standard output is
compared. One line a tool, then `N passed, N failed, N skipped`; the exit code is 1 if one failed.
Where the recording or a tool is missing, that is said and counted as skipped.

The nine blocks below say in Python what the tools do; the decoder and the text layout are those of
expected.py. A task's name is the last that an event of the recording said of it, at or before the
record; else the first said later; else the saved one. What a record says of its own task counts for
the record itself, what it says of others or of a new name counts from the next record on. Times are
hours, minutes and seconds since the clock's zero, for the recording has no date.

If trace-cmd is installed, its count of each event is compared with the decoder's.
"""
import argparse, collections, difflib, heapq, os, re, subprocess, sys, tempfile

from expected import Capture, Event, END_OF_RUN, Map, NANOSECONDS, hist_rows

TRACING_BLOCK = "Tracing block device I/O... Hit Ctrl-C to end.\n"
INT32 = ("int", "pid_t")


# ---------------------------------------------------------------- C's arithmetic

def divide(a, b):
    """C's division: toward zero."""
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


def remainder(a, b):
    return a - b * divide(a, b)


# ---------------------------------------------------------------- the recording

class Names:
    """The name of each thread at each event: from a list of what all events say of it, in order.

    A thread that two events in a row name differently took the later name between them without an
    event, which happens right behind the first one: programs rename themselves when they start. An
    exec and a new name that is told (task_rename, exec) say nothing of the time before.
    """

    # event: (field of the thread, field of the name, it holds for the record itself)
    SAYS = {
        "sched:sched_switch": (("prev_pid", "prev_comm", True), ("next_pid", "next_comm", False)),
        "sched:sched_process_fork": (("parent_pid", "parent_comm", True),
                                     ("child_pid", "child_comm", False)),
        "sched:sched_process_exec": (("pid", "filename", True),),
        "task:task_rename": (("pid", "oldcomm", True), ("pid", "newcomm", False)),
        "task:task_newtask": (("pid", "comm", False),),
    }

    def __init__(self, capture, events):
        self.saved = capture.names
        self.told = {}
        for index, event in enumerate(events):
            for thread, name, own, past in self.says(event):
                # A name holds from an event's own place on, or from behind it.
                self.told.setdefault(thread, []).append((index if own else index + 0.5, name, past))
        self.index = {id(event): index for index, event in enumerate(events)}

    def says(self, event):
        for thread, name, own in self.SAYS.get(event.format.name, ()):
            text = event.arg(name)
            if name == "filename":
                text = text.rsplit("/", 1)[-1]
            yield event.arg(thread), text[:15], own, own and name != "filename"

    def name(self, event):
        if event.tid == 0:
            return f"swapper/{event.cpu}"
        told = self.told.get(event.tid)
        if not told:
            return self.saved.get(event.tid, "<...>")
        place = self.index[id(event)]
        before = [item for item in told if item[0] <= place]
        after = [item for item in told if item[0] > place]
        if not before:
            return told[0][1]
        if after and after[0][2] and before[-1][0] < place:
            return after[0][1]
        return before[-1][1]


class TimedEvent(Event):
    """A record whose task's name is the one at its time."""

    comm = None

    def number(self, field):
        """An argument of a system call, cut to its declared type; other fields as they are."""
        value = self.arg(field)
        if self.format.fields[field][0] in INT32:
            value = (value + 2**31) % 2**32 - 2**31
        return value


def timed_events(capture):
    """All records in order of time, each with its task's name."""
    records = heapq.merge(*capture.cpus, key=lambda record: record[0])
    events = [TimedEvent(capture, record) for record in records]
    names = Names(capture, events)
    for event in events:
        event.comm = names.name(event)
    return events


def clock_text(nsecs):
    seconds = nsecs // NANOSECONDS
    return f"{seconds // 3600 % 24:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


# ---------------------------------------------------------------- the tools

class Hists:
    """Histograms by key, or one under the key None."""

    def __init__(self):
        self.cells = {}

    def observe(self, key, value):
        buckets = self.cells.setdefault(key, collections.Counter())
        buckets[0 if value < 0 else 1 + value.bit_length()] += 1

    def lines(self, name):
        def order(cell):
            return sum(cell[1].values()), cell[0] or ""
        for key, buckets in sorted(self.cells.items(), key=order):
            yield name + ("" if key is None else f"[{key}]") + ":"
            yield from hist_rows(buckets)
            yield ""


def text(lines):
    return "".join(line + "\n" for line in lines)


def biolatency(events):
    started, usecs = {}, Hists()
    for event in events:
        if event.format.name == "block:block_bio_queue":
            started[event.arg("sector")] = event.nsecs
        elif event.format.name in ("block:block_rq_complete", "block:block_bio_complete"):
            start = started.pop(event.arg("sector"), 0)
            if start:
                usecs.observe(None, divide(event.nsecs - start, 1000))
    return TRACING_BLOCK + END_OF_RUN + text(usecs.lines("@usecs"))


def biosnoop(events):
    out = [f"{'TIME(ms)':<12} {'DISK ID':<14} {'COMM':<16} {'PID':<6} {'LAT(ms)':>7}\n",
           f"{'':13}MAJOR MINOR\n"]
    started = {}
    for event in events:
        if event.format.name == "block:block_io_start":
            started[event.arg("dev"), event.arg("sector")] = event.nsecs, event.tid, event.comm
        elif event.format.name == "block:block_io_done":
            dev = event.arg("dev")
            found = started.pop((dev, event.arg("sector")), None)
            if found:
                start, pid, comm = found
                elapsed = (event.nsecs - events[0].nsecs) // 1_000_000
                lasted = divide(event.nsecs - start, 1_000_000)
                out.append(f"{elapsed:<12} {dev >> 20:<5} {dev & 0xfffff:<8} {comm:<16} {pid:<6}"
                           f" {lasted:>7}\n")
    return "".join(out) + END_OF_RUN


def bitesize(events):
    sizes = Hists()
    for event in events:
        if event.format.name == "block:block_rq_issue":
            sizes.observe(event.arg("comm"), event.arg("bytes"))
    head = TRACING_BLOCK + "\nI/O size (bytes) histograms by process name:"
    return head + END_OF_RUN + text(sizes.lines("@"))


SIGNALS = ["N/A"] + ["SIG" + name for name in (
    "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP "
    "TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS").split()]


def killsnoop(events):
    out = ["Tracing kill(),tkill(),tgkill() signals... Hit Ctrl-C to end.\n",
           f"{'TIME':<15} {'PID':>8} {'COMM':<16} {'SIG':>10} {'TPID':>8} RESULT\n"]
    sent = {}
    for event in events:
        call = re.fullmatch("syscalls:sys_(enter|exit)_(kill|tkill|tgkill)", event.format.name)
        if call and call[1] == "enter":
            sent[event.tid] = event.number("pid"), event.number("sig")
        elif call and sent.get(event.tid, (0, 0))[0]:
            target, signal = sent.pop(event.tid)
            name = SIGNALS[signal] if 0 <= signal < len(SIGNALS) else signal
            time = f"{clock_text(event.nsecs)}.{event.nsecs // 1000 % 1_000_000:06}"
            out.append(f"{time:<15} {event.tid:>8} {event.comm:<16} {name:>10} {target:>8}"
                       f" {event.number('ret'):>6}\n")
    return "".join(out) + END_OF_RUN


def pidpersec(events):
    """A tick runs before the first record at or after its boundary."""
    out, boundary, forks = ["Tracing new processes... Hit Ctrl-C to end.\n"], NANOSECONDS, 0
    for event in events:
        while event.nsecs - events[0].nsecs >= boundary:
            out.append(f"{clock_text(events[0].nsecs + boundary)} PIDs/sec: @: {forks}\n")
            boundary, forks = boundary + NANOSECONDS, 0
        forks += event.format.name == "sched:sched_process_fork"
    return "".join(out) + END_OF_RUN


def syncsnoop(events):
    out = ["Tracing sync syscalls... Hit Ctrl-C to end.\n",
           f"{'TIME':<9} {'PID':<6} {'COMM':<16} EVENT\n"]
    calls = re.compile(r"syscalls:sys_enter_(sync|syncfs|fsync|fdatasync|sync_file_range.*|msync)")
    for event in events:
        if calls.fullmatch(event.format.name):
            out.append(f"{clock_text(event.nsecs)}  {event.tid:<6} {event.comm:<16}"
                       f" tracepoint:{event.format.name}\n")
    return "".join(out) + END_OF_RUN


def syscount(events):
    calls, processes = Map(keyed=True), Map(keyed=True)
    for event in events:
        if event.format.name == "raw_syscalls:sys_enter":
            calls.add(event.arg("id"), 1)
            processes.add(event.comm, 1)
    return ("Counting syscalls... Hit Ctrl-C to end.\n\nTop 10 syscalls IDs:\n"
            + text(calls.lines("@syscall", 10)) + "\nTop 10 processes:\n"
            + text(processes.lines("@process", 10)) + END_OF_RUN)


REASONS = ("background vmscan sync periodic laptop_timer free_more_memory fs_free_space "
           "forker_thread").split()


def writeback(events):
    out = ["Tracing writeback... Hit Ctrl-C to end.\n",
           f"{'TIME':<9} {'DEVICE':<8} {'PAGES':<8} {'REASON':<16} ms\n"]
    started = {}
    for event in events:
        if event.format.name == "writeback:writeback_start":
            started[event.arg("sb_dev")] = event.nsecs
        elif event.format.name == "writeback:writeback_written":
            start = started.get(event.arg("sb_dev"), 0)
            if start:
                del started[event.arg("sb_dev")]
                lasted = divide(event.nsecs - start, 1000)
                number = event.arg("reason") & 0xffffffff
                reason = REASONS[number] if number < len(REASONS) else ""
                out.append(f"{clock_text(event.nsecs)}  {event.arg('name'):<8}"
                           f" {event.arg('nr_pages') & 0xffff:<8} {reason:<16}"
                           f" {divide(lasted, 1000)}.{remainder(lasted, 1000):03}\n")
    return "".join(out) + END_OF_RUN


def runqlat(events):
    queued, usecs = {}, Hists()
    for event in events:
        if event.format.name in ("sched:sched_wakeup", "sched:sched_wakeup_new"):
            queued[event.arg("pid")] = event.nsecs
        elif event.format.name == "sched:sched_switch":
            if event.arg("prev_state") == 0:
                queued[event.arg("prev_pid")] = event.nsecs
            if event.arg("next_pid") and queued.get(event.arg("next_pid"), 0):
                start = queued.pop(event.arg("next_pid"))
                usecs.observe(None, divide(event.nsecs - start, 1000))
    return "Tracing CPU scheduler... Hit Ctrl-C to end.\n" + END_OF_RUN + text(usecs.lines("@usecs"))


TOOLS = [biolatency, biosnoop, bitesize, killsnoop, pidpersec, syncsnoop, syscount, writeback, runqlat]


def script(name, text):
    """runqlat needs the C preprocessor for one constant; mmq has macros."""
    if name != "runqlat":
        return text
    changed, count = re.subn(r"^#if.*?^#endif[^\n]*$", "macro TASK_RUNNING() { 0 }", text,
                             flags=re.M | re.S)
    if count != 1:
        raise ValueError("runqlat has no single #if block")
    return changed


# ---------------------------------------------------------------- running and comparing

def differences(wanted, got):
    lines = difflib.unified_diff(wanted.splitlines(), got.splitlines(), "expected", "mmq", lineterm="")
    return "".join(f"    {line}\n" for line in lines) or "    (the ends of lines differ)\n"


def run(mmq, path, capture):
    command = [mmq, path, "-i", capture, "--tz", "UTC"]
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          errors="surrogateescape", timeout=120, check=False)


def check(tool, arguments, events):
    """None if the output is right, else what is wrong."""
    with open(os.path.join(arguments.tools, tool.__name__ + ".bt"), encoding="utf-8") as file:
        source = script(tool.__name__, file.read())
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, tool.__name__ + ".bt")
        with open(path, "w", encoding="utf-8") as file:
            file.write(source)
        result = run(arguments.mmq, path, arguments.capture)
    if result.returncode != 0:
        return f"    exit code {result.returncode}: {result.stderr}\n"
    wanted = tool(events)
    return None if result.stdout == wanted else differences(wanted, result.stdout)


def check_counts(arguments, events):
    """None if trace-cmd counts the same events, else the differences."""
    report = subprocess.run(["trace-cmd", "report", "-R", "-i", arguments.capture], text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, errors="replace",
                            check=True).stdout
    lines = re.findall(r"^.*-\d+\s+\[\d+\].*?\s\d+\.\d+:\s+(\w+):", report, re.M)
    theirs = collections.Counter(lines)
    ours = collections.Counter(event.format.name.split(":")[1] for event in events)
    return None if theirs == ours else f"    trace-cmd {theirs - ours}, decoder {ours - theirs}\n"


def has_trace_cmd():
    return any(os.access(os.path.join(directory, "trace-cmd"), os.X_OK)
               for directory in os.environ.get("PATH", "").split(os.pathsep))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("mmq")
    parser.add_argument("--tools", required=True, help="the directory tools of a bpftrace checkout")
    parser.add_argument("--capture", required=True, help="tools.dat")
    arguments = parser.parse_args()
    counts = collections.Counter()

    def report(name, outcome, detail=""):
        counts[outcome] += 1
        print(f"{outcome.upper():<8}{name}\n{detail}", end="", flush=True)

    events = None
    if os.path.isfile(arguments.capture):
        events = timed_events(Capture(arguments.capture))
    for tool in TOOLS:
        if events is None:
            report(f"{tool.__name__}: there is no {arguments.capture}", "skipped")
        elif not os.path.isfile(os.path.join(arguments.tools, tool.__name__ + ".bt")):
            report(f"{tool.__name__}: it is not in {arguments.tools}", "skipped")
        else:
            wrong = check(tool, arguments, events)
            report(tool.__name__, "failed" if wrong else "passed", wrong or "")
    if events is None or not has_trace_cmd():
        report("event counts: there is no recording or no trace-cmd", "skipped")
    else:
        wrong = check_counts(arguments, events)
        report("event counts of trace-cmd", "failed" if wrong else "passed", wrong or "")
    print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
