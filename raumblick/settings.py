"""Settings from the environment: read once, frozen, every one of them documented in docs/SETTINGS.md."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

View = Literal["planung", "ausschuss"]
ROOT = Path(__file__).resolve().parents[1]
_STORES = re.compile(r"sqlite:///.|postgresql(\+psycopg)?://.")
_MEMORY = re.compile(r"[1-9][0-9]{0,5} ?(MB|GB|MiB|GiB)", re.IGNORECASE)


class SettingsError(ValueError):
    """A setting has a value that Raumblick does not know; the message is German and names the variable."""


@dataclass(frozen=True)
class Settings:
    """What an operator may set.

    `home` is the folder of all snapshots, `view` the file that pages read (planung: internal, ausschuss: public),
    `threshold` the smallest person count that is published, `query_seconds` the time limit of one read query,
    `memory_limit` what DuckDB may use for one open snapshot, `plans` the address of the plan store (empty: a SQLite file in
    `home`). `login`: visitors must log in, `roles` the file that says which role they get (empty: `rollen.toml` in `home`),
    `provider` its name in the secrets of Streamlit, `session_hours` how long a login lasts. `audit_days` is how long entries
    of the trail are kept, `audit_key` what they are sealed with (empty: a file in `home`).
    """

    home: Path = ROOT / "var"
    view: View = "planung"
    threshold: int = 3
    query_seconds: float = 5.0
    memory_limit: str = "512MB"
    plans: str = ""
    login: bool = False
    roles: Path | None = None
    provider: str = "default"
    session_hours: float = 8.0
    audit_days: int = 1096
    audit_key: str = ""

    @property
    def roles_path(self) -> Path:
        """The file of roles."""
        return self.roles or self.home / "rollen.toml"

    @property
    def plans_url(self) -> str:
        """Address of the plan store."""
        return self.plans or f"sqlite:///{self.home / 'plaene.sqlite'}"


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from `environ` (default: the process environment). An empty variable counts as not set.

    Raises:
        SettingsError: a value is not allowed; the message names variable, value and what is allowed.
    """
    env = {name: text.strip() for name, text in (os.environ if environ is None else environ).items() if text.strip()}
    view = env.get("RAUMBLICK_VIEW", Settings.view).lower()
    if view not in get_args(View):
        raise SettingsError(f"RAUMBLICK_VIEW ist „{view}“; erlaubt sind: {', '.join(get_args(View))}.")
    memory = env.get("RAUMBLICK_MEMORY", Settings.memory_limit)
    if not _MEMORY.fullmatch(memory):
        raise SettingsError(f"RAUMBLICK_MEMORY ist „{memory}“; erlaubt sind Größen wie 512MB oder 2GB.")
    plans = env.get("RAUMBLICK_PLANS", Settings.plans)
    if plans and not _STORES.match(plans):
        shown = re.sub(r":[^:@/]+@", ":***@", plans)  # an address may hold a password
        raise SettingsError(f"RAUMBLICK_PLANS ist „{shown}“; erlaubt sind sqlite:///DATEI und postgresql://RECHNER/NAME.")
    return Settings(
        home=_folder(env, "RAUMBLICK_HOME", Settings.home),
        view=view,  # type: ignore[arg-type]
        threshold=_number(env, "RAUMBLICK_THRESHOLD", Settings.threshold, minimum=3),
        query_seconds=float(_number(env, "RAUMBLICK_QUERY_SECONDS", int(Settings.query_seconds), minimum=1)),
        memory_limit=memory,
        plans=plans,
        login=_switch(env, "RAUMBLICK_LOGIN"),
        roles=_folder(env, "RAUMBLICK_ROLES", Path()) if "RAUMBLICK_ROLES" in env else None,
        provider=_provider(env),
        session_hours=_hours(env),
        audit_days=_number(env, "RAUMBLICK_AUDIT_DAYS", Settings.audit_days, minimum=30),
        audit_key=_key(env),
    )


def _number(env: Mapping[str, str], name: str, default: int, minimum: int) -> int:
    text = env.get(name, str(default))
    if not re.fullmatch("[0-9]{1,9}", text) or int(text) < minimum:
        raise SettingsError(f"{name} ist „{text}“; erlaubt sind ganze Zahlen ab {minimum}.")
    return int(text)


def _hours(env: Mapping[str, str]) -> float:
    """How long a login lasts: a working day at most, for a role that is taken away at the provider lasts as long."""
    text = env.get("RAUMBLICK_SESSION_HOURS", "8")
    hours = float(text.replace(",", ".")) if re.fullmatch("[0-9]([.,][0-9]{1,2})?", text) else 0.0
    if not 0.25 <= hours <= 8:
        raise SettingsError(f"RAUMBLICK_SESSION_HOURS ist „{text}“; erlaubt sind 0,25 bis 8 Stunden, zum Beispiel 0,5 oder 4.")
    return hours


def _switch(env: Mapping[str, str], name: str) -> bool:
    text = env.get(name, "aus").lower()
    if text not in ("an", "aus"):
        raise SettingsError(f"{name} ist „{text}“; erlaubt sind: an, aus.")
    return text == "an"


def _provider(env: Mapping[str, str]) -> str:
    text = env.get("RAUMBLICK_PROVIDER", Settings.provider)
    if not re.fullmatch("[a-z][a-z0-9]{0,39}", text):
        raise SettingsError(f"RAUMBLICK_PROVIDER ist „{text}“; erlaubt sind Kleinbuchstaben und Ziffern.")
    return text


def _key(env: Mapping[str, str]) -> str:
    text = env.get("RAUMBLICK_AUDIT_KEY", "")
    if text and len(text) < 32:
        raise SettingsError("RAUMBLICK_AUDIT_KEY ist zu kurz; gebraucht werden mindestens 32 Zeichen.")
    return text


def _folder(env: Mapping[str, str], name: str, default: Path) -> Path:
    text = env.get(name, str(default))
    try:
        return Path(text).expanduser().absolute()
    except (RuntimeError, ValueError) as error:  # ~somebody who is not there
        raise SettingsError(f"{name} ist „{text}“; das ist kein Ordner.") from error
