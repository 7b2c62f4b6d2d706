#!/usr/bin/env python3
"""Damages recordings at random and runs mmq on each: it must never crash, hang or stay silent.

    mutate.py MMQ MMQ_STRETCH [--count 1000] [--seed 1] [--jobs 2] RECORDING...

Of each trace.dat small copies are made: of versions 6 and 7 (zstd), and as a directory of raw sub-buffers,
one of whose files is damaged; a perf.data and a text are taken as they are, a text NAME-report.txt once more with the
formats of NAME.dat beside it. The script that runs over a
damaged copy reads every field and the stack of every event, and ticks every millisecond. A run passes if it ends
by itself within ten seconds, not by a signal, with exit code 0, 1 or 2; code 1 and 2 come with a
diagnostic. A version 6 copy that is merely cut must count every event before the cut.
"""
import argparse, collections, concurrent.futures, os, pathlib, random, re, shutil, struct, subprocess, sys, tempfile

COUNTS = "tracepoint:*:* { @e = count(); }"


def run(command, limit=10):
    return subprocess.run(command, capture_output=True, timeout=limit)


def fields_by_event(mmq, recording, options):
    events = collections.OrderedDict()
    for line in run([mmq, "list", "-v", "-i", recording] + options).stdout.decode().splitlines():
        if line.startswith("tracepoint:"):
            fields = events.setdefault(line.removeprefix("tracepoint:"), [])
        else:
            fields.append(re.sub(r"  \(.*", "", line).split()[-1])
    return events


def formats_for(text):
    """Options to read a text with the formats of the recording that it is from, if that is beside it."""
    recording = text.split("-report")[0] + ".dat"
    return [["--formats", recording]] if "-report" in text and os.path.exists(recording) else []


def program_for(mmq, recording, options=()):
    """A map for each event, keyed by all its fields but those that scripts cannot read (arrays,
    structs): the checker names them."""
    options = list(options)
    events = fields_by_event(mmq, recording, options)
    unreadable = set()
    while True:
        lines = ["interval:ms:1 { @ticks = count(); }"]
        for number, (event, fields) in enumerate(events.items()):
            keys = [f"args.{f}" for f in fields if (event, f) not in unreadable]
            lines.append(f"{event} {{ @m{number}[{', '.join(['comm', 'nsecs', 'kstack'] + keys)}] = count(); }}")
        text = "\n".join(lines)
        found = run([mmq, "check", "-e", text, "-i", recording] + options)
        if found.returncode == 0:
            return text
        before = len(unreadable)
        for field, event in re.findall(r"ERROR: '(\w+)' of ([\w:.-]+) is of type", found.stderr.decode()):
            unreadable.add((event, field))
        if len(unreadable) == before:
            sys.exit("the program over all fields does not check:\n" + found.stderr.decode()[:2000])


def mutated(data, rng):
    """A copy with bytes changed, a piece cut out, inserted or doubled, or cut off at the end."""
    data = bytearray(data)
    kind = rng.choice(["bytes", "bytes", "bytes", "bits", "cut", "remove", "insert", "double", "zero"])
    at = rng.randrange(len(data))
    size = rng.choice([1, 2, 4, 8, 64, 4096])
    if kind == "bytes":
        for _ in range(rng.choice([1, 4, 32, 256])):
            data[rng.randrange(len(data))] = rng.choice([0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)])
    elif kind == "bits":
        for _ in range(rng.choice([1, 8])):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    elif kind == "cut":
        del data[at:]
    elif kind == "remove":
        del data[at:at + size]
    elif kind == "insert":
        data[at:at] = rng.randbytes(size)
    elif kind == "double":
        data[at:at] = data[at:at + size]
    else:
        data[at:at + size] = bytes(min(size, len(data) - at))
    return kind, bytes(data)


def verdict(command):
    """What is wrong with a run, or None; and its exit code."""
    try:
        r = run(command)
    except subprocess.TimeoutExpired:
        return "hangs", None
    if r.returncode not in (0, 1, 2):
        return f"ended with {r.returncode}: {r.stderr[-300:]!r}", r.returncode
    if r.returncode != 0 and not r.stderr.strip():
        return f"exit {r.returncode} without a diagnostic", r.returncode
    return None, r.returncode


def whole_records_before(path, size):
    """Events of an undamaged version 6 file that lie wholly before `size`, by an own reader."""
    with open(path, "rb") as file:
        data = file.read()
    layout = extents(data)
    total = 0
    for offset, length in layout:
        for page in range(offset, offset + length, 4096):
            end = page + 16 + (struct.unpack_from("<Q", data, page + 8)[0] & 0x7FFFFFF)
            at = page + 16
            while at < end:
                word = struct.unpack_from("<I", data, at)[0]
                kind = word & 31
                if 1 <= kind <= 28:
                    length_ = 4 + 4 * kind
                elif kind == 0 or (kind == 29 and word >> 5):
                    length_ = 4 + struct.unpack_from("<I", data, at + 4)[0]
                elif kind == 29:
                    break
                else:
                    length_ = 8
                if kind <= 28 and at + length_ <= size:
                    # Stack records belong to the event before them.
                    type_ = struct.unpack_from("<H", data, at + (8 if kind == 0 else 4))[0]
                    total += type_ not in (4, 13)
                at += length_
    return total


def extents(data):
    """Offset and size of each CPU's pages: the table behind the tag of a version 6 file."""
    at = data.index(b"flyrecord\0") + 10
    cpus = struct.unpack_from("<I", data, data.index(b"options  \0") - 4)[0]
    return [struct.unpack_from("<QQ", data, at + 16 * cpu) for cpu in range(cpus)]


def raw_copy_with_damage(copy, path, rng):
    """A directory with links to all of another one, but for one file: that is damaged. Kind and name."""
    kinds = ["**/per_cpu/*/*"] * 4 + ["events/header_page", "events/*/*/format", "saved_cmdlines", "trace_clock"]
    found = [[p for p in sorted(pathlib.Path(copy).glob(kind)) if p.stat().st_size] for kind in kinds]
    # Not each recording has each.
    victim = rng.choice(rng.choice([files for files in found if files]))
    kind, damaged = mutated(victim.read_bytes(), rng)
    place, source = pathlib.Path(path), pathlib.Path(copy)
    for part in victim.relative_to(copy).parts:
        place.mkdir()
        for other in source.iterdir():
            if other.name != part:
                (place / other.name).symlink_to(other)
        place, source = place / part, source / part
    place.write_bytes(damaged)
    return f"{kind} in {victim.relative_to(copy)}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("mmq"), parser.add_argument("stretch"), parser.add_argument("recordings", nargs="+")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        inputs = []
        for number, recording in enumerate(options.recordings):
            if recording.endswith((".perf.data", ".txt")):
                for formats in [[]] + (formats_for(recording) if recording.endswith(".txt") else []):
                    inputs.append((recording, None, program_for(options.mmq, recording, formats), formats))
                continue
            for version in (6, 7, "raw"):
                copy = f"{folder}/{number}-v{version}.dat"
                form = ["--raw"] if version == "raw" else ["--version", str(version)]
                made = run([options.stretch, recording, copy, *form, "--pages", "12", "--drop-symbols"])
                if made.returncode:
                    sys.exit(f"{recording}: {made.stderr.decode()}")
                inputs.append((copy, version, program_for(options.mmq, copy), []))
        failures, codes = [], collections.Counter()

        def one(number):
            rng = random.Random(f"{options.seed}/{number}")
            copy, version, program, formats = inputs[number % len(inputs)]
            path = f"{folder}/m{number}.dat"
            if version == "raw":
                kind = raw_copy_with_damage(copy, path, rng)
            else:
                data = open(copy, "rb").read()
                kind, damaged = mutated(data, rng)
                open(path, "wb").write(damaged)
            wrong, code = verdict([options.mmq, "-e", program, "-i", path] + formats)
            if not wrong and kind == "cut" and version == 6 and code == 1:
                got = run([options.mmq, "-q", "-f", "json", "-e", COUNTS, "-i", path]).stdout
                found = re.search(rb'"@e": (\d+)', got)
                # Of a recording whose records are all in instances nothing is compared.
                if len(damaged) > min((o for o, n in extents(data) if n), default=len(data)):
                    want, have = whole_records_before(copy, len(damaged)), int(found[1]) if found else 0
                    if want != have:
                        wrong = f"cut at {len(damaged)}: {want} events before the cut, {have} counted"
            if wrong:
                keep = f"/tmp/mmq-mutation-{options.seed}-{number}.dat"
                (shutil.copytree if version == "raw" else shutil.copyfile)(path, keep)
                wrong += f" ({kind} of {os.path.basename(copy)}, kept as {keep})"
            if version == "raw":
                shutil.rmtree(path)
            else:
                os.unlink(path)
            return wrong, code

        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            for wrong, code in pool.map(one, range(options.count)):
                codes[code] += 1
                if wrong:
                    failures.append(wrong)
    for failure in failures[:20]:
        print("FAIL " + failure)
    print("exit codes: " + ", ".join(f"{code}: {n}" for code, n in sorted(codes.items(), key=str)))
    print(f"{options.count - len(failures)} passed, {len(failures)} failed")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
