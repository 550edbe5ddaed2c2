"""What a save has acknowledged is there after kill -9, a full disk, a disk turned read-only, and a clock that jumps.

`RAUMBLICK_CRASHES` says how often the random kill is tried.
"""

import datetime as dt
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import event

from raumblick.plans.model import PlanError
from raumblick.plans.store import open_plans

ROOT = Path(__file__).resolve().parents[2]
CRASHES = int(os.environ.get("RAUMBLICK_CRASHES", "4"))
SAVES = """
import sys
from dataclasses import replace
from raumblick.plans.store import open_plans
store = open_plans(sys.argv[1])
plan = store.load(sys.argv[2])
while True:
    plan = store.save(replace(plan, notes=f"Fassung {plan.version + 1} " + "x" * 5000))
    print(plan.version, flush=True)
"""


def test_kill_while_saving_loses_no_acknowledged_save(tmp_path):
    url, rng = f"sqlite:///{tmp_path / 'p.sqlite'}", random.Random(20260117)
    plan = open_plans(url).create("mini", "Plan", "AB", "s")
    for _ in range(CRASHES):
        command = [sys.executable, "-c", SAVES, url, plan.scenario_id]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        first = process.stdout.readline()
        time.sleep(rng.random() * 0.1)
        process.send_signal(signal.SIGKILL)
        told = [int(line) for line in (first + process.communicate()[0]).split("\n")[:-1]]
        store = open_plans(url)
        now, history = store.load(plan.scenario_id), store.history(plan.scenario_id)
        store.close()
        assert now.version in (told[-1], told[-1] + 1) and now.notes.startswith(f"Fassung {now.version} ")
        assert [r.version for r in history] == list(range(1, now.version + 1))


DELETES = """
import os, signal, sys
from sqlalchemy import event
from raumblick.plans.store import open_plans
store = open_plans(sys.argv[1])
plan = store.load(sys.argv[2])
def end(connection, cursor, statement, *_):
    if statement.upper().startswith(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)
event.listen(store.engine, "after_cursor_execute", end)
if sys.argv[3] == "COMMITTED":
    store.delete(plan)
    os.kill(os.getpid(), signal.SIGKILL)
store.delete(plan)
"""


@pytest.mark.parametrize("moment", ["DELETE FROM SCENARIO_REVISION", "DELETE FROM SCENARIO ", "COMMITTED"])
def test_killed_while_deleting_leaves_a_scenario_whole_or_gone_without_a_trace(tmp_path, moment):
    path, secret = tmp_path / "p.sqlite", "Notiz, die niemand mehr lesen soll"
    store = open_plans(f"sqlite:///{path}")
    plan = store.create("mini", "Plan", "AB", "s", notes=secret)
    for _ in range(3):
        plan = store.save(replace(plan, notes=f"{plan.notes}. {secret}"))
    store.close()
    assert secret.encode() in path.read_bytes()
    command = [sys.executable, "-c", DELETES, f"sqlite:///{path}", plan.scenario_id, moment]
    assert subprocess.run(command, cwd=ROOT).returncode == -signal.SIGKILL
    store = open_plans(f"sqlite:///{path}")
    if moment == "COMMITTED":
        assert store.everything() == () == store.history(plan.scenario_id)
    else:
        assert store.everything() == (plan,) and len(store.history(plan.scenario_id)) == 4
        store.delete(plan)
    store.close()
    assert not [file.name for file in tmp_path.iterdir() if secret.encode() in file.read_bytes()]


@pytest.mark.parametrize("pragma", ["max_page_count=1", "query_only=on"])
def test_a_disk_that_is_full_or_read_only_loses_nothing_in_silence(tmp_path, pragma):
    store = open_plans(f"sqlite:///{tmp_path / 'p.sqlite'}")
    plan = store.create("mini", "Plan", "AB", "s")
    store.close()
    now = [pragma]
    event.listen(store.engine, "begin", lambda connection: connection.exec_driver_sql(f"pragma {now[0]}"))
    with pytest.raises(PlanError, match="nichts gespeichert"):
        store.save(replace(plan, notes="x" * 19_000))
    store.close()
    now[0] = "encoding"
    assert store.load(plan.scenario_id) == plan
    assert store.save(replace(plan, notes="x" * 19_000)).version == 2


def test_a_clock_that_jumps_changes_no_order_of_versions(tmp_path):
    clock = [dt.datetime(2026, 1, 15, 12)]
    store = open_plans(f"sqlite:///{tmp_path / 'p.sqlite'}", now=lambda: clock[0])
    plan = store.create("mini", "Plan", "AB", "s")
    for year in (2036, 1999):
        clock[0] = dt.datetime(year, 1, 1)
        plan = store.save(replace(plan, notes=str(year)))
    assert store.load(plan.scenario_id).notes == "1999"
    assert [(r.version, r.saved.year) for r in store.history(plan.scenario_id)] == [(1, 2026), (2, 2036), (3, 1999)]
