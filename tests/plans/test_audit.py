"""The trail: every change of what stands there is found, nothing is lost, and nobody waits for ever."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, update

from raumblick.plans.audit import KEY_FILE, STAND_FILE, Act, AuditError, name_of, open_trail
from raumblick.plans.tables import AUDIT, AUDIT_START

NOW = dt.datetime(2026, 1, 15, 12, 0, tzinfo=dt.UTC)
ACT = Act("anna", "leitung", "veröffentlicht", "fertig", "leipzig", "20260115T120000-0123abcd", "vorher nichts")


@pytest.fixture
def trail(url, tmp_path):
    """An open, empty trail on each backend."""
    opened = open_trail(url, tmp_path)
    yield opened
    opened.engine.dispose()


def fill(trail, count: int):
    return [trail.append(replace(ACT, detail=f"Nr. {n}")) for n in range(count)]


def change(trail, *statements) -> None:
    """What somebody with the database in hand does."""
    with trail.engine.begin() as connection:
        for statement in statements:
            connection.execute(statement)


def test_entries_come_back_as_written_newest_first(trail):
    written = fill(trail, 3)
    assert trail.entries() == tuple(reversed(written))
    assert [entry.seq for entry in written] == [1, 2, 3]
    found = trail.check()
    assert (found.entries, found.first, found.last, found.fault) == (3, 1, 3, None)
    assert found.head == name_of(written[-1]) and len(found.head) == len("3:") + 16


def test_only_the_cities_asked_for_and_what_belongs_to_none(trail):
    for city in ("leipzig", "berlin", ""):
        trail.append(replace(ACT, city_id=city))
    assert [entry.act.city_id for entry in trail.entries(("leipzig",))] == ["", "leipzig"]
    assert len(trail.entries(most=2)) == 2


def test_an_empty_trail_is_sound(trail):
    assert trail.check().fault is None
    assert trail.check("5:0123456789abcdef").fault is not None


TAMPER = {
    "subject": update(AUDIT).where(AUDIT.c.seq == 3).values(subject="berta"),
    "time": update(AUDIT).where(AUDIT.c.seq == 3).values(at="2020-01-01T00:00:00.000000Z"),
    "action": update(AUDIT).where(AUDIT.c.seq == 5).values(action="gelesen"),
    "borders of fields": update(AUDIT).where(AUDIT.c.seq == 3).values(subject="ann", role="aleitung"),
    "seal": update(AUDIT).where(AUDIT.c.seq == 3).values(mac="0" * 64),
    "first removed": delete(AUDIT).where(AUDIT.c.seq == 1),
    "one removed": delete(AUDIT).where(AUDIT.c.seq == 3),
    "last removed": delete(AUDIT).where(AUDIT.c.seq == 5),
    "all removed": delete(AUDIT),
    "number": update(AUDIT).where(AUDIT.c.seq == 5).values(seq=6),
}


@pytest.mark.parametrize("what", TAMPER)
def test_a_change_is_found(trail, what):
    fill(trail, 5)
    change(trail, TAMPER[what])
    assert trail.check().fault


def test_reordered_entries_are_found(trail):
    fill(trail, 5)
    move = [update(AUDIT).where(AUDIT.c.seq == old).values(seq=new) for old, new in ((2, 99), (3, 2), (99, 3))]
    change(trail, *move)
    assert trail.check().fault == "Eintrag 2 wurde verändert oder gefälscht."


def test_a_forged_entry_at_the_end_is_found(trail, url, tmp_path):
    fill(trail, 2)
    with trail.engine.begin() as connection:
        row = dict(connection.execute(select(AUDIT).where(AUDIT.c.seq == 2)).mappings().one())
    forger = open_trail(url, tmp_path, "somebody else's key, long enough")
    forged = forger._add
    change(trail, insert(AUDIT).values(row | {"seq": 3}))  # an old seal again
    assert trail.check().fault == "Eintrag 3 wurde verändert oder gefälscht."
    change(trail, delete(AUDIT).where(AUDIT.c.seq == 3))
    with forger.engine.begin() as connection:
        forged(connection, ACT)
    assert trail.check().fault == "Eintrag 3 wurde verändert oder gefälscht."
    forger.engine.dispose()


def test_a_noted_entry_must_stand_also_where_the_stand_is_gone(trail, tmp_path):
    noted = name_of(fill(trail, 4)[-1])
    assert trail.check(noted).fault is None
    (tmp_path / STAND_FILE).unlink()
    change(trail, delete(AUDIT).where(AUDIT.c.seq == 4))
    assert trail.check().fault is None
    assert "bis 4:" in (trail.check(noted).fault or "")


def test_what_is_too_old_goes_and_the_rest_stays_sound(trail, url, tmp_path):
    days = iter(NOW + dt.timedelta(days=n) for n in range(100))
    clocked = replace(trail, now=lambda: next(days))
    written = fill(clocked, 10)
    assert trail.prune(NOW + dt.timedelta(days=4)) == 4
    found = trail.check()
    assert (found.entries, found.first, found.last, found.fault) == (6, 5, 10, None)
    assert trail.check(name_of(written[1])).fault is None  # deleted after its time: nobody asks for it
    assert trail.prune(NOW + dt.timedelta(days=365)) == 5  # the newest stays
    assert clocked.append(ACT).seq == 11
    assert trail.check().fault is None and trail.check().first == 10
    assert trail.prune(NOW) == 0
    change(trail, delete(AUDIT_START))
    assert trail.check().fault == "Eintrag 1 fehlt."


def test_a_forged_beginning_is_found(trail):
    fill(trail, 5)
    with trail.engine.begin() as connection:
        mac = connection.execute(select(AUDIT.c.mac).where(AUDIT.c.seq == 2)).scalar()
    change(trail, delete(AUDIT).where(AUDIT.c.seq <= 2), insert(AUDIT_START).values(seq=2, mac=mac, seal="0" * 64))
    assert trail.check().fault == "Der Beginn des Protokolls ist verfälscht."
    with pytest.raises(AuditError, match="wird nicht gekürzt"):
        trail.prune(NOW + dt.timedelta(days=9999))


@given(texts=st.lists(st.text(max_size=40), min_size=7, max_size=7), at=st.integers(0, 6), other=st.text(max_size=40))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_other_text_breaks_the_seal(tmp_path_factory, texts, at, other):
    folder = tmp_path_factory.getbasetemp() / "seals"
    trail = _SEALS.get(folder) or _SEALS.setdefault(folder, open_trail("sqlite://", folder))
    entry = trail.append(Act(*texts))
    fields = [*_texts(entry)]
    changed = replace(entry, act=Act(*[other if n == at else text for n, text in enumerate(fields)]))
    assert (trail._seal(changed, "x") == trail._seal(entry, "x")) == (other == fields[at])
    assert all(text.isprintable() for text in fields)


_SEALS: dict = {}


def _texts(entry) -> tuple[str, ...]:
    act = entry.act
    return act.subject, act.role, act.action, act.state, act.city_id, act.snapshot_id, act.detail


WRITER = """
import sys
from pathlib import Path
from raumblick.plans.audit import Act, open_trail
trail = open_trail(sys.argv[1], Path(sys.argv[2]))
for n in range(int(sys.argv[3])):
    print(trail.append(Act(sys.argv[4], "leitung", "geprobt", detail=str(n))).seq, flush=True)
"""


def writer(url, folder, count: int, who: str) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-c", WRITER, url, str(folder), str(count), who], stdout=subprocess.PIPE, text=True)


def test_two_processes_write_one_sound_chain(url, tmp_path):
    both = [writer(url, tmp_path, 40, who) for who in ("anna", "berta")]
    told = [int(line) for process in both for line in process.communicate(timeout=60)[0].split()]
    assert sorted(told) == list(range(1, 81))
    trail = open_trail(url, tmp_path)
    assert (trail.check().entries, trail.check().fault) == (80, None)
    assert {entry.act.subject for entry in trail.entries()} == {"anna", "berta"}


def test_killed_while_writing_loses_nothing_that_was_acknowledged(tmp_path):
    url = f"sqlite:///{tmp_path / 'plaene.sqlite'}"
    acknowledged = 0
    for round_ in range(4):
        process = writer(url, tmp_path, 100_000, f"nr{round_}")
        assert process.stdout is not None
        first = int(process.stdout.readline())
        assert first > acknowledged
        time.sleep(0.05 * round_)
        os.kill(process.pid, signal.SIGKILL)
        told = process.communicate()[0].split("\n")[:-1]
        acknowledged = int(told[-1]) if told else first
        trail = open_trail(url, tmp_path)
        assert trail.check().fault is None
        assert acknowledged <= trail.check().last <= acknowledged + 1
        acknowledged = trail.check().last
        trail.engine.dispose()


@pytest.mark.parametrize("fault", ["damaged", "gone", "no key", "short key"])
def test_a_trail_that_cannot_be_written_says_so(tmp_path, fault):
    path = tmp_path / "plaene.sqlite"
    trail = open_trail(f"sqlite:///{path}", tmp_path)
    fill(trail, 3)
    trail.engine.dispose()
    if fault == "damaged":
        path.write_bytes(b"SQLite format 3\0" + b"x" * 4000)
        with pytest.raises(AuditError):
            trail.append(ACT)
    elif fault == "gone":
        path.unlink()
        with pytest.raises(AuditError, match="nicht erreichbar, voll oder beschädigt"):
            trail.append(ACT)
    else:
        (tmp_path / KEY_FILE).unlink() if fault == "no key" else (tmp_path / KEY_FILE).write_text("abc")
        with pytest.raises(AuditError, match="Der Schlüssel des Protokolls"):
            open_trail(f"sqlite:///{path}", tmp_path)


def test_a_full_disk_loses_no_entry_in_silence(tmp_path):
    trail = open_trail(f"sqlite:///{tmp_path / 'plaene.sqlite'}", tmp_path)
    fill(trail, 1)
    with trail.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
        connection.rollback()
        done = 0
        with pytest.raises(AuditError):
            for _ in range(500):  # the one connection of the pool is the one that has no room left
                with trail.engine.begin() as other:
                    other.exec_driver_sql(f"PRAGMA max_page_count={pages}")
                trail.append(replace(ACT, detail="x" * 400))
                done += 1
    assert trail.check().entries == 1 + done


def test_the_key_is_for_the_owner_alone_and_is_never_made_anew(tmp_path):
    trail = open_trail(f"sqlite:///{tmp_path / 'plaene.sqlite'}", tmp_path)
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o777 == 0o600
    again = open_trail(f"sqlite:///{tmp_path / 'plaene.sqlite'}", tmp_path)
    assert again.key == trail.key and len(trail.key) == 64
