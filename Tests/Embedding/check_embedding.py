#!/usr/bin/env python3
"""Runs the embedding examples over Examples/traces/reclaim.dat and compares what they print with each other and
with the truth about that recording (reclaim.truth.json of the captures, in MMQ_SHARED or ../shared).

  check_embedding.py PROGRAM...
"""
import json
import os
import subprocess
import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2]
TRACE = "Examples/traces/reclaim.dat"


def expected(truth):
    """The lines that the truth demands, in any order."""
    pairs = truth["direct_reclaim_pairs"]
    lines = [f"allocations[{comm}]: {count}"
             for comm, count in truth["by_event_comm"]["kmem:mm_page_alloc"].items()]
    lines += [f"orders[{order}]: {count}"
              for order, count in truth["mm_page_alloc_by_order"].items()]
    lines += [f"longest: {pairs['max_ns']}", f"shortest: {pairs['min_ns']}",
              f"waited: {pairs['sum_ns']}", f"waits: {pairs['count']}"]
    lines.append(f"{truth['total_events']} records, {truth['lost']['known_lost_total']} lost")
    return sorted(lines)


def main():
    shared = Path(os.environ.get("MMQ_SHARED", PACKAGE.parent / "shared"))
    path = shared / "captures/reclaim.truth.json"
    outputs = {}
    for program in sys.argv[1:]:
        run = subprocess.run([program, TRACE], cwd=PACKAGE, capture_output=True, text=True)
        if run.returncode != 0 or run.stderr:
            sys.exit(f"{program}: status {run.returncode}\n{run.stderr}")
        outputs[program] = run.stdout
    first = next(iter(outputs.values()))
    for program, output in outputs.items():
        if output != first:
            sys.exit(f"{program} prints\n{output}not\n{first}")
    if not path.exists():
        print(f"SKIP the truth: {path} is missing; the {len(outputs)} examples agree")
        return
    wanted = expected(json.loads(path.read_text()))
    if sorted(first.splitlines()) != wanted:
        sys.exit("printed\n" + first + "the truth is\n" + "\n".join(wanted))
    print(f"{len(outputs)} examples print {len(wanted)} lines, as {path.name} says")


main()
