"""Who may do what: four roles, and which of them the claims of a login give, city by city.

Pure: claims and the file of roles go in, a person or a refusal comes out. A role has no other source, neither an address
nor a header.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from raumblick.settings import SettingsError, View

Role = Literal["oeffentlich", "ausschuss", "planung", "leitung"]  # each may do what those before it may
Right = Literal["scenario", "remove", "import", "publish", "audit", "logins"]
ROLES: tuple[str, ...] = get_args(Role)
ROLE_LABEL = {"oeffentlich": "Öffentlichkeit", "ausschuss": "Ausschuss", "planung": "Planung", "leitung": "Leitung"}
EVERYWHERE = "*"  # instead of a city: all of them, also those to come
_LEAST = {
    "scenario": "planung",
    "remove": "leitung",
    "import": "planung",
    "publish": "leitung",
    "audit": "leitung",
    "logins": "leitung",
}
_WHAT = {
    "scenario": "Szenarien speichern",
    "remove": "Szenarien anderer löschen",
    "import": "Daten einlesen",
    "publish": "Datenstände in Kraft setzen",
    "audit": "das Protokoll ansehen",
    "logins": "Anmeldungen anderer beenden",
}
_CLOCKS = 300  # seconds that the clock of the provider may be ahead of ours
_LONGEST = 100  # characters of a subject or a name


class NotAllowedError(Exception):
    """A person may not do or see this; the message is German."""


class RefusedError(NotAllowedError):
    """A login gives no access. `code` is one word for the log, the message is German."""

    def __init__(self, code: str, message: str):
        self.code = code
        super().__init__(message)


@dataclass(frozen=True)
class Person:
    """Somebody at work: `subject` is what the trail writes, `name` what the page shows, `roles` pairs of city and role."""

    subject: str
    name: str
    roles: tuple[tuple[str, Role], ...]

    @property
    def mark(self) -> str:
        """A digest of the subject, to know again what this person made."""
        return _digest(self.subject)

    def role(self, city_id: str) -> Role | None:
        """The highest role in a city, or None."""
        own = [role for city, role in self.roles if city in (city_id, EVERYWHERE)]
        return max(own, key=ROLES.index, default=None)

    def highest(self) -> Role | None:
        """The highest role in any city, or None."""
        return max((role for _, role in self.roles), key=ROLES.index, default=None)

    def view(self, city_id: str) -> View | None:
        """Which file of a city this person may open: all numbers, the committee's, or None."""
        role = self.role(city_id)
        if role is None:
            return None
        return "planung" if ROLES.index(role) >= ROLES.index("planung") else "ausschuss"

    def may(self, right: Right, city_id: str) -> bool:
        """True where the role in this city carries a right."""
        role = self.role(city_id)
        return role is not None and ROLES.index(role) >= ROLES.index(_LEAST[right])

    def may_somewhere(self, right: Right) -> bool:
        """True where the role in any city carries a right."""
        return any(self.may(right, city) for city, _ in self.roles)

    def demand(self, right: Right, city_id: str) -> None:
        """Nothing where the person has a right.

        Raises:
            NotAllowedError: they have not.
        """
        if not self.may(right, city_id):
            least = ROLE_LABEL[_LEAST[right]]
            raise NotAllowedError(f"Für „{city_id}“ darf das nur die Rolle {least}: {_WHAT[right]}. Es wurde nichts geändert.")


LOCAL = Person("lokal", "", ((EVERYWHERE, "leitung"),))  # whoever sits at the machine, without login


@dataclass(frozen=True)
class Grant:
    """One value of the claim, and the role it gives in some cities."""

    value: str
    role: Role
    cities: tuple[str, ...]


@dataclass(frozen=True)
class Rules:
    """The file of roles: `claim` (dots lead into it), what its values give, `public` cities that need no login, `label`: a
    claim that names the person in the trail beside the subject, or ""."""

    claim: str
    grants: tuple[Grant, ...]
    public: tuple[str, ...] = ()
    label: str = ""


def load_rules(path: Path) -> Rules:
    """Read the file of roles.

    Raises:
        SettingsError: it is missing or says something else than it may; the message names the place.
    """
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"Die Datei der Rollen fehlt oder ist nicht lesbar: {path} (RAUMBLICK_ROLES).") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"Die Datei der Rollen ist kein TOML ({path.name}: {error}).") from error
    unknown = set(given) - {"angabe", "oeffentlich", "kennung", "rolle"}
    if unknown:
        raise SettingsError(f"{path.name}: „{min(unknown)}“ ist unbekannt; möglich sind angabe, kennung, oeffentlich, rolle.")
    claim, label = given.get("angabe"), given.get("kennung", "")
    if not isinstance(claim, str) or not claim or not isinstance(label, str):
        raise SettingsError(f"{path.name}: „angabe“ fehlt, zum Beispiel angabe = \"groups\".")
    grants = given.get("rolle")
    if not isinstance(grants, list) or not grants:
        raise SettingsError(f"{path.name}: Es fehlt mindestens ein Abschnitt [[rolle]].")
    public = _cities(given.get("oeffentlich", []), path, "oeffentlich")
    return Rules(claim, tuple(_grant(row, path, number) for number, row in enumerate(grants, start=1)), public, label)


def _grant(row: Any, path: Path, number: int) -> Grant:
    place = f"{path.name}, [[rolle]] Nr. {number}"
    if not isinstance(row, dict) or set(row) - {"wert", "rolle", "stadt"}:
        raise SettingsError(f"{place}: möglich sind wert, rolle und stadt.")
    value, role = row.get("wert"), row.get("rolle")
    if not isinstance(value, str) or not value:
        raise SettingsError(f"{place}: „wert“ fehlt.")
    if role not in ROLES[1:]:
        raise SettingsError(f"{place}: rolle ist „{role}“; erlaubt sind {', '.join(ROLES[1:])}.")
    return Grant(value, role, _cities(row.get("stadt", EVERYWHERE), path, place))


def _cities(given: Any, path: Path, place: str) -> tuple[str, ...]:
    cities = [given] if isinstance(given, str) else given
    if not isinstance(cities, list) or not all(isinstance(city, str) and city for city in cities):
        raise SettingsError(f"{path.name}: {place}: „stadt“ ist ein Kurzname, eine Liste davon oder „*“ für alle.")
    return tuple(cities)


def capped(person: Person, view: View) -> Person:
    """The same person on a server that shows one view at most."""
    if view == "planung":
        return person
    least = ROLES.index("ausschuss")
    roles = tuple((city, ROLES[min(ROLES.index(role), least)]) for city, role in person.roles)
    return Person(person.subject, person.name, roles)  # type: ignore[arg-type]


def visitor(rules: Rules) -> Person | None:
    """Somebody without login: the public, where there is anything public."""
    roles: tuple[tuple[str, Role], ...] = tuple((city, "oeffentlich") for city in rules.public)
    return Person("öffentlich", "", roles) if roles else None


def identify(claims: Mapping[str, Any], rules: Rules, now: float, hours: float) -> Person:
    """The person behind the claims of a login.

    Args:
        claims: of the ID token, verified when they came. rules: the file of roles.
        now: seconds since 1970. hours: how long a login lasts, from when the person proved who they are (`auth_time`) or the
            token was issued (`iat`), whichever came first.

    Raises:
        RefusedError: `unfit` (no sub, iat or nonce), `future`, `expired`, or `unknown` (no value of the claim is known).
    """
    subject = _text(claims.get("sub"))
    issued = _moment(claims.get("iat"))
    if not subject or issued is None or not _text(claims.get("nonce")):
        raise RefusedError("unfit", "Der Anmeldedienst hat unvollständige Angaben geliefert.")
    proved = _moment(claims["auth_time"]) if claims.get("auth_time") is not None else issued
    if proved is None or max(issued, proved) > now + _CLOCKS:
        raise RefusedError("future", "Die Anmeldung trägt eine Zeit, die noch nicht ist. Bitte neu anmelden.")
    if now - min(issued, proved) >= hours * 3600:
        raise RefusedError("expired", "Die Anmeldung ist abgelaufen. Bitte neu anmelden.")
    values = _values(claims, rules.claim)
    roles = tuple((city, grant.role) for grant in rules.grants if grant.value in values for city in grant.cities)
    if not roles:
        message = "Für Ihr Konto ist in Raumblick keine Rolle eingetragen. Bitte die betreibende Stelle fragen."
        raise RefusedError("unknown", message)
    name = _text(claims.get("name")) or _text(claims.get("preferred_username")) or subject
    return Person(_called(claims, rules)[-1], name, roles)


def names_of(claims: Mapping[str, Any], rules: Rules) -> tuple[str, ...]:
    """Digests of all that the person with these claims is called: number at the provider, label, and as the trail has it."""
    return tuple(named(text) for text in _called(claims, rules))


def named(text: str) -> str:
    """Digest of what somebody is called, as `names_of` has it."""
    return _digest(_text(text))


def _called(claims: Mapping[str, Any], rules: Rules) -> tuple[str, ...]:
    """What a person is called; the last is what the trail writes."""
    subject = _text(claims.get("sub"))
    label = _text(claims.get(rules.label)) if rules.label else ""
    return (subject, label, f"{label} ({subject})") if label else (subject,)


def session_key(claims: Mapping[str, Any]) -> str:
    """What tells one login from every other, as a digest: the nonce is drawn anew for each."""
    parts = [str(claims.get(name)) for name in ("iss", "sub", "iat", "nonce", "jti")]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _values(claims: Mapping[str, Any], claim: str) -> set[str]:
    """Values of a claim; dots lead into it where no claim has the whole name. An address that nobody verified is none."""
    found: Any = claims.get(claim)
    if found is None:
        found = claims
        for part in claim.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
    if claim == "email" and claims.get("email_verified") is not True:
        return set()
    listed = found if isinstance(found, list | tuple) else [found]
    return {value for value in listed if isinstance(value, str)}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _text(value: Any) -> str:
    return " ".join(value.split())[:_LONGEST] if isinstance(value, str) else ""


def _moment(value: Any) -> float | None:
    fits = isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e11
    return float(value) if fits else None
