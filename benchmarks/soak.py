"""Long run under stress for `make soak`: kill -9 at work, broken files, and twenty visitors at once.

Six parts, each of which says what it did and whether it held:

* crashes: the crash tests of import, roll-back and saved scenarios, 100 kills each instead of a few;
* broken files: the fuzz run of the intake with 1,000 files checked whole;
* attacks: the attack test tries to recover hidden numbers of 20 random cities instead of a few;
* random examples: the property tests (hypothesis) with examples of their own in each round; `make test` takes the same each time;
* login: with the certified provider of npm, which insists on PKCE; skipped where there is no Node.js;
* visitors: 20 sessions go from page to page of Musterstadt for 10 minutes over websockets, as a browser would. Counted are
  pages, errors on pages and connections that broke; the memory of the server after warm-up must not grow by more than 10 %.

Options make it shorter: `python -m benchmarks.soak --minutes 1 --crashes 10 --fuzz 100 --cities 5 --rounds 1`; a part with 0 is
left out. `--keep` writes what was run into RESULTS.md. Exit code 1 when a part did not hold.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks import run
from benchmarks.machine import describe
from benchmarks.serving import APP, ROOT, Server, serve
from benchmarks.visitors import Visits, visit

SESSIONS = 20
WARM_UP = 0.3  # part of the time after which memory counts as settled
GROWTH = 0.10
ABOUT = "Parts of `make soak` that were run: kills at work, broken files, attacks on random cities, random examples, visitors."
_CRASH = ("tests/snapshot/test_crash.py", "tests/plans/test_durable.py")
_FUZZ = "tests/faults/test_fuzz.py"
_ATTACK = "tests/snapshot/test_attack.py"
_LOGIN = "tests/browser/test_strict.py"
_PROPERTIES = ("-m", "hypothesis", "tests")


@dataclass(frozen=True)
class Outcome:
    """One part of the run: its name, whether it held, how long it took in seconds, and what it says."""

    name: str
    held: bool
    seconds: float
    said: str


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the parts, print one table; returns the exit code."""
    options = _options(arguments)
    outcomes = []
    if options.crashes:
        outcomes.append(_tests("Abbrüche", _CRASH, "RAUMBLICK_CRASHES", options.crashes))
    if options.fuzz:
        outcomes.append(_tests("Kaputte Dateien", (_FUZZ,), "RAUMBLICK_FUZZ", options.fuzz))
    if options.cities:
        outcomes.append(_tests("Angriffe", (_ATTACK,), "RAUMBLICK_ATTACKED_CITIES", options.cities))
    for _ in range(options.rounds):
        outcomes.append(_tests("Zufallsbeispiele", _PROPERTIES, "RAUMBLICK_RANDOM", 1))
    if options.login:
        outcomes.append(_tests("Anmeldung", (_LOGIN,), "RAUMBLICK_STRICT", 1))
    if options.minutes:
        outcomes.append(_load(options.minutes * 60, options.sessions))
    print(f"\n{'Teil':<18}{'Ergebnis':<12}{'Dauer':>8}  Was war")
    for outcome in outcomes:
        print(f"{outcome.name:<18}{'gehalten' if outcome.held else 'FEHLER':<12}{outcome.seconds:>6.0f} s  {outcome.said}")
    if options.keep:
        keep(outcomes)
    return 0 if all(outcome.held for outcome in outcomes) else 1


def keep(outcomes: Sequence[Outcome]) -> None:
    """Write the parts of one run into RESULTS.md; those of earlier runs are replaced."""
    rows = [f"| {o.name} | {'held' if o.held else '**failed**'} | {o.seconds:.0f} s | {o.said} |" for o in outcomes]
    table = "\n".join(["| part | result | took | what it said |", "| --- | --- | ---: | --- |", *rows])
    body = f"{ABOUT}\n\n{describe()}.\nMeasured on {dt.date.today().isoformat()}.\n\n{table}\n"
    text = run.FILE.read_text(encoding="utf-8") if run.FILE.is_file() else ""
    run.FILE.write_text(run.renew(text, "soak", body), encoding="utf-8")


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description="Dauerlauf: Abbrüche, kaputte Dateien, Last.")
    parser.add_argument("--minutes", type=_amount, default=10.0, help="Minuten unter Last (0: ohne)")
    parser.add_argument("--crashes", type=int, default=100, help="Abbrüche mitten im Einlesen (0: ohne)")
    parser.add_argument("--fuzz", type=int, default=1000, help="kaputte Dateien (0: ohne)")
    parser.add_argument("--cities", type=int, default=20, help="angegriffene Städte (0: ohne)")
    parser.add_argument("--rounds", type=int, default=5, help="Runden mit neuen Zufallsbeispielen (0: ohne)")
    parser.add_argument("--login", type=int, default=1, help="Anmeldung mit dem strengen Dienst (0: ohne)")
    parser.add_argument("--keep", action="store_true", help="Ergebnis in RESULTS.md schreiben")
    parser.add_argument("--sessions", type=int, default=SESSIONS, help="Besuche zur gleichen Zeit")
    return parser.parse_args(arguments)


def _amount(text: str) -> float:
    return float(text.replace(",", "."))


def _tests(name: str, chosen: Sequence[str], variable: str, count: int) -> Outcome:
    """Run the chosen tests with a count of their own in the environment."""
    print(f"… {name}: {count}", flush=True)
    start = time.monotonic()
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--timeout=0", *chosen]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | {variable: str(count)}, capture_output=True, text=True)
    if done.returncode:
        print(done.stdout[-6000:] + done.stderr[-2000:])
    last = (done.stdout.strip().splitlines() or ["keine Ausgabe"])[-1]
    return Outcome(name, done.returncode == 0, time.monotonic() - start, f"{count} Versuche; {last}")


def _load(seconds: float, sessions: int) -> Outcome:
    """Visitors on a server of its own with Musterstadt."""
    print(f"… Besuche: {sessions} zur gleichen Zeit, {seconds:.0f} s", flush=True)
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="raumblick-soak-") as home:
        environment = {"RAUMBLICK_HOME": home}
        command = [sys.executable, "-m", "raumblick.cli", "demo"]
        subprocess.run(command, cwd=ROOT, env=os.environ | environment, check=True, stdout=subprocess.DEVNULL)
        with serve(APP, **environment) as server:
            visits, memory = asyncio.run(_visited(server, seconds, sessions))
    first, last = _settled(memory)
    grown = last / first - 1
    held = not visits.faults and visits.pages >= sessions and grown <= GROWTH
    for fault, count in sorted(visits.faults.items(), key=lambda pair: -pair[1])[:20]:
        print(f"  {count}-mal: {fault}")
    said = f"{visits.pages} Seiten, {sum(visits.faults.values())} Fehler, "
    said += f"Speicher {first:.0f} → {last:.0f} MB ({grown * 100:+.1f} %)"
    return Outcome("Besuche", held, time.monotonic() - start, said.replace(".", ","))


async def _visited(server: Server, seconds: float, sessions: int) -> tuple[Visits, list[float]]:
    """Let all sessions run and look at the memory of the server meanwhile (MB, evenly spaced)."""
    visits, memory = Visits(), []
    ends = time.monotonic() + seconds
    tasks = [asyncio.create_task(visit(server.url, number, ends, visits)) for number in range(sessions)]
    while time.monotonic() < ends:
        await asyncio.sleep(min(2.0, seconds / 20))
        memory.append(server.memory_mb())
    await asyncio.gather(*tasks)
    return visits, memory


def _settled(memory: Sequence[float]) -> tuple[float, float]:
    """Mean memory of the first and of the last fifth of what was seen after the warm-up."""
    after = memory[int(len(memory) * WARM_UP) :]
    part = max(1, len(after) // 5)
    return sum(after[:part]) / part, sum(after[-part:]) / part


if __name__ == "__main__":
    sys.exit(main())
