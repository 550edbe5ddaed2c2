"""Logins that were ended: a copied cookie of one gives no access any more, also after a restart and on other machines."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import Engine, delete, func, insert, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from raumblick.plans.engine import READS, open_engine
from raumblick.plans.model import PlanError
from raumblick.plans.tables import ENDED_BEFORE, ENDED_LOGIN

FRESH = 1.0  # seconds that "not ended" is believed before the store is asked again; what this process ended it knows at once
EVERYBODY = "*"
LONGEST = 24 * 3600  # seconds that any login can last, and more
SLACK = 30  # seconds that the clock of the provider may be ahead of ours and still no login outlives the end of all
Ended = Literal["", "alone", "together"]


@dataclass(frozen=True, eq=False)
class EndedLogins:
    """Digests of ended logins (`roles.session_key`). Safe to share between threads; `clock` gives seconds since 1970."""

    engine: Engine
    clock: Callable[[], float] = time.time
    _open: dict[str, float] = field(default_factory=dict)

    def end(self, login: str) -> None:
        """End a login.

        Raises:
            PlanError: the store cannot be reached; nothing was ended.
        """
        now = self.clock()
        try:
            self._write(insert(ENDED_LOGIN).values(login=login, until=int(now + LONGEST) + 1))
        except SQLAlchemyError as error:
            raise PlanError("Die Abmeldung ließ sich nicht festhalten. Bitte noch einmal abmelden.") from error
        self._open.pop(login, None)

    def end_all(self, who: str = EVERYBODY) -> None:
        """End every login that was issued until now: of everybody, or of one person (`who`, a digest of `roles.names_of`).

        Whoever logs in again comes in, from `SLACK` seconds from now on.

        Raises:
            PlanError: the store cannot be reached; nothing was ended.
        """
        moment = int(self.clock())
        values = {"who": who, "moment": moment, "until": moment + LONGEST}
        try:
            self._write(delete(ENDED_BEFORE).where(ENDED_BEFORE.c.who == who), insert(ENDED_BEFORE).values(**values))
        except SQLAlchemyError as error:
            raise PlanError("Die Anmeldungen ließen sich nicht beenden. Bitte gleich noch einmal versuchen.") from error
        self._open.clear()

    def ended(self, login: str, issued: float = float("inf"), names: Collection[str] = ()) -> Ended:
        """Whether and how a login was ended, here or by another process (no later than `FRESH` seconds ago).

        Args:
            login: its digest. issued: when, in seconds since 1970. names: digests of what its person is called.

        Raises:
            PlanError: the store cannot be reached; nobody knows then.
        """
        now = self.clock()
        if 0 <= now - self._open.get(login, float("-inf")) < FRESH:
            return ""
        alone = select(ENDED_LOGIN.c.login).where(ENDED_LOGIN.c.login == login)
        together = select(func.max(ENDED_BEFORE.c.moment)).where(ENDED_BEFORE.c.who.in_((EVERYBODY, *names)))
        try:
            with self.engine.connect().execution_options(**READS) as connection:
                if connection.execute(alone).first() is not None:
                    return "alone"
                moment = connection.execute(together).scalar()
        except SQLAlchemyError as error:
            raise PlanError("Die Anmeldung lässt sich gerade nicht prüfen. Bitte gleich noch einmal versuchen.") from error
        if moment is not None and issued <= moment + SLACK:
            return "together"
        if len(self._open) > 10_000:
            self._open.clear()
        self._open[login] = now
        return ""

    def _write(self, *statements: Any) -> None:
        """Run statements at once, after forgetting what is too old by itself."""
        now = self.clock()
        try:
            with self.engine.begin() as connection:
                for table in (ENDED_LOGIN, ENDED_BEFORE):
                    connection.execute(delete(table).where(table.c.until < now))
                for statement in statements:
                    connection.execute(statement)
        except IntegrityError:
            pass  # somebody else ended the same just now


def open_logins(url: str) -> EndedLogins:
    """Open the list of ended logins in the plan store at `url`.

    Raises:
        PlanError: it cannot be opened.
    """
    return EndedLogins(open_engine(url))
