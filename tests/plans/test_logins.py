"""Ended logins stay ended: for other processes, after a restart, and no longer than they have to be remembered."""

import pytest
from sqlalchemy import select

from raumblick.plans.logins import FRESH, LONGEST, SLACK, EndedLogins, open_logins
from raumblick.plans.model import PlanError
from raumblick.plans.tables import ENDED_BEFORE, ENDED_LOGIN

ONE, OTHER = "a" * 64, "b" * 64


class Clock:
    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def test_an_ended_login_is_ended_at_once_and_after_a_restart(url):
    logins = open_logins(url)
    assert not logins.ended(ONE)
    logins.end(ONE)
    logins.end(ONE)  # twice is no fault
    assert logins.ended(ONE) and not logins.ended(OTHER)
    assert open_logins(url).ended(ONE)


def test_another_process_knows_within_a_second(url):
    clock = Clock()
    here, there = EndedLogins(open_logins(url).engine, clock), open_logins(url)
    assert not here.ended(ONE)
    there.end(ONE)
    assert not here.ended(ONE)  # believed for a moment
    clock.now += FRESH
    assert here.ended(ONE)
    clock.now -= 3600  # a clock that was set back does not bring it back
    assert here.ended(ONE)


def test_a_clock_set_back_believes_nothing_for_longer(url):
    clock = Clock()
    here, there = EndedLogins(open_logins(url).engine, clock), open_logins(url)
    assert not here.ended(ONE)
    there.end(ONE)
    clock.now -= 100
    assert here.ended(ONE)


def test_what_is_too_old_by_itself_is_forgotten(url):
    clock = Clock()
    logins = EndedLogins(open_logins(url).engine, clock)
    logins.end(ONE)
    logins.end_all(ONE)
    clock.now += LONGEST + 2
    logins.end(OTHER)
    with logins.engine.connect() as connection:
        assert connection.execute(select(ENDED_LOGIN.c.login)).scalars().all() == [OTHER]
        assert connection.execute(select(ENDED_BEFORE.c.who)).scalars().all() == []


def test_all_logins_of_one_person_or_of_everybody_end_and_new_ones_do_not(url):
    clock = Clock()
    here, there = EndedLogins(open_logins(url).engine, clock), EndedLogins(open_logins(url).engine, clock)
    issued = clock.now - 600

    def state(logins: EndedLogins) -> list[str]:
        return [logins.ended(name * 64, issued, ("x" * 64, name * 64)) for name in "pq"]

    assert state(here) == state(there) == ["", ""]
    here.end_all("p" * 64)
    assert state(here) == ["together", ""] and state(there) == ["", ""]  # believed for a moment
    clock.now += FRESH
    assert state(there) == ["together", ""] == state(EndedLogins(open_logins(url).engine, clock))
    issued = clock.now + SLACK - 1  # the clock of the provider may be ahead, and who got in by it is out too
    assert state(there) == ["together", ""]
    issued = clock.now + SLACK
    assert state(there) == ["", ""]
    clock.now += 1000
    there.end_all()
    there.end_all()  # twice is no fault
    here.end("q" * 64)
    assert state(there) == ["together", "alone"] and there.ended("n" * 64, clock.now + SLACK + 1) == ""
    assert there.ended("n" * 64) == ""  # asked before


def test_where_the_store_is_gone_nobody_is_believed(tmp_path):
    logins = open_logins(f"sqlite:///{tmp_path / 'plaene.sqlite'}")
    logins.engine.dispose()
    (tmp_path / "plaene.sqlite").write_bytes(b"no database" * 100)
    with pytest.raises(PlanError, match="nicht prüfen"):
        logins.ended(ONE)
    with pytest.raises(PlanError, match="nicht festhalten"):
        logins.end(ONE)
    with pytest.raises(PlanError, match="ließen sich nicht beenden"):
        logins.end_all()
