#!/usr/bin/env python3
"""Builds the documentation of the library: warnings are errors, and what is public is documented, of MMQ and of
the two modules that come with it.

Needs a debug build of MMQ (`swift build --target MMQ`). The pages are a copy: docc takes the words behind `mmq` of
a fenced block, which are for the tests, for options of its own, and lines of output with `@` for directives.
"""
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2]
BUILD = PACKAGE / ".build/debug"
# What says all by its name, or is documented where it is required.
PLAIN = {"swift.init", "swift.func.op", "swift.enum.case", "swift.subscript"}
PLAIN_NAMES = {
    "description", "startIndex", "endIndex", "rawValue", "hashValue", "hash(into:)", "span"}


def symbols(module, place):
    """The symbol graph of a module, as docc reads it."""
    maps = [PACKAGE / "Sources" / name / "module.modulemap" for name in ("CZstd", "CZlib")]
    maps.append(BUILD / "CLinux.build/module.modulemap")
    flags = [word for path in maps for word in ("-Xcc", f"-fmodule-map-file={path}")]
    machine = subprocess.run(["uname", "-m"], capture_output=True, text=True, check=True).stdout
    subprocess.run(
        ["swift", "symbolgraph-extract", "-module-name", module, "-I", BUILD / "Modules", *flags,
         "-output-dir", place, "-target", f"{machine.strip()}-unknown-linux-gnu",
         "-minimum-access-level", "public"], check=True)
    return json.loads((place / f"{module}.symbols.json").read_text())["symbols"]


def undocumented(all_symbols):
    for symbol in all_symbols:
        path = symbol["pathComponents"]
        if "docComment" in symbol or "location" not in symbol:
            continue
        if symbol["kind"]["identifier"] in PLAIN or path[-1] in PLAIN_NAMES:
            continue
        # A renderer's functions are those of OutputSink.
        if path[0].endswith("Renderer") and len(path) == 2:
            continue
        yield ".".join(path)


def pages(place):
    """A copy of the catalogue without what docc misreads."""
    copy = place / "MMQ.docc"
    shutil.copytree(PACKAGE / "Sources/MMQ/MMQ.docc", copy)
    for page in copy.glob("*.md"):
        text = re.sub(r"(?m)^```(mmq|text) .*$", r"```\1", page.read_text())
        page.write_text(re.sub(r"(?m)^( *)@", r"\1.@", text))
    return copy


def main():
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        graphs = place / "graphs"
        others = place / "others"
        for directory in (graphs, others):
            directory.mkdir()
        missing = [f"MMQ: {name}" for name in undocumented(symbols("MMQ", graphs))]
        for module in ("MMQLanguage", "MMQTrace"):
            missing += [f"{module}: {name}" for name in undocumented(symbols(module, others))]
        run = subprocess.run(
            ["docc", "convert", pages(place), "--additional-symbol-graph-dir", graphs,
             "--warnings-as-errors", "--output-path", place / "out",
             "--fallback-display-name", "MMQ", "--fallback-bundle-identifier", "mmq"],
            capture_output=True, text=True)
    if missing:
        print("public, but not documented:", *sorted(missing), sep="\n  ")
    if run.returncode != 0:
        print(run.stdout + run.stderr)
    sys.exit(1 if missing or run.returncode != 0 else 0)


main()
