#!/usr/bin/env python3
"""Computes what each shipped recipe must print on a capture, without mmq.

    recipes.py --list                           the table: recipe, capture, options
    recipes.py RECIPE CAPTURE_DIR               the expected output of one recipe
    recipes.py --all CAPTURE_DIR OUTPUT_DIR     writes OUTPUT_DIR/RECIPE.expected for all of them

The decoder is that of expected.py, which compares what it found with the capture's truth file. The
figures are computed from plain lists of events, not in the way of the scripts: pairs, sums and sorts.
A line `...` in an output stands for any lines: there the oracle does not know the names of tasks.
"""
import bisect, collections, os, re, struct, sys

from expected import Capture, Event, NANOSECONDS, hist_rows

RECIPES = {}

# enum vmscan_throttle_state of include/linux/mmzone.h: the format of mm_vmscan_throttled names them.
THROTTLED = {"VMSCAN_THROTTLE_" + name: number
             for number, name in enumerate(["WRITEBACK", "ISOLATED", "NOPROGRESS", "CONGESTED"])}


def recipe(capture, options=""):
    def register(function):
        RECIPES[function.__name__.replace("_", "-")] = (capture, options, function)
        return function
    return register


# ---------------------------------------------------------------- the trace

class Trace:
    """All events of a capture in order of time, and the periods of an interval."""

    def __init__(self, capture):
        self.capture = capture
        self.events = [Event(capture, record) for record in capture.stretched(1, 0)]
        self.first, self.last = self.events[0].nsecs, self.events[-1].nsecs
        self.flags = {}

    def named(self, *names):
        """Of the system:name given, or of several."""
        return [event for event in self.events if event.format.name in names]

    def periods(self, seconds, *names):
        """(seconds since the start, nanoseconds of the period, its events): whole ones, then the rest."""
        length = seconds * NANOSECONDS
        whole = (self.last - self.first) // length
        found = [[] for _ in range(whole + 1)]
        for event in self.named(*names):
            found[(event.nsecs - self.first) // length].append(event)
        for number in range(whole):
            yield (number + 1) * seconds, length, found[number]
        yield (self.last - self.first) / 1e9, self.last - self.first - whole * length, found[whole]

    def flag_names(self, event, field):
        """What __print_flags makes of a field: whole masks first to last, the rest in hexadecimal."""
        table = self.flags.get((event.format.id, field))
        if table is None:
            table = self.flags[event.format.id, field] = flag_table(event.format, field)
        value, names = event.arg(field), []
        if value == 0:
            return table[0]
        for mask, name in table[1]:
            if mask and value & mask == mask:
                names.append(name)
                value &= ~mask
        return "|".join(names + ([hex(value)] if value else []))

    def waits(self, begin, end, key=lambda event: event.tid):
        """(begin, end) of the same thread; an end without a begin is none."""
        started = {}
        for event in self.named(begin, end):
            if event.format.name == begin:
                started[key(event)] = event
            elif key(event) in started:
                yield started.pop(key(event)), event


def flag_table(format, field):
    """(the name of zero, [(mask, name)])."""
    text = format.text
    call = re.search(r"\(REC->%s\) \? __print_flags\(REC->%s, \"\|\",(.*?)\) : \"([^\"]*)\""
                     % (field, field), text, re.S)
    pairs = []
    for expression, name in re.findall(r"\{(.*?), \"([^\"]+)\"\}", call[1], re.S):
        plain = re.sub(r"\(\s*(unsigned long|gfp_t)\)|(?<=[0-9a-fA-F])[uUlL]+", "", expression)
        pairs.append((eval(plain, THROTTLED) & (1 << 64) - 1, name))
    return call[2], pairs


def percent(part, whole):
    return part * 100 / whole if whole else 0.0


def count(events, key):
    return collections.Counter(map(key, events))


def total(events, key, value):
    sums = collections.Counter()
    for event in events:
        sums[key(event)] += value(event)
    return sums


def ranked(sums):
    """The largest first, equal ones by key."""
    return sorted(sums.items(), key=lambda item: (-item[1], item[0]))


def field(name):
    return lambda event: event.arg(name)


def comm(event):
    return event.comm


def pages(event):
    return 1 << event.arg("order")


def has_page(event):
    return event.arg("pfn") != (1 << 64) - 1


def histogram(values):
    buckets = collections.Counter(1 + value.bit_length() for value in values)
    return hist_rows(buckets) + [""]


def quantiles(name, samples):
    """Rows of a map of quantile(n, 50, 90, 99, 100), the key with the fewest values first. The first and
    the last value are exact; others are the middle of their bucket, of which each power of two has 64."""
    for key, values in sorted(samples.items(), key=lambda item: (len(item[1]), item[0])):
        values, shown = sorted(values), []
        for share in (50, 90, 99, 100):
            rank = -(-len(values) * share // 100)
            value = values[rank - 1]
            if 1 < rank < len(values):
                width = 1 << max(0, value.bit_length() - 7)
                value = value // width * width + (width - 1) // 2
                value = max(values[0], min(values[-1], value))
            shown.append(f".p{share} = {value}")
        yield f"{name}[{key}]: {{ {', '.join(shown)} }}"


# ---------------------------------------------------------------- page allocation

ALLOC, FREE = "kmem:mm_page_alloc", "kmem:mm_page_free"


@recipe("reclaim.dat", "--top=3")
def page_alloc_comm(trace):
    for at, time, events in trace.periods(10, ALLOC):
        good = [event for event in events if has_page(event)]
        by_comm = total(good, comm, pages)
        blocks = count(good, comm)
        failed = count([event for event in events if not has_page(event)], comm)
        everything = sum(by_comm.values())
        yield f"{at:9.3f} s: {everything} pages, {everything / (time / 1e9):.0f} a second"
        yield "%10s %10s %7s %10s %8s  %s" % ("pages/s", "pages", "share", "blocks", "failed", "comm")
        rows = ranked({name: by_comm[name] for name in set(blocks) | set(failed)})
        for name, n in rows[:3]:
            yield "%10.0f %10d %6.1f%% %10d %8d  %s" % (
                n / (time / 1e9), n, percent(n, everything), blocks[name], failed[name], name)
        if len(rows) > 3:
            yield "%10s %d more" % ("", len(rows) - 3)


@recipe("reclaim.dat")
def page_alloc_order(trace):
    for at, time, events in trace.periods(10, ALLOC):
        blocks = count([event for event in events if has_page(event)], field("order"))
        failed = count([event for event in events if not has_page(event)], field("order"))
        everything = sum(blocks.values())
        all_pages = sum(n << order for order, n in blocks.items())
        yield (f"{at:9.3f} s: {everything} blocks, {everything / (time / 1e9):.0f} a second; "
               f"{all_pages} pages")
        yield "%6s %10s %10s %7s %12s %8s %8s" % (
            "order", "blocks/s", "blocks", "share", "of pages", "failed", "of tries")
        for order in sorted(set(blocks) | set(failed)):
            n = blocks[order]
            yield "%6d %10.0f %10d %6.2f%% %11.2f%% %8d %7.2f%%" % (
                order, n / (time / 1e9), n, percent(n, everything), percent(n << order, all_pages),
                failed[order], percent(failed[order], n + failed[order]))


MIGRATETYPES = {0: "unmovable", 1: "movable", 2: "reclaimable", 3: "highatomic"}


@recipe("reclaim.dat", "--top=6")
def page_alloc_gfp(trace):
    def kind(event):
        return trace.flag_names(event, "gfp_flags"), event.arg("migratetype")
    for at, time, events in trace.periods(10, ALLOC):
        good = total([event for event in events if has_page(event)], kind, pages)
        failed = count([event for event in events if not has_page(event)], kind)
        everything = sum(good.values())
        yield f"{at:9.3f} s: {everything} pages, {everything / (time / 1e9):.0f} a second"
        yield "%10s %10s %7s %8s  %-13s %s" % (
            "pages/s", "pages", "share", "failed", "migratetype", "gfp flags")
        rows = ranked({key: good[key] for key in set(good) | set(failed)})
        for (flags, migratetype), n in rows[:6]:
            yield "%10.0f %10d %6.1f%% %8d  %d %-11s %s" % (
                n / (time / 1e9), n, percent(n, everything), failed[flags, migratetype], migratetype,
                MIGRATETYPES.get(migratetype, ""), flags)
        if len(rows) > 6:
            yield "%10s %d more" % ("", len(rows) - 6)


@recipe("reclaim.dat")
def page_alloc_net(trace):
    yield "%11s %12s %12s %12s %12s" % ("seconds", "allocated/s", "freed/s", "net pages", "sum")
    allocated = freed = 0
    for at, time, events in trace.periods(1, ALLOC, FREE):
        more = sum(pages(e) for e in events if e.format.name == ALLOC and has_page(e))
        less = sum(pages(e) for e in events if e.format.name == FREE)
        allocated, freed = allocated + more, freed + less
        yield "%11.3f %12.0f %12.0f %12d %12d" % (
            at, more / (time / 1e9), less / (time / 1e9), more - less, allocated - freed)
    yield f"{allocated} pages allocated, {freed} freed: {allocated - freed:+d} in use"


@recipe("stacks.dat", "--top=5")
def page_alloc_stacks(trace):
    """A stack is the next record of its CPU; each of these allocations has one."""
    sums = collections.Counter()
    for records in trace.capture.cpus:
        events = [Event(trace.capture, record) for record in records]
        for event, stack in zip(events, events[1:]):
            if event.format.name == ALLOC and has_page(event):
                assert stack.format.name == "ftrace:kernel_stack" and stack.tid == event.tid
                addresses = struct.unpack_from(f"<{stack.arg('size')}Q", stack.payload, 16)
                sums[event.comm, addresses] += pages(event)
    yield f"{sum(sums.values())} pages in {len(sums)} rows"
    for (name, addresses), n in sorted(sums.items(), key=lambda item: (item[1], item[0]))[-5:]:
        yield f"@pages[{name}, "
        for address in addresses:
            symbol = trace.capture.symbols[bisect.bisect_right(trace.capture.starts, address) - 1]
            yield f"        {symbol[1]}+{address - symbol[0]}"
        yield f"]: {n}"


@recipe("reclaim.dat")
def page_lifetimes(trace):
    born, lives, older, unseen = {}, [], 0, 0
    for event in trace.named(ALLOC, FREE):
        pfn = event.arg("pfn")
        if event.format.name == ALLOC:
            if has_page(event):
                unseen += pfn in born
                born[pfn] = event
        elif pfn in born:
            lives.append((born.pop(pfn), event))
        else:
            older += 1
    yield "@life:"
    yield from histogram([(end.nsecs - start.nsecs) // 1000 for start, end in lives])
    by_comm = collections.defaultdict(list)
    for start, end in lives:
        by_comm[start.comm].append((end.nsecs - start.nsecs) // 1000)
    yield from quantiles("@life_us", by_comm)
    blocks = sum(1 for event in trace.named(ALLOC) if has_page(event))
    yield (f"{blocks} blocks allocated, {len(lives)} of them freed; {older} were freed that are older "
           "than the trace")
    if unseen:
        yield f"{unseen} blocks were allocated anew without a free in the trace"
    held = collections.defaultdict(list)
    for event in born.values():
        held[event.arg("order")].append(trace.last - event.nsecs)
    yield "%6s %12s %12s %12s" % ("order", "blocks held", "pages held", "oldest, s")
    for order in sorted(held):
        ages = held[order]
        yield "%6d %12d %12d %12.3f" % (order, len(ages), len(ages) << order, max(ages) / 1e9)


@recipe("slab.dat")
def pcp_refills(trace):
    """A refill ends with the first allocation on its CPU."""
    refilling, cpus = set(), collections.defaultdict(collections.Counter)
    for event in trace.events:
        facts, name = cpus[event.cpu], event.format.name.split(":")[1]
        if name == "mm_page_alloc_zone_locked":
            if event.arg("percpu_refill"):
                facts["moved"] += pages(event)
                refilling.add(event.cpu)
            else:
                facts["direct"] += 1
        elif name == "mm_page_alloc" and has_page(event):
            facts["allocations"] += 1
            facts["refills"] += event.cpu in refilling
            refilling.discard(event.cpu)
        elif name == "mm_page_pcpu_drain":
            facts["drained"] += pages(event)
    yield "%9.3f s:" % ((trace.last - trace.first) / 1e9)
    yield "%4s %12s %10s %7s %8s %10s %10s" % (
        "CPU", "allocations", "refills", "empty", "refill", "direct", "drained")
    for cpu, c in sorted(cpus.items()):
        yield "%4d %12d %10d %6.1f%% %8.1f %10d %10d" % (
            cpu, c["allocations"], c["refills"], percent(c["refills"], c["allocations"]),
            c["moved"] / c["refills"], c["direct"], c["drained"])


@recipe("reclaim.dat")
def extfrag(trace):
    def kind(event):
        return event.arg("alloc_migratetype"), event.arg("fallback_migratetype"), event.arg("alloc_order")

    def name(number):
        return f"{number} {MIGRATETYPES[number]}"
    for at, time, events in trace.periods(10, "kmem:mm_page_alloc_extfrag"):
        if not events:
            yield f"{at:9.3f} s: no pages were taken from another migratetype"
            continue
        yield f"{at:9.3f} s:"
        yield "%10s %8s %7s %8s %10s  %-13s %-13s %s" % (
            "events/s", "events", "owned", "changed", "avg pages", "wanted", "taken from", "order")
        owned = count([event for event in events if event.arg("change_ownership")], kind)
        taken = total(events, kind, lambda event: 1 << event.arg("fallback_order"))
        for key, n in ranked(count(events, kind)):
            yield "%10.1f %8d %6.1f%% %8d %10.1f  %-13s %-13s %d" % (
                n / (time / 1e9), n, percent(owned[key], n), owned[key], taken[key] / n, name(key[0]),
                name(key[1]), key[2])
        yield "%10s  %s" % ("events", "comm")
        for task, n in ranked(count(events, comm)):
            yield "%10d  %s" % (n, task)


# ---------------------------------------------------------------- reclaim

WAKE, SLEEP = "vmscan:mm_vmscan_kswapd_wake", "vmscan:mm_vmscan_kswapd_sleep"
BEGIN, END = "vmscan:mm_vmscan_direct_reclaim_begin", "vmscan:mm_vmscan_direct_reclaim_end"
SHRINK = "vmscan:mm_vmscan_lru_shrink_inactive"


def kswapd_cycles(trace):
    """(first wake-up, sleep) in nanoseconds; there is one node in the captures."""
    cycles, awake = [], None
    for event in trace.named(WAKE, SLEEP):
        if event.format.name == WAKE:
            awake = event.nsecs if awake is None else awake
        elif awake is not None:
            cycles.append((awake, event.nsecs))
            awake = None
    if awake is not None:
        raise ValueError("kswapd is awake at the end")
    return cycles


@recipe("reclaim.dat")
def kswapd(trace):
    for at, time, events in trace.periods(10, WAKE):
        yield f"{at:9.3f} s:" + ("" if events else " kswapd was not woken")
        if events:
            yield f"  node 0: {len(events)} wake-ups, {len(events) / (time / 1e9):.1f} a second"
    times = [end - start for start, end in kswapd_cycles(trace)]
    yield "@cycle_us[0]:"
    yield from histogram([time // 1000 for time in times])
    wakes = len(trace.named(WAKE))
    yield (f"node 0: {wakes} wake-ups, {len(times)} cycles, {wakes / len(times):.1f} wakes a cycle; "
           f"longest cycle {max(times) / 1e9:.3f} s; "
           f"awake {percent(sum(times), trace.last - trace.first):.1f}% of the time")


@recipe("reclaim.dat", "--top=5")
def kswapd_wakers(trace):
    def kind(event):
        return event.comm, event.arg("order"), trace.flag_names(event, "gfp_flags")
    for at, time, events in trace.periods(10, "vmscan:mm_vmscan_wakeup_kswapd"):
        if not events:
            yield f"{at:9.3f} s: nobody asked for kswapd"
            continue
        yield f"{at:9.3f} s: {len(events)} requests, {len(events) / (time / 1e9):.1f} a second"
        yield "%10s %9s %7s %6s  %-16s %s" % (
            "requests/s", "requests", "share", "order", "comm", "gfp flags")
        rows = ranked(count(events, kind))
        for (task, order, flags), n in rows[:5]:
            yield "%10.1f %9d %6.1f%% %6d  %-16s %s" % (
                n / (time / 1e9), n, percent(n, len(events)), order, task, flags)
        yield "%10s %d more" % ("", len(rows) - 5)


@recipe("reclaim.dat")
def direct_reclaim(trace):
    waits = list(trace.waits(BEGIN, END))
    times = [end.nsecs - begin.nsecs for begin, end in waits]
    yield "@wait_us:"
    yield from histogram([time // 1000 for time in times])
    by_comm = collections.defaultdict(list)
    for begin, end in waits:
        by_comm[end.comm].append((end.nsecs - begin.nsecs, end.arg("nr_reclaimed")))
    micros = {task: [time // 1000 for time, _ in found] for task, found in by_comm.items()}
    yield from quantiles("@wait_us_of", micros)
    yield "%8s %8s %10s %10s %7s %12s %10s  %s" % (
        "waits/s", "waits", "waited, ms", "longest, ms", "share", "pages a wait", "freed none", "comm")
    span = trace.last - trace.first
    for task, found in sorted(by_comm.items(), key=lambda item: -sum(t for t, _ in item[1])):
        n, lost = len(found), sum(time for time, _ in found)
        yield "%8.1f %8d %10.3f %11.3f %6.2f%% %12.1f %9.1f%%  %s" % (
            n / (span / 1e9), n, lost / 1e6, max(found)[0] / 1e6, percent(lost, span),
            sum(freed for _, freed in found) / n, percent(sum(freed == 0 for _, freed in found), n), task)
    yield f"{len(waits)} waits; a recording has no /proc/vmstat to compare allocstall with"


@recipe("reclaim.dat", "--ms=15")
def direct_reclaim_slow(trace):
    yield "%10s %11s %6s %8s %8s %-16s %s" % (
        "seconds", "waited, ms", "order", "freed", "tid", "comm", "gfp flags")
    waits = list(trace.waits(BEGIN, END))
    long = [wait for wait in waits if wait[1].nsecs - wait[0].nsecs >= 15_000_000]
    for begin, end in long:
        yield "%10.3f %11.3f %6d %8d %8d %-16s %s" % (
            (end.nsecs - trace.first) / 1e9, (end.nsecs - begin.nsecs) / 1e6, begin.arg("order"),
            end.arg("nr_reclaimed"), end.tid, end.comm, trace.flag_names(begin, "gfp_flags"))
    yield "%d of %d waits took 15 ms or longer (%.1f%%)" % (
        len(long), len(waits), percent(len(long), len(waits)))


@recipe("compaction.dat")
def reclaim_latency(trace):
    compaction = "compaction:mm_compaction_begin", "compaction:mm_compaction_end"
    stalls = [(begin, end, "reclaim") for begin, end in trace.waits(BEGIN, END)]
    stalls += [(begin, end, "compaction") for begin, end in trace.waits(*compaction)
               if not begin.comm.startswith(("kcompactd", "kswapd"))]
    for at, time, _ in trace.periods(10):
        found = collections.defaultdict(list)
        for begin, end, reason in stalls:
            ended = end.nsecs - trace.first
            if at * 1e9 - time <= ended < at * 1e9 or at != 10 and ended == trace.last - trace.first:
                found[end.comm, reason].append(end.nsecs - begin.nsecs)
        yield f"{at:9.3f} s:" + ("" if found else " no task waited for memory")
        if found:
            yield "%9s %8s %11s %7s %11s %9s  %-11s %s" % (
                "stalls/s", "stalls", "lost, ms", "share", "longest, ms", "avg, ms", "reason", "comm")
        for (task, reason), times in sorted(found.items(), key=lambda item: -sum(item[1])):
            n, lost = len(times), sum(times)
            yield "%9.1f %8d %11.3f %6.2f%% %11.3f %9.3f  %-11s %s" % (
                n / (time / 1e9), n, lost / 1e6, percent(lost, time), max(times) / 1e6, lost / n / 1e6,
                reason, task)
    # The recording has events of reclaim and compaction, not of memory cgroups.
    yield "waits for cgroup were not recorded"
    yield "a recording has no /proc/vmstat to compare allocstall with"


@recipe("reclaim.dat")
def lru_isolation(trace):
    for at, time, events in trace.periods(10, "vmscan:mm_vmscan_lru_isolate"):
        if not events:
            yield f"{at:9.3f} s: no pages were isolated"
            continue
        yield f"{at:9.3f} s:"
        yield "%-14s %9s %11s %10s %9s %8s %10s %8s %9s" % (
            "list", "passes/s", "scanned/s", "scanned", "taken", "skipped", "share", "failed", "share")
        for name in sorted({event.symbol("lru") for event in events}):
            found = [event for event in events if event.symbol("lru") == name]
            scanned, skipped, taken = (sum(event.arg(f"nr_{what}") for event in found)
                                       for what in ("scanned", "skipped", "taken"))
            failed = scanned - skipped - taken
            yield "%-14s %9.1f %11.0f %10d %8.2f%% %8d %9.2f%% %8d %8.2f%%" % (
                name, len(found) / (time / 1e9), scanned / (time / 1e9), scanned,
                percent(taken, scanned), skipped, percent(skipped, scanned), failed,
                percent(failed, scanned))


@recipe("reclaim.dat")
def inactive_list(trace):
    for at, time, events in trace.periods(10, SHRINK):
        if not events:
            yield f"{at:9.3f} s: no inactive list was scanned"
            continue
        freed = sum(event.arg("nr_reclaimed") for event in events)
        yield f"{at:9.3f} s: {freed} pages reclaimed, {freed / (time / 1e9):.0f} a second"
        yield "%8s %8s %9s %10s %7s %10s %9s %10s %7s %8s" % (
            "priority", "passes", "scanned", "reclaimed", "dirty", "writeback", "immediate", "activated",
            "kept", "no unmap")
        for priority in sorted({event.arg("priority") for event in events}):
            found = [event for event in events if event.arg("priority") == priority]
            scanned = sum(event.arg("nr_scanned") for event in found)
            shares = [percent(sum(event.arg(name) for event in found for name in names), scanned)
                      for names in (["nr_reclaimed"], ["nr_dirty"], ["nr_writeback"], ["nr_immediate"],
                                    ["nr_activate0", "nr_activate1"], ["nr_ref_keep"],
                                    ["nr_unmap_fail"])]
            yield ("%8d %8d %9d %9.2f%% %6.2f%% %9.2f%% %8.2f%% %9.2f%% %6.2f%% %7.2f%%"
                   % (priority, len(found), scanned, *shares))


@recipe("reclaim.dat")
def reclaim_writeback(trace):
    def kind(event):
        return event.comm, trace.flag_names(event, "reclaim_flags")
    for at, time, events in trace.periods(10, "vmscan:mm_vmscan_write_folio"):
        if not events:
            yield f"{at:9.3f} s: reclaim wrote nothing"
            continue
        yield f"{at:9.3f} s: {len(events)} folios written, {len(events) / (time / 1e9):.0f} a second"
        yield "%10s %10s %7s  %-16s %s" % ("folios/s", "folios", "share", "comm", "flags")
        for (task, flags), n in ranked(count(events, kind)):
            yield "%10.0f %10d %6.1f%%  %-16s %s" % (
                n / (time / 1e9), n, percent(n, len(events)), task, flags)


@recipe("reclaim.dat")
def reclaim_throttle(trace):
    yield "%8s %11s %11s %7s %11s  %-16s %s" % (
        "sleeps", "slept, ms", "limit, ms", "of it", "longest, ms", "comm", "reason")
    found = collections.defaultdict(list)
    for event in trace.named("vmscan:mm_vmscan_throttled"):
        found[event.comm, trace.flag_names(event, "reason")].append(event)
    slept = {key: sum(event.arg("usec_delayed") for event in events) for key, events in found.items()}
    for (task, reason), time in ranked(slept):
        events = found[task, reason]
        limit = sum(event.arg("usec_timeout") for event in events)
        longest = max(event.arg("usec_delayed") for event in events)
        yield "%8d %11.3f %11.3f %6.1f%% %11.3f  %-16s %s" % (
            len(events), time / 1e3, limit / 1e3, percent(time, limit), longest / 1e3, task, reason)


# ---------------------------------------------------------------- OOM

VICTIM = "oom:mark_victim"


@recipe("oom.dat")
def oom_kills(trace):
    yield "%10s %-16s %7s %-16s %9s %9s %9s %6s  %s" % (
        "seconds", "allocating", "victim", "comm", "anon kB", "file kB", "shmem kB", "adj",
        "reclaims, freed none, retries since the last kill")
    before = 0
    for victim in trace.named(VICTIM):
        since = [event for event in trace.events if before < event.nsecs < victim.nsecs]
        reclaims = [event for event in since if event.format.name == END]
        retries = [event for event in since if event.format.name == "oom:reclaim_retry_zone"]
        yield "%10.3f %-16s %7d %-16s %9d %9d %9d %6s  %d, %d, %d" % (
            (victim.nsecs - trace.first) / 1e9, victim.comm, victim.arg("pid"), victim.arg("comm"),
            victim.arg("anon_rss"), victim.arg("file_rss"), victim.arg("shmem_rss"),
            victim.arg("oom_score_adj"), len(reclaims),
            sum(event.arg("nr_reclaimed") == 0 for event in reclaims), len(retries))
        before = victim.nsecs
    yield f"{len(trace.named(VICTIM))} victims; marked again: 0 times"


@recipe("oom.dat")
def oom_watch(trace):
    """The recording has no date: its clock's seconds stand for those since 1970."""
    for victim in trace.named(VICTIM):
        seconds = victim.nsecs // NANOSECONDS
        resident = sum(victim.arg(f"{kind}_rss") for kind in ("anon", "file", "shmem"))
        yield ("1970-01-01 %02d:%02d:%02d OOM kill: pid %d (%s), %d kB (%d MB) resident, %d kB virtual, "
               "%d kB page tables, uid %d, oom_score_adj %d") % (
            seconds // 3600, seconds // 60 % 60, seconds % 60, victim.arg("pid"), victim.arg("comm"),
            resident, resident // 1024, victim.arg("total_vm"), victim.arg("pgtables"),
            victim.arg("uid"), victim.arg("oom_score_adj"))
    yield f"{len(trace.named(VICTIM))} kills"


@recipe("oom.dat")
def oom_score_adj(trace):
    yield "%10s %8s %-16s %8s %-16s %6s" % ("seconds", "by tid", "by comm", "pid", "comm", "adj")
    changes = trace.named("oom:oom_score_adj_update")
    for event in changes:
        yield "%10.3f %8d %-16s %8d %-16s %6d" % (
            (event.nsecs - trace.first) / 1e9, event.tid, event.comm, event.arg("pid"), event.arg("comm"),
            event.arg("oom_score_adj"))
    last = {event.arg("pid"): event.arg("oom_score_adj") for event in changes}
    spared = sum(value == -1000 for value in last.values())
    yield f"{len(changes)} changes of {len(last)} processes; {spared} are never killed"


# ---------------------------------------------------------------- page faults

@recipe("sched.dat")
def page_faults(trace):
    user, kernel = trace.named("exceptions:page_fault_user"), trace.named("exceptions:page_fault_kernel")
    n, span = len(user) + len(kernel), trace.last - trace.first
    yield f"{span / 1e9:9.3f} s: {n} faults, {n / (span / 1e9):.0f} a second"
    yield "%10s %10s %7s %10s %10s %7s  %s" % (
        "faults/s", "faults", "share", "user", "kernel", "writes", "comm")
    # Tasks that had one name from fork to exit would need no more than the saved names: dd is the one
    # whose only thread has all of the name's faults.
    yield "..."
    tid = next(tid for tid, name in trace.capture.names.items() if name == "dd")
    own = [event for event in user + kernel if event.tid == tid]
    writes = sum(event.arg("error_code") >> 1 & 1 for event in own)
    from_user = sum(event.format.name.endswith("user") for event in own)
    yield "%10.0f %10d %6.1f%% %10d %10d %6.1f%%  %s" % (
        len(own) / (span / 1e9), len(own), percent(len(own), n), from_user, len(own) - from_user,
        percent(writes, len(own)), "dd")
    yield "..."
    yield "a recording has no /proc/vmstat: major faults are not known"


# ---------------------------------------------------------------- compaction

RUN_BEGIN, RUN_END = "compaction:mm_compaction_begin", "compaction:mm_compaction_end"
DEFERRED, EXTFRAG = "compaction:mm_compaction_deferred", "kmem:mm_page_alloc_extfrag"


@recipe("compaction.dat")
def compaction_outcomes(trace):
    runs = trace.named(RUN_END)
    timed = [(begin, end, end.nsecs - begin.nsecs) for begin, end in trace.waits(RUN_BEGIN, RUN_END)]
    yield "%-20s %8s %7s %10s %10s" % ("outcome", "runs", "share", "avg us", "longest us")
    for outcome, n in sorted(count(runs, lambda event: event.symbol("status")).items()):
        times = [time for _, end, time in timed if end.symbol("status") == outcome]
        yield "%-20s %8d %6.1f%% %10.1f %10.1f" % (
            outcome, n, percent(n, len(runs)), sum(times) / len(times) / 1e3, max(times) / 1e3)
    for task in sorted({end.comm for _, end, _ in timed}):
        times = [time for _, end, time in timed if end.comm == task]
        yield "%-20s %8d %7s %10.1f" % (task, len(times), "", sum(times) / len(times) / 1e3)
    yield "@us:"
    yield from histogram([time // 1000 for _, _, time in timed])
    sync = sum(event.arg("sync") for event in runs)
    yield (f"{len(runs)} runs, {len(runs) / ((trace.last - trace.first) / 1e9):.1f} a second, {sync} of "
           f"them sync; {len(trace.named(DEFERRED))} deferred")


@recipe("compaction.dat")
def compaction_scanners(trace):
    kinds = {"migrate": "compaction:mm_compaction_isolate_migratepages",
             "free": "compaction:mm_compaction_isolate_freepages",
             "moved": "compaction:mm_compaction_migratepages"}
    for at, time, events in trace.periods(10, *kinds.values()):
        yield f"{at:9.3f} s:"
        yield "%-8s %10s %10s %12s %10s %8s" % ("", "passes/s", "passes", "pages", "taken", "share")
        failed = 0
        for kind in sorted(kinds):
            found = [event for event in events if event.format.name == kinds[kind]]
            taken = "nr_migrated" if kind == "moved" else "nr_taken"
            done = sum(event.arg(taken) for event in found)
            if kind == "moved":
                failed = sum(event.arg("nr_failed") for event in found)
            whole = done + failed if kind == "moved" else sum(e.arg("nr_scanned") for e in found)
            yield "%-8s %10.1f %10d %12d %10d %7.2f%%" % (
                kind, len(found) / (time / 1e9), len(found), whole, done, percent(done, whole))
        yield f"{failed} pages failed to migrate"


@recipe("compaction.dat")
def compaction_health(trace):
    yield "%9s %8s %8s %9s %9s %10s %8s  %s" % (
        "seconds", "runs", "success", "share", "deferred", "fallbacks", "owned", "verdict")
    for at, time, events in trace.periods(10, RUN_END, DEFERRED, EXTFRAG):
        kinds = count(events, lambda event: event.format.name)
        good = sum(e.format.name == RUN_END and e.symbol("status") == "success" for e in events)
        owned = sum(e.format.name == EXTFRAG and e.arg("change_ownership") for e in events)
        runs, deferred, fallbacks = kinds[RUN_END], kinds[DEFERRED], kinds[EXTFRAG]
        verdicts = ["failing"] if deferred or good < runs / 2 else []
        verdicts += ["fragmenting"] if owned else []
        verdict = ", ".join(verdicts) or ("ok" if events else "idle")
        yield "%9.3f %8d %8d %8.1f%% %9d %10d %8d  %s" % (
            at, runs, good, percent(good, runs), deferred, fallbacks, owned, verdict)


# ---------------------------------------------------------------- huge pages

SCAN, ISOLATE = "huge_memory:mm_khugepaged_scan_pmd", "huge_memory:mm_collapse_huge_page_isolate"
COLLAPSE = "huge_memory:mm_collapse_huge_page"


def status(event):
    return event.symbol("status")


@recipe("thp.dat")
def thp_collapse(trace):
    span, tried = trace.last - trace.first, trace.named(COLLAPSE)
    good = sum(status(event) == "succeeded" for event in tried)
    yield (f"{span / 1e9:9.3f} s: {good} of {len(tried)} collapses succeeded "
           f"({percent(good, len(tried)):.1f}%), {good * 60e9 / span:.1f} a minute")
    for name, n in ranked(count(tried, status)):
        yield "%10d %6.1f%%  %s" % (n, percent(n, len(tried)), name)


def averages(events, name, fields):
    found = [event for event in events if status(event) == name]
    return [sum(event.arg(field) for event in found) / len(found) for field in fields]


@recipe("thp.dat")
def thp_isolation(trace):
    events = trace.named(ISOLATE)
    rate = len(events) * 60e9 / (trace.last - trace.first)
    yield f"{len(events)} isolations, {rate:.1f} a minute"
    yield "%10s %7s %12s %10s  %s" % ("number", "share", "referenced", "empty", "outcome")
    for name, n in ranked(count(events, status)):
        yield "%10d %6.1f%% %12.1f %10.1f  %s" % (
            n, percent(n, len(events)), *averages(events, name, ["referenced", "none_or_zero"]), name)


@recipe("thp.dat")
def thp_scan(trace):
    events = trace.named(SCAN)
    rate = len(events) / ((trace.last - trace.first) / 1e9)
    spaces = len({event.arg("mm") for event in events})
    yield f"{len(events)} ranges scanned, {rate:.1f} a second, of {spaces} address spaces"
    yield "%10s %7s %10s %12s %10s  %s" % (
        "number", "share", "empty", "referenced", "swapped", "result")
    for name, n in ranked(count(events, status)):
        yield "%10d %6.1f%% %10.1f %12.1f %10.1f  %s" % (
            n, percent(n, len(events)),
            *averages(events, name, ["none_or_zero", "referenced", "unmapped"]), name)


@recipe("thp.dat")
def thp_failures(trace):
    steps = {"scans": SCAN, "isolations": ISOLATE, "collapses": COLLAPSE}
    yield f"{(trace.last - trace.first) / 1e9:9.3f} s:"
    failures = count([event for event in trace.named(*steps.values()) if status(event) != "succeeded"],
                     lambda event: (event.format.name, status(event)))
    names = {event: step for step, event in steps.items()}
    for (event, reason), n in ranked({(names[e], r): n for (e, r), n in failures.items()}):
        tries = len(trace.named(steps[event]))
        yield "%10d %6.1f%% of %-12s %s" % (n, percent(n, tries), event, reason)
    good = [f"{sum(status(e) == 'succeeded' for e in trace.named(event))} of {len(trace.named(event))} "
            + step for step, event in steps.items()]
    yield "succeeded: " + ", ".join(good)


# ---------------------------------------------------------------- slab

KMALLOC, KFREE = "kmem:kmalloc", "kmem:kfree"
CACHE_ALLOC, CACHE_FREE = "kmem:kmem_cache_alloc", "kmem:kmem_cache_free"


def site(event):
    return event.ksym("call_site")


@recipe("slab.dat", "--top=10")
def slab_alloc(trace):
    def kind(event):
        return "kmalloc" if event.format.name == KMALLOC else "cache", site(event)
    span, events = trace.last - trace.first, trace.named(KMALLOC, CACHE_ALLOC)
    sums, number = total(events, kind, field("bytes_alloc")), count(events, kind)
    everything = sum(sums.values())
    yield f"{span / 1e9:9.3f} s: {everything} bytes, {everything / (span / 1e9):.0f} a second"
    yield "%10s %10s %12s %7s %9s %-7s %s" % (
        "allocs/s", "allocs", "bytes", "share", "avg bytes", "by", "call site")
    for key, n in ranked(sums)[:10]:
        yield "%10.0f %10d %12d %6.1f%% %9.1f %-7s %s" % (
            number[key] / (span / 1e9), number[key], n, percent(n, everything), n / number[key], *key)
    yield "%10s %d more" % ("", len(sums) - 10)


def held_objects(trace):
    """What was allocated and not freed, and how many frees had an object, or none."""
    held, freed, older = {}, 0, 0
    for event in trace.named(KMALLOC, KFREE, CACHE_ALLOC, CACHE_FREE):
        address = event.arg("ptr")
        if event.format.name in (KMALLOC, CACHE_ALLOC):
            held[address] = event
        elif address:
            found = held.pop(address, None)
            freed, older = freed + (found is not None), older + (found is None)
    return list(held.values()), freed, older


@recipe("slab.dat", "--top=10")
def slab_balance(trace):
    held, freed, older = held_objects(trace)
    sums, objects = total(held, site, field("bytes_alloc")), count(held, site)
    allocated = count(trace.named(KMALLOC, CACHE_ALLOC), site)
    yield "%12s %10s %10s %7s %10s  %s" % (
        "bytes held", "objects", "allocated", "held", "oldest, s", "call site")
    for name, n in ranked(sums)[:10]:
        oldest = max(trace.last - event.nsecs for event in held if site(event) == name)
        yield "%12d %10d %10d %6.1f%% %10.3f  %s" % (
            n, objects[name], allocated[name], percent(objects[name], allocated[name]), oldest / 1e9, name)
    yield "%12s %d more" % ("", len(sums) - 10)
    yield (f"{sum(allocated.values())} objects allocated, {freed} of them freed; {older} were freed that "
           "are older than the trace")


@recipe("slab.dat", "--top=8")
def slab_caches(trace):
    """The names that frees give to the objects of a call site; this kernel's allocations have none."""
    names, held, net = collections.defaultdict(set), {}, collections.Counter()
    allocations = trace.named(CACHE_ALLOC)
    for event in trace.named(CACHE_ALLOC, CACHE_FREE):
        address = event.arg("ptr")
        if event.format.name == CACHE_ALLOC:
            held[address] = event
            net[site(event)] += event.arg("bytes_alloc")
        elif address in held:
            freed = held.pop(address)
            net[site(freed)] -= freed.arg("bytes_alloc")
            names[site(freed)].add(event.arg("name"))

    def cache(source):
        known = names[source]
        return f"{source}: several caches" if len(known) > 1 else min(known, default=f"{source}?")
    span, grown = trace.last - trace.first, collections.Counter()
    for source, bytes in net.items():
        grown[cache(source)] += bytes
    number = count(allocations, lambda event: cache(site(event)))
    yield f"{span / 1e9:9.3f} s:"
    yield "%12s %12s %10s  %s" % ("grown, bytes", "held, bytes", "allocs/s", "cache")
    for name, n in ranked(grown)[:8]:
        yield "%+12d %12d %10.0f  %s" % (n, n, number[name] / (span / 1e9), name)
    yield "%12s %d more" % ("", len(grown) - 8)


@recipe("slab.dat", "--top=10")
def kmalloc_waste(trace):
    events = trace.named(KMALLOC)
    asked, got = total(events, site, field("bytes_req")), total(events, site, field("bytes_alloc"))
    number = count(events, site)
    yield "%10s %7s %12s %12s %8s %10s  %s" % (
        "wasted", "share", "asked for", "allocated", "allocs", "avg asked", "call site")
    for name, waste in ranked({name: got[name] - asked[name] for name in got})[:10]:
        yield "%10d %6.1f%% %12d %12d %8d %10.1f  %s" % (
            waste, percent(waste, got[name]), asked[name], got[name], number[name],
            asked[name] / number[name], name)
    yield "%10s %d more" % ("", len(got) - 10)
    whole, part = sum(got.values()), sum(asked.values())
    yield (f"{part} bytes asked for, {whole} allocated: {whole - part} wasted "
           f"({percent(whole - part, whole):.1f}%)")


@recipe("slab.dat", "--top=5")
def memory_growth(trace):
    span = trace.last - trace.first
    yield f"{span / 1e9:9.3f} s:"
    held, _, _ = held_objects(trace)
    got = total(trace.named(KMALLOC, CACHE_ALLOC), site, field("bytes_alloc"))
    yield from growth("bytes", "call site", total(held, site, field("bytes_alloc")), got, span)
    owner, net = {}, collections.Counter()
    for event in trace.named(ALLOC, FREE):
        pfn = event.arg("pfn")
        if event.format.name == ALLOC and has_page(event):
            owner[pfn] = event.comm
            net[event.comm] += pages(event)
        elif event.format.name == FREE and pfn in owner:
            net[owner.pop(pfn)] -= pages(event)
    got = total([event for event in trace.named(ALLOC) if has_page(event)], comm, pages)
    yield from growth("pages", "comm", net, got, span)


def growth(unit, what, net, got, span):
    yield "%14s %14s %14s  %s" % (f"held, {unit}", "grown", f"{unit}/s", what)
    rows = ranked({key: net[key] for key in got})
    for key, n in rows[:5]:
        yield "%14d %+14d %14.0f  %s" % (n, n, got[key] / (span / 1e9), key)
    if len(rows) > 5:
        yield "%14s %d more" % ("", len(rows) - 5)


# ---------------------------------------------------------------- the overview

@recipe("reclaim.dat")
def mm_health(trace):
    """The verdicts are those that the thresholds of the header give for these figures."""
    waits = list(trace.waits(BEGIN, END))
    for at, time, events in trace.periods(10, *{event.format.name for event in trace.events}):
        kinds = count(events, lambda event: event.format.name)
        start, stop = at * 1e9 - time, at * 1e9
        quiet = lambda name: f"  {name:<14} quiet"
        line = lambda name, verdict, text: f"  {name:<14} {verdict:<6} {text}"
        yield f"{at:9.3f} s:"
        tries = [event for event in events if event.format.name == ALLOC]
        failed = sum(not has_page(event) for event in tries)
        yield line("allocation", "bad" if failed >= len(tries) / 100 else "watch" if failed else "ok",
                   "%.0f allocations a second, %d failed (%.2f%%)" % (
                       (len(tries) - failed) / (time / 1e9), failed, percent(failed, len(tries))))
        owned = sum(e.arg("change_ownership") for e in events if e.format.name == EXTFRAG)
        yield line("fragmentation", "watch" if owned else "ok",
                   f"{kinds[EXTFRAG]} times from another migratetype, {owned} pageblocks changed type") \
            if kinds[EXTFRAG] else quiet("fragmentation")
        awake = sum(max(0, min(end - trace.first, stop) - max(begin - trace.first, start))
                    for begin, end in kswapd_cycles(trace))
        share = percent(awake, time)
        yield line("kswapd", "bad" if share >= 90 else "watch" if share >= 50 else "ok",
                   f"{kinds[WAKE]} wake-ups, awake {share:.1f}% of the time") \
            if awake or kinds[WAKE] else quiet("kswapd")
        times = [end.nsecs - begin.nsecs for begin, end in waits if start <= end.nsecs - trace.first < stop]
        yield line("direct reclaim", "bad" if sum(times) >= time / 20 else "watch",
                   "%d waits, %.3f ms in all (%.2f%% of the time), the longest %.3f ms" % (
                       len(times), sum(times) / 1e6, percent(sum(times), time), max(times) / 1e6)) \
            if times else quiet("direct reclaim")
        # No task was at the limit of a cgroup.
        yield quiet("cgroup reclaim")
        shrunk = [event for event in events if event.format.name == SHRINK]
        scanned = sum(event.arg("nr_scanned") for event in shrunk)
        freed = sum(event.arg("nr_reclaimed") for event in shrunk)
        share = percent(freed, scanned)
        yield line("reclaim", "bad" if share < 30 else "watch" if share < 60 else "ok",
                   f"{freed} of {scanned} pages reclaimed ({share:.1f}%), {freed / (time / 1e9):.0f} a second") \
            if scanned else quiet("reclaim")
        written = kinds["vmscan:mm_vmscan_write_folio"]
        yield line("writeback", "bad" if written >= freed / 2 else "watch",
                   f"{written} folios written by reclaim, {written / (time / 1e9):.0f} a second") \
            if written else quiet("writeback")
        yield line("oom", "bad", f"{kinds[VICTIM]} tasks killed") if kinds[VICTIM] else quiet("oom")
        good = sum(e.symbol("status") == "success" for e in events if e.format.name == RUN_END)
        runs = kinds[RUN_END]
        yield line("compaction", "bad" if not good else "watch" if good < runs / 2 else "ok",
                   f"{good} of {runs} runs succeeded ({percent(good, runs):.1f}%), 0 deferred") \
            if runs else quiet("compaction")
        yield quiet("huge pages")
        # No slab event was recorded.
        yield f"  {'slab':<14} not recorded"


# ---------------------------------------------------------------- files

FILES = {"slab.dat": "slab-v6.dat"}


def expected(name, directory, loaded={}):
    capture, _, function = RECIPES[name]
    path = os.path.join(directory, FILES.get(capture, capture))
    if path not in loaded:
        loaded.clear()  # One capture at a time: the large ones fill some hundred megabytes.
        loaded[path] = Trace(Capture(path))
    return "".join(line + "\n" for line in function(loaded[path]))


def main(arguments):
    if arguments == ["--list"]:
        for name in sorted(RECIPES):
            print(name, *RECIPES[name][:2])
    elif len(arguments) == 3 and arguments[0] == "--all":
        for name in sorted(RECIPES, key=lambda name: RECIPES[name][0]):
            with open(os.path.join(arguments[2], name + ".expected"), "w", encoding="utf-8") as file:
                file.write(expected(name, arguments[1]))
    elif len(arguments) == 2 and arguments[0] in RECIPES:
        sys.stdout.write(expected(*arguments))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
