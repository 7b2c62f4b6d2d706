#!/usr/bin/env python3
"""Runs random programs over recordings, and compares what mmq prints with what an interpreter in Python does.

    random_programs.py MMQ [--first SEED] [--count N] RECORDING.dat...

Each seed is one program over one event of a recording: predicates, variables, branches, loops, maps of all
aggregations, deletions, intervals, printf. It runs on one thread and on eight. The first difference of each
program that fails is printed with its seed, which makes the same program again (`--first SEED --count 1`
prints it). Exit code 1 if one failed. Needs the `zstd` program for compressed recordings.
"""
import argparse, random as randomness, subprocess, sys, tempfile

from expected import Capture
from random_expressions import Event, Expression, Expressions, binary, cut
from random_maps import Map, key_text

MOST_EVENTS = 5000


class Recording(Capture):
    """The events of a recording by name, in order of time. Fixtures have no truth file."""

    def __init__(self, path):
        super().__init__(path)
        self.path, self.events = path, {}
        records = list(self.stretched(1, 0))
        self.origin = records[0][0]
        for index, (time, cpu, payload) in enumerate(records):
            layout = self.formats[int.from_bytes(payload[:2], "little")]
            event = Event(time, cpu, payload, layout, self.origin)
            self.events.setdefault(layout.name, []).append(event)
        self.times = [time for time, _, _ in records]
        self.events = {name: events for name, events in self.events.items()
                       if len(events) <= MOST_EVENTS and not name.startswith(("syscalls:", "ftrace:"))}

    def compare_with_truth(self, path):
        pass


class Exit(Exception):
    """exit() was called."""


class Program:
    """A script, and its interpreter."""

    def __init__(self, random, recording):
        self.random, self.recording, self.output = random, recording, []
        self.event = random.choice(sorted(recording.events))
        self.layout = recording.events[self.event][0].layout
        self.maps = [Map(random, f"@m{index}") for index in range(random.randrange(1, 6))]
        variables = [
            Expression("$a", lambda event: event.variables["$a"], True),
            Expression("$b", lambda event: event.variables["$b"], False)]
        outside, self.make = (Expressions(random, self.layout, names) for names in ((), variables))
        self.starts = {"$a": outside.number(2).cast(64, True), "$b": outside.number(2).cast(64, False)}
        self.predicate = outside.condition(2)
        self.loops, self.keys = 0, {}
        # A map that is used must be assigned somewhere.
        statements = [self.statement(2) for _ in range(random.randrange(1, 5))]
        self.body = statements + [self.assignment(map) for map in self.maps]
        self.ticked = random.choice(self.maps)
        self.period = max(1000, (recording.times[-1] - recording.origin) // random.randrange(1, 12) // 1000 * 1000)
        self.top, self.divisor = random.choice([0, 1, 3]), random.choice([1, 2, 1000])

    # ---- the script

    @property
    def text(self):
        starts = " ".join(f"{name} = {value.text};" for name, value in self.starts.items())
        body = "\n  ".join(text for text, _ in self.body)
        return (
            f"{self.event} /{self.predicate.text}/ {{\n  {starts}\n  {body}\n}}\n"
            f"interval:us:{self.period // 1000} {{ printf(\"tick %d\\n\", nsecs); clear({self.ticked.name}); }}\n"
            f"end {{ print({self.ticked.name}, {self.top}, {self.divisor}); }}\n")

    def statement(self, depth):
        """Its text, and what it does to an event."""
        makers = [lambda _: self.assignment(self.random.choice(self.maps))] * 4
        makers += [self.variable, self.deletion, self.reading, self.printing, self.emptying, self.ending]
        if depth > 0:
            makers += [self.branch, self.loop]
        return self.random.choice(makers)(depth)

    def assignment(self, map):
        written, key = self.keys[map.name] = self.key(map)
        value = self.make.number(2)
        return (f"{map.name}{written} = {map.argument(value)};",
                lambda event: map.take(key(event), value.value(event)))

    def key(self, map):
        makers = {
            "int64": lambda: self.make.number(1).cast(64, True), "bool": lambda: self.make.condition(1),
            "uint64": lambda: self.make.number(1).cast(64, False), "string": lambda: self.make.string(1)}
        parts = [makers[part]() for part in map.parts]
        written = "[" + ", ".join(part.text for part in parts) + "]" if parts else ""
        return written, lambda event: tuple(part.value(event) for part in parts)

    def variable(self, _):
        variable = self.random.choice(self.make.variables)
        operator = self.random.choice(["+", "*", "&", "|", "^", "<<", ">>", "/", "%"])
        value = self.make.number(1).cast(64, variable.signed)
        result = binary(operator, variable, value)

        def run(event):
            event.variables[variable.text] = result.value(event)
        return f"{variable.text} {operator}= {value.text};", run

    def deletion(self, _):
        map = self.random.choice(self.maps)
        # Mostly a key that the script assigns to: else nothing would ever be removed.
        known = self.keys.get(map.name)
        written, key = known if known and self.random.random() < 0.7 else self.key(map)
        return f"delete({map.name}{written});", lambda event: map.cells.pop(key(event), None)

    def emptying(self, _):
        map, function = self.random.choice(self.maps), self.random.choice(["clear", "zero"])
        condition = self.make.condition(1)

        def run(event):
            if condition.value(event) and event.variables["$a"] % 7 == 0:
                map.zero() if function == "zero" else map.cells.clear()
        return f"if ({condition.text} && $a % 7 == 0) {{ {function}({map.name}); }}", run

    def reading(self, depth):
        """Of one cell, or of all in the order of the keys."""
        maps = [map for map in self.maps if map.aggregation.readable]
        if not maps:
            return self.printing(depth)
        map = self.random.choice(maps)
        if map.parts and self.random.random() < 0.5:
            return self.walk(map)
        written, key = self.key(map)
        return (f'printf("%s\\n", {map.name}{written});',
                lambda event: self.output.append(str(map.read(key(event)))))

    def walk(self, map):
        self.loops += 1
        pair = f"$pair{self.loops}"

        def run(event):
            for key in sorted(map.cells) if event.variables["$a"] % 11 == 0 else []:
                shown = key_text(key) if len(key) == 1 else f"({key_text(key)})"
                self.output.append(f"{shown} {map.read(key)}")
        return (f"if ($a % 11 == 0) {{ for ({pair} : {map.name}) "
                f'{{ printf("%s %s\\n", {pair}.0, {pair}.1); }} }}', run)

    def printing(self, _):
        number, word = self.make.number(1).cast(64, True), self.make.string(1)
        width = self.random.choice([0, 7, 20])

        def run(event):
            value, text = number.value(event), word.value(event).decode()
            self.output.append(f"{value:<{width}}|{value & (1 << 64) - 1:#x}|{text:>{width}}|{text[:3]}")
        width_text = width or ""
        return (f'printf("%-{width_text}d|0x%lx|%{width_text}s|%.3s\\n", '
                f"{number.text}, {number.text}, {word.text}, {word.text});", run)

    def branch(self, depth):
        condition = self.make.condition(2)
        yes, no = self.statement(depth - 1), self.statement(depth - 1)

        def run(event):
            (yes if condition.value(event) else no)[1](event)
        return f"if ({condition.text}) {{ {yes[0]} }} else {{ {no[0]} }}", run

    def loop(self, depth):
        self.loops += 1
        turns, name = self.random.randrange(1, 4), f"$i{self.loops}"
        stop, inner = self.make.condition(1), self.statement(depth - 1)

        def run(event):
            for _ in range(turns):
                if stop.value(event):
                    break
                inner[1](event)
        return (f"{name} = 0; while ({name} < {turns}) {{ {name}++; if ({stop.text}) {{ break; }} "
                f"{inner[0]} }}", run)

    def ending(self, _):
        condition = self.make.condition(1)

        def run(event):
            if condition.value(event) and event.variables["$b"] % 97 == 3:
                raise Exit
        return f"if ({condition.text} && $b % 97 == 3) {{ exit(); }}", run

    # ---- the interpreter

    def run(self):
        """All lines that mmq must print."""
        try:
            self.run_events()
        except Exit:
            pass
        self.output += self.printed_map()
        self.output += ["", ""]
        for map in self.maps:
            self.output += map.lines()
        return self.output

    def printed_map(self):
        """print() of a map without keys shows its zero, if that is a number."""
        map = self.ticked
        if map.cells or map.parts or not map.aggregation.is_row() or map.aggregation.call.startswith("quantile"):
            return map.lines(self.top, self.divisor)
        return [f"{map.name}: {map.aggregation.show(map.aggregation.empty(), self.divisor)}"]

    def run_events(self):
        boundary, events = self.recording.origin + self.period, iter(self.recording.events[self.event])
        event = next(events)
        for time in self.recording.times:
            while boundary <= time:
                self.output.append(f"tick {boundary}")
                self.ticked.cells.clear()
                boundary += self.period
            while event and event.time == time:
                self.run_block(event)
                event = next(events, None)

    def run_block(self, event):
        event.variables = {}
        if not self.predicate.value(event):
            return
        event.variables = {name: value.value(event) for name, value in self.starts.items()}
        for _, run in self.body:
            run(event)


def difference(wanted, found):
    """In words; nil where there is none."""
    for number, (a, b) in enumerate(zip(wanted, found)):
        if a != b:
            return f"line {number + 1}: wanted {a!r}, found {b!r}"
    return None if len(wanted) == len(found) else f"{len(wanted)} lines wanted, {len(found)} found"


def check(mmq, program, script):
    wanted = program.run()
    for jobs in ("1", "8"):
        command = [mmq, "-q", "-j", jobs, "-i", program.recording.path, script]
        result = subprocess.run(command, capture_output=True)
        if result.returncode:
            return f"exit code {result.returncode}: {result.stderr.decode()}"
        found = difference(wanted, result.stdout.decode().splitlines())
        if found:
            return f"-j {jobs}: {found}"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("mmq")
    parser.add_argument("recordings", nargs="+")
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--count", type=int, default=60)
    options = parser.parse_args()
    recordings, failed = [Recording(path) for path in options.recordings], 0
    for seed in range(options.first, options.first + options.count):
        random = randomness.Random(seed)
        program = Program(random, random.choice(recordings))
        if options.count == 1:
            print(program.text)
        with tempfile.NamedTemporaryFile("w", suffix=".mmq") as script:
            script.write(program.text)
            script.flush()
            problem = check(options.mmq, program, script.name)
        if problem:
            failed += 1
            print(f"FAIL seed {seed} over {program.recording.path}: {problem}")
    print(f"{options.count - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
