#!/usr/bin/env python3
"""Asks mmq a question from Python, and gets maps as dictionaries.

  swift build -c release --static-swift-stdlib --product CMMQ
  Examples/Python/reclaim.py Examples/traces/reclaim.dat

MMQ_LIBRARY names the library where it is not .build/release/libCMMQ.so.
"""
import ctypes
import os
import sys
from pathlib import Path

QUESTION = b"""
kmem:mm_page_alloc { @allocations[comm] = count(); @orders[args.order] = count(); }
vmscan:mm_vmscan_direct_reclaim_begin { @start[tid] = nsecs; }
vmscan:mm_vmscan_direct_reclaim_end /@start[tid]/ {
  $ns = nsecs - @start[tid];
  @longest = max($ns);
  @shortest = min($ns);
  @waited = sum($ns);
  @waits = count();
  delete(@start, tid);
}
"""

handle, text, size, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_int64


class Outcome(ctypes.Structure):
    """mmq_outcome"""

    _fields_ = [
        ("has_failed", ctypes.c_bool),
        ("exit_code", ctypes.c_int32),
        ("records", ctypes.c_uint64),
        ("lost", ctypes.c_uint64),
        ("unknown_gaps", ctypes.c_uint64),
    ]


# Each function of mmq.h that is used here: its result and its arguments.
FUNCTIONS = {
    "mmq_free": (None, [handle]),
    "mmq_source_open": (handle, [text, ctypes.POINTER(handle)]),
    "mmq_source_findings": (handle, [handle]),
    "mmq_source_free": (None, [handle]),
    "mmq_script_compile": (handle, [handle, text, text, ctypes.c_uint32]),
    "mmq_script_is_sound": (ctypes.c_bool, [handle]),
    "mmq_script_messages": (handle, [handle]),
    "mmq_script_free": (None, [handle]),
    "mmq_session_new": (
        handle, [handle, handle, ctypes.c_int, handle, handle, ctypes.POINTER(handle)]),
    "mmq_session_run": (
        ctypes.c_bool, [handle, ctypes.POINTER(Outcome), ctypes.POINTER(handle)]),
    "mmq_session_warnings": (handle, [handle]),
    "mmq_session_free": (None, [handle]),
    "mmq_session_maps": (handle, [handle]),
    "mmq_maps_count": (size, [handle]),
    "mmq_maps_at": (handle, [handle, size]),
    "mmq_maps_free": (None, [handle]),
    "mmq_map_name": (text, [handle]),
    "mmq_map_rows": (size, [handle]),
    "mmq_map_key": (handle, [handle, size]),
    "mmq_map_value": (handle, [handle, size]),
    "mmq_value_text": (text, [handle, handle]),
    "mmq_value_int": (number, [handle]),
}


def load():
    """The library, with the types of its functions."""
    package = Path(__file__).resolve().parents[2]
    library = ctypes.CDLL(
        os.environ.get("MMQ_LIBRARY", str(package / ".build/release/libCMMQ.so")))
    for name, (result, arguments) in FUNCTIONS.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


mmq = load()


def taken(pointer):
    """A text that belongs to the caller, as a str."""
    result = ctypes.string_at(pointer).decode() if pointer else ""
    mmq.mmq_free(pointer)
    return result


def map_as_dict(map_):
    """Keys as they print; None is the key of a map without keys."""
    rows = {}
    for row in range(mmq.mmq_map_rows(map_)):
        key = mmq.mmq_map_key(map_, row)
        name = mmq.mmq_value_text(key, None).decode() if key else None
        rows[name] = mmq.mmq_value_int(mmq.mmq_map_value(map_, row))
    return rows


def ask(path, question):
    """The maps of a question, by name, and what must be said of them."""
    problem = handle()
    source = mmq.mmq_source_open(os.fsencode(path), ctypes.byref(problem))
    if not source:
        sys.exit(f"{path}: {taken(problem)}")
    script = mmq.mmq_script_compile(source, b"question", question, 0)
    if not mmq.mmq_script_is_sound(script):
        sys.exit(taken(mmq.mmq_script_messages(script)))
    session = mmq.mmq_session_new(script, None, 0, None, None, ctypes.byref(problem))
    outcome = Outcome()
    if not session or not mmq.mmq_session_run(
            session, ctypes.byref(outcome), ctypes.byref(problem)):
        sys.exit(taken(problem))
    maps = mmq.mmq_session_maps(session)
    result = {}
    for index in range(mmq.mmq_maps_count(maps)):
        map_ = mmq.mmq_maps_at(maps, index)
        result[mmq.mmq_map_name(map_).decode()] = map_as_dict(map_)
    said = f"{outcome.records} records, {outcome.lost} lost\n"
    said += taken(mmq.mmq_session_warnings(session)) + taken(mmq.mmq_source_findings(source))
    mmq.mmq_maps_free(maps)
    mmq.mmq_session_free(session)
    mmq.mmq_script_free(script)
    mmq.mmq_source_free(source)
    return result, said


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: reclaim.py TRACE.DAT")
    maps, said = ask(sys.argv[1], QUESTION)
    for name, rows in maps.items():
        for key, value in rows.items():
            print(f"{name}{'' if key is None else f'[{key}]'}: {value}")
    print(said, end="")


main()
