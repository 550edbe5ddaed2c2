"""Logins that were ended: a copied cookie of one gives no access any more, also after a restart and on other machines."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Engine, delete, insert, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from raumblick.plans.engine import READS, open_engine
from raumblick.plans.model import PlanError
from raumblick.plans.tables import ENDED_LOGIN

FRESH = 1.0  # seconds that "not ended" is believed before the store is asked again; what this process ended it knows at once


@dataclass(frozen=True, eq=False)
class EndedLogins:
    """Digests of ended logins (`roles.session_key`). Safe to share between threads; `clock` gives seconds since 1970."""

    engine: Engine
    clock: Callable[[], float] = time.time
    _open: dict[str, float] = field(default_factory=dict)

    def end(self, login: str, seconds: float) -> None:
        """End a login that would have lasted `seconds` more at most.

        Raises:
            PlanError: the store cannot be reached; nothing was ended.
        """
        now = self.clock()
        try:
            with self.engine.begin() as connection:
                connection.execute(delete(ENDED_LOGIN).where(ENDED_LOGIN.c.until < now))
                connection.execute(insert(ENDED_LOGIN).values(login=login, until=int(now + seconds) + 1))
        except IntegrityError:
            pass  # ended before
        except SQLAlchemyError as error:
            raise PlanError("Die Abmeldung ließ sich nicht festhalten. Bitte noch einmal abmelden.") from error
        self._open.pop(login, None)

    def ended(self, login: str) -> bool:
        """True where a login was ended, here or by another process (no later than `FRESH` seconds ago).

        Raises:
            PlanError: the store cannot be reached; nobody knows then.
        """
        now = self.clock()
        if 0 <= now - self._open.get(login, float("-inf")) < FRESH:
            return False
        query = select(ENDED_LOGIN.c.login).where(ENDED_LOGIN.c.login == login)
        try:
            with self.engine.connect().execution_options(**READS) as connection:
                found = connection.execute(query).first() is not None
        except SQLAlchemyError as error:
            raise PlanError("Die Anmeldung lässt sich gerade nicht prüfen. Bitte gleich noch einmal versuchen.") from error
        if found:
            return True
        if len(self._open) > 10_000:
            self._open.clear()
        self._open[login] = now
        return False


def open_logins(url: str) -> EndedLogins:
    """Open the list of ended logins in the plan store at `url`.

    Raises:
        PlanError: it cannot be opened.
    """
    return EndedLogins(open_engine(url))
