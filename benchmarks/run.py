"""`python -m benchmarks.run [name ...]`: run all or the named benchmarks and renew their sections of RESULTS.md.

A benchmark is a module `benchmarks/bench_<name>.py`; its docstring says what is measured, its `run()` gives lines that
`benchmarks.result.as_results` understands.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib
import os
import re
import signal
import sys
import time
from pathlib import Path
from types import ModuleType

from benchmarks.machine import QUIET, describe, wait_until_quiet
from benchmarks.result import Result, as_results, markdown

FOLDER = Path(__file__).parent
FILE = FOLDER / "RESULTS.md"
HEAD = """# What Raumblick takes

Written by `make bench` (`python -m benchmarks.run`). Each ratio is measured / peer or limit, both from the same run on
the same machine; medians of repeated measurements after a warm-up. Lines without a target are information.
"""
WAIT = 120.0  # seconds that a benchmark waits for other work on the machine to end
SECTION = re.compile(r"^## (\w+)$", re.MULTILINE)


def names() -> list[str]:
    """All benchmarks by name, without `bench_`."""
    return sorted(path.stem.removeprefix("bench_") for path in FOLDER.glob("bench_*.py"))


def load(name: str) -> ModuleType:
    """The module of a benchmark."""
    return importlib.import_module(f"benchmarks.bench_{name}")


def section(module: ModuleType, results: list[Result], seconds: float, busy: float, load_after: float) -> str:
    """One section of RESULTS.md: what is measured, on what, how busy the machine was, and the lines."""
    about = (module.__doc__ or "").strip()
    others = f"other work used {busy:.0%} of the processor just before"
    if busy > QUIET:
        others = f"**the machine was busy: {others}**"
    when = f"{dt.date.today().isoformat()}, {seconds / 60:.1f} minutes; {others}; load average at the end {load_after:.1f}"
    return f"{about}\n\n{describe()}.\nMeasured on {when}.\n\n{markdown(results)}\n"


def renew(text: str, name: str, body: str) -> str:
    """The text of RESULTS.md with the section of one benchmark replaced or added, sections in order of their names."""
    pieces = SECTION.split(text)[1:]  # name, body, name, body
    known = {key: old.strip() + "\n" for key, old in zip(pieces[::2], pieces[1::2], strict=True)}
    known[name] = body
    return HEAD + "".join(f"\n## {key}\n\n{known[key]}" for key in sorted(known))


def main(arguments: list[str] | None = None) -> int:
    """Run the named benchmarks; returns 0 when all targets are met, 1 when one is missed, 2 for wrong use."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description="Measure Raumblick; writes RESULTS.md.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(names())}; default: all")
    chosen = parser.parse_args(arguments).names or names()
    if unknown := set(chosen) - set(names()):
        parser.error(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(names())}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that servers and folders are cleared away
    missed = 0
    for name in chosen:
        module = load(name)
        print(f"{name}: waiting for a quiet machine ...", flush=True)
        busy = wait_until_quiet(WAIT)
        began = time.monotonic()
        results = as_results(module.run())
        body = section(module, results, time.monotonic() - began, busy, os.getloadavg()[0])
        print(f"{markdown(results)}\n", flush=True)
        text = FILE.read_text(encoding="utf-8") if FILE.is_file() else ""
        FILE.write_text(renew(text, name, body), encoding="utf-8")
        missed += sum(result.met is False for result in results)
    print(f"targets missed: {missed}")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
