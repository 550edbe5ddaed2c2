"""Who may do what, and which claims give which role: nothing unknown, unverified, old or from the future gives any."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raumblick.roles import (
    LOCAL,
    ROLES,
    Grant,
    NotAllowedError,
    Person,
    RefusedError,
    Rules,
    capped,
    identify,
    load_rules,
    session_key,
    visitor,
)
from raumblick.settings import SettingsError

NOW = 1_800_000_000
RULES = Rules(
    "groups",
    (
        Grant("rb-leitung", "leitung", ("*",)),
        Grant("rb-planung", "planung", ("leipzig", "mini")),
        Grant("rb-ausschuss", "ausschuss", ("leipzig", "berlin")),
    ),
    label="preferred_username",
)
CLAIMS = {"sub": "4711", "iss": "https://idp", "iat": NOW - 60, "nonce": "n1", "groups": ["rb-planung", "sport"], "name": "Anna"}


def code(claims, rules=RULES, hours=8.0) -> str:
    with pytest.raises(RefusedError) as error:
        identify(claims, rules, NOW, hours)
    return error.value.code


def test_the_table_of_rights():
    rights = ("scenario", "import", "publish", "audit")
    expected = {
        "oeffentlich": ("ausschuss", ()), "ausschuss": ("ausschuss", ()),
        "planung": ("planung", ("scenario", "import")), "leitung": ("planung", rights),
    }  # fmt: skip
    for role in ROLES:
        person = Person("x", "", (("leipzig", role),))
        assert (person.view("leipzig"), tuple(r for r in rights if person.may(r, "leipzig"))) == expected[role]
        assert person.view("berlin") is None and not any(person.may(r, "berlin") for r in rights)
        assert not any(person.may(r, "*") for r in rights)  # a role in one city is none for all
        for right in rights:
            assert person.may_somewhere(right) == person.may(right, "leipzig")
            if not person.may(right, "leipzig"):
                with pytest.raises(NotAllowedError, match="Es wurde nichts geändert"):
                    person.demand(right, "leipzig")


def test_claims_give_roles_city_by_city_the_highest_counts():
    person = identify(CLAIMS | {"groups": ["rb-planung", "rb-ausschuss"], "preferred_username": "anna"}, RULES, NOW, 8)
    assert [person.role(city) for city in ("leipzig", "mini", "berlin", "hamburg")] == ["planung", "planung", "ausschuss", None]
    assert (person.subject, person.name) == ("anna (4711)", "Anna")
    assert identify(CLAIMS | {"groups": "rb-leitung"}, RULES, NOW, 8).role("hamburg") == "leitung"


@pytest.mark.parametrize(
    ("claim", "claims"),
    [
        ("realm_access.roles", {"realm_access": {"roles": ["rb-planung"]}}),
        ("https://stadt.example/roles", {"https://stadt.example/roles": ["rb-planung"]}),
        ("sub", {"sub": "rb-planung"}),
        ("email", {"email": "rb-planung", "email_verified": True}),
    ],
)
def test_where_the_roles_stand(claim, claims):
    rules = Rules(claim, RULES.grants)
    assert identify({**CLAIMS, "groups": None, **claims}, rules, NOW, 8).role("mini") == "planung"


@pytest.mark.parametrize(
    "groups",
    [None, [], "", "sport", ["sport"], ["RB-LEITUNG"], [" rb-leitung"], ["rb-leitung "], {"rb-leitung": True}, 5, True,
     [["rb-leitung"]], [{"name": "rb-leitung"}], "rb-leitung,rb-planung", "leitung", "*"],
)  # fmt: skip
def test_an_unknown_value_gives_nothing(groups):
    assert code(CLAIMS | {"groups": groups}) == "unknown"


@pytest.mark.parametrize("verified", [None, False, "true", 1, "yes"])
def test_an_address_that_nobody_verified_gives_nothing(verified):
    rules = Rules("email", RULES.grants)
    assert code(CLAIMS | {"email": "rb-leitung", "email_verified": verified}, rules) == "unknown"


@pytest.mark.parametrize("missing", ["sub", "iat", "nonce"])
@pytest.mark.parametrize("value", [None, "", [], {}, True])
def test_without_who_when_and_which_login_there_is_no_access(missing, value):
    assert code(CLAIMS | {missing: value}) == "unfit"


@pytest.mark.parametrize(
    ("issued", "proved", "expected"),
    [
        (NOW - 8 * 3600 + 1, None, None), (NOW - 8 * 3600, None, "expired"), (NOW - 9 * 3600, None, "expired"),
        (NOW, NOW - 8 * 3600, "expired"), (NOW - 8 * 3600, NOW, "expired"), (NOW + 299, None, None),
        (NOW + 301, None, "future"), (NOW, NOW + 301, "future"), (NOW, "gestern", "future"), (1e12, None, "unfit"),
        (-5, None, "unfit"), (NOW, True, "future"),
    ],
)  # fmt: skip
def test_a_login_lasts_eight_hours_from_the_earlier_of_both_times(issued, proved, expected):
    claims = CLAIMS | {"iat": issued} | ({} if proved is None else {"auth_time": proved})
    if expected:
        assert code(claims) == expected
    else:
        assert identify(claims, RULES, NOW, 8).role("mini") == "planung"


NAMES = st.sampled_from(["sub", "iat", "nonce", "auth_time", "groups", "name", "iss"])
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2), max_leaves=5
)


@given(st.dictionaries(NAMES, VALUES))
def test_whatever_the_claims_are_there_is_a_person_or_a_refusal(claims):
    try:
        person = identify(claims, RULES, NOW, 8)
    except RefusedError as error:
        assert error.code in ("unfit", "future", "expired", "unknown") and str(error).endswith(".")
    else:
        assert person.roles and person.subject
    assert len(session_key(claims)) == 64


def test_every_login_has_a_key_of_its_own():
    others = [CLAIMS | {name: "other"} for name in ("iss", "sub", "iat", "nonce", "jti")]
    assert len({session_key(claims) for claims in (CLAIMS, *others)}) == 6
    assert session_key(CLAIMS) == session_key(CLAIMS | {"groups": ["other"], "name": "other"})


def test_a_server_of_the_committee_shows_nobody_more():
    for role, city in itertools.product(ROLES, ("*", "leipzig")):
        person = capped(Person("x", "y", ((city, role),)), "ausschuss")
        assert person.view("leipzig") == "ausschuss" and not person.may("scenario", "leipzig")
    assert capped(LOCAL, "planung") == LOCAL
    assert LOCAL.subject == "lokal" and LOCAL.may("audit", "anywhere") and LOCAL.may("publish", "*")


def test_without_login_there_is_what_is_public_or_nobody():
    assert visitor(RULES) is None
    person = visitor(Rules("groups", RULES.grants, ("mini",)))
    assert person is not None and person.view("mini") == "ausschuss" and person.view("leipzig") is None


GOOD = """
angabe = "groups"
kennung = "preferred_username"
oeffentlich = ["mini"]
[[rolle]]
wert = "rb-leitung"
rolle = "leitung"
[[rolle]]
wert = "rb-planung"
rolle = "planung"
stadt = ["leipzig", "mini"]
[[rolle]]
wert = "rb-ausschuss"
rolle = "ausschuss"
stadt = "leipzig"
"""


def test_the_file_of_roles_is_read(tmp_path):
    (tmp_path / "rollen.toml").write_text(GOOD, encoding="utf-8")
    rules = load_rules(tmp_path / "rollen.toml")
    assert rules.grants[0] == RULES.grants[0] and rules.grants[1] == RULES.grants[1]
    assert rules.grants[2].cities == ("leipzig",)
    assert (rules.claim, rules.label, rules.public) == ("groups", "preferred_username", ("mini",))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('angabe = "groups"', "", "„angabe“ fehlt"),
        ('angabe = "groups"', "angabe = 5", "„angabe“ fehlt"),
        ('angabe = "groups"', "angabe =", "kein TOML"),
        ("[[rolle]]", "[[rollen]]", "„rollen“ ist unbekannt"),
        ('rolle = "leitung"', 'rolle = "admin"', "Nr. 1: rolle ist „admin“; erlaubt sind ausschuss, planung, leitung"),
        ('rolle = "leitung"', 'rolle = "oeffentlich"', "rolle ist „oeffentlich“"),
        ('wert = "rb-leitung"', "", "Nr. 1: „wert“ fehlt"),
        ('wert = "rb-leitung"', 'wert = ""', "Nr. 1: „wert“ fehlt"),
        ('wert = "rb-leitung"', 'gruppe = "rb-leitung"', "möglich sind wert, rolle und stadt"),
        ('stadt = "leipzig"', "stadt = 5", "„stadt“ ist ein Kurzname"),
        ('stadt = "leipzig"', 'stadt = ["leipzig", 5]', "„stadt“ ist ein Kurzname"),
    ],
)
def test_a_fault_in_the_file_of_roles_is_named(tmp_path, old, new, said):
    (tmp_path / "rollen.toml").write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(SettingsError, match="rollen.toml|Rollen") as error:
        load_rules(tmp_path / "rollen.toml")
    assert said in str(error.value)


def test_a_missing_file_of_roles_is_named(tmp_path):
    with pytest.raises(SettingsError, match="RAUMBLICK_ROLES"):
        load_rules(tmp_path / "rollen.toml")
