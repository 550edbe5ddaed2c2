import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from raumblick.plans.model import OFFERS, Change, ConflictError, PlanError, Scenario, UnknownScenarioError, compare, join, tidy
from raumblick.plans.store import PlanStore, open_plans
from raumblick.plans.tables import REVISION, STORE_SCHEMA

MOVED = (Change("budget", "01", "okja", "200000.10"), Change("budget", "02", "okja", "-200000.10"))


def fresh(store, **more):
    return store.create(
        **({"city_id": "mini", "name": "Mehr für Nord", "author": "ak", "snapshot_id": "s1", "changes": MOVED} | more)
    )


def opened_at_once(url: str, many: int) -> list[PlanStore]:
    """Stores of as many programs that all start in the same moment; one that fails fails the test."""
    ready = threading.Barrier(many)

    def start(_: int) -> PlanStore:
        ready.wait()
        return open_plans(url)

    with ThreadPoolExecutor(many) as pool:
        return list(pool.map(start, range(many)))


def test_what_is_saved_is_loaded(store, url):
    made = fresh(store, notes="Ältere „Fassung“\nzweite Zeile")
    assert store.load(made.scenario_id) == made and made.version == 1 and made.created == made.saved
    saved = store.save(replace(made, name=" Nord ", changes=(*MOVED, Change("budget", "01", "okja", "5"))))
    assert saved.name == "Nord" and saved.version == 2 and saved.changes[0].amount == 5 and len(saved.changes) == 2
    again = open_plans(url)
    assert again.load(made.scenario_id) == saved
    again.close()


def test_history_keeps_every_version(store):
    made = fresh(store)
    store.save(replace(made, author="bm", changes=(), notes="leer"))
    assert [(r.version, r.author, r.changes) for r in store.history(made.scenario_id)] == [(1, "ak", 2), (2, "bm", 0)]
    assert store.revision(made.scenario_id, 1) == made
    with pytest.raises(UnknownScenarioError, match="keine Fassung 7"):
        store.revision(made.scenario_id, 7)


def test_copy_archive_list(store):
    one = fresh(store)
    two = store.copy(one.scenario_id, "bm")
    fresh(store, city_id="andere")
    assert two.name == "Mehr für Nord (Kopie)" and two.changes == one.changes and two.scenario_id != one.scenario_id
    assert store.copy(one.scenario_id, "bm", "Plan B").name == "Plan B"
    put = store.archive(one)
    assert [s.name for s in store.listing("mini", archived=True)] == ["Mehr für Nord"]
    assert {s.name for s in store.listing("mini")} == {"Mehr für Nord (Kopie)", "Plan B"} and store.listing("keine") == ()
    assert store.load(one.scenario_id).archived  # a shared link still opens it
    assert len(store.archive(put, False).changes) == 2 and len(store.listing("mini")) == 3


def test_the_last_saved_comes_first(url):
    times = iter(dt.datetime(2026, 1, day) for day in (1, 2, 3))
    store = open_plans(url, now=lambda: next(times))
    one, two = fresh(store), fresh(store, name="B")
    assert [s.name for s in store.listing("mini")] == ["B", "Mehr für Nord"]
    assert store.save(one).saved == dt.datetime(2026, 1, 3)
    assert [s.scenario_id for s in store.listing("mini")] == [one.scenario_id, two.scenario_id]
    store.close()


def test_kinds_of_scenarios_do_not_mix(store):
    money = fresh(store)
    moves = (Change("zu", "F1", "kita", "ja"), Change("neu", "51.90000,10.90000", "kita", "60"))
    offers = fresh(store, changes=moves, kind=OFFERS)
    assert [s.scenario_id for s in store.listing("mini")] == [money.scenario_id]
    assert store.listing("mini", kind=OFFERS) == (offers,) and store.load(offers.scenario_id).kind == OFFERS
    assert store.copy(offers.scenario_id, "bm").kind == OFFERS and store.revision(offers.scenario_id, 1) == offers
    assert store.save(replace(offers, changes=moves[:1])).changes == moves[:1]
    assert store.archive(store.load(offers.scenario_id)).kind == OFFERS
    with pytest.raises(PlanError, match="verschiedener Art"):
        compare(money, offers)
    with pytest.raises(PlanError, match="„karte“ gibt es nicht"):
        fresh(store, kind="karte")
    with pytest.raises(PlanError, match="keine Änderung"):
        fresh(store, changes=(Change("zu", "F1", "kita", ""),), kind=OFFERS)


def test_a_store_of_the_first_schema_is_brought_up_to_date_and_keeps_its_scenarios(store, url):
    made = fresh(store)
    with store.engine.begin() as connection:
        for column in ("kind", "owner"):
            connection.exec_driver_sql(f"alter table scenario drop column {column}")
        connection.execute(update(STORE_SCHEMA).values(version=1))
    store.close()
    opened = opened_at_once(url, 4)
    assert opened[0].load(made.scenario_id) == made and opened[1].listing("mini") == (made,)
    for again in opened:
        again.close()


def test_a_second_save_of_the_same_version_is_refused(store):
    made = fresh(store)
    store.save(replace(made, author="bm", notes="bm war zuerst"))
    with pytest.raises(ConflictError, match="inzwischen von bm gespeichert .Fassung 2, Ihre beruht auf 1") as conflict:
        store.save(replace(made, notes="ak kam später"))
    assert conflict.value.theirs.notes == "bm war zuerst" == store.load(made.scenario_id).notes
    assert len(store.history(made.scenario_id)) == 2
    store.save(replace(conflict.value.theirs, notes="beides"))


def test_what_is_deleted_is_gone_with_every_version_and_the_rest_stays(store):
    made, other = fresh(store, owner="o1"), fresh(store, name="Süd", changes=MOVED[:1])
    assert store.load(made.scenario_id).owner == store.revision(made.scenario_id, 1).owner == "o1"
    copy = store.copy(made.scenario_id, "bm", owner="o2")
    saved = store.save(replace(made, notes="zwei"))
    with pytest.raises(ConflictError, match="Fassung 2, Ihre beruht auf 1.. Es wurde nichts gelöscht"):
        store.delete(made)  # somebody saved since: whoever deletes must have seen it
    assert len(store.history(made.scenario_id)) == 2
    store.delete(store.archive(saved))
    assert store.history(made.scenario_id) == () and store.everything("andere") == ()
    assert set(store.everything()) == {other, copy} == set(store.everything("mini")) and copy.owner == "o2"
    late = (
        lambda: store.load(made.scenario_id), lambda: store.save(saved), lambda: store.delete(saved),
        lambda: store.revision(made.scenario_id, 1), lambda: store.copy(made.scenario_id, "ak"), lambda: store.archive(saved),
    )  # fmt: skip
    for call in late:  # a page that was open all the while
        with pytest.raises(UnknownScenarioError, match="oder es wurde gelöscht"):
            call()
    with store.engine.connect() as connection:
        assert connection.execute(select(REVISION.c.scenario_id)).scalars().all().count(made.scenario_id) == 0


def test_one_deletes_while_another_saves(url):
    """Whichever comes first: the scenario is whole or gone, and who came second is told."""
    one, two = open_plans(url), open_plans(url)
    for _ in range(8):
        made = fresh(one)
        told, start = [], threading.Barrier(2)

        def work(act, told=told, start=start) -> None:
            start.wait()
            try:
                act()
            except (ConflictError, UnknownScenarioError) as error:
                told.append(type(error))

        calls = (lambda made=made: one.delete(made), lambda made=made: two.save(replace(made, notes="x")))
        threads = [threading.Thread(target=work, args=(call,)) for call in calls]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        left = [s.version for s in one.everything()]
        assert (told, left) in (([UnknownScenarioError], []), ([ConflictError], [2]))
        assert [r.version for r in one.history(made.scenario_id)] == ([1, 2] if left else [])
        for found in one.everything():
            one.delete(found)
    one.close(), two.close()


def test_keys_never_look_like_options(monkeypatch):
    drawn = iter(["-x", "--yes", "a-1"])
    monkeypatch.setattr("raumblick.plans.store.secrets.token_urlsafe", lambda _: next(drawn))
    store = open_plans("sqlite://")
    assert fresh(store).scenario_id == "a-1"
    store.close()


def test_of_many_that_save_at_once_each_is_kept_or_told(url):
    """Eight people, ten saves each, every one with its own store: saves that went through = versions, nothing is lost."""
    first = open_plans(url)
    made = fresh(first, changes=())
    told, kept = [], []

    def work(person: int, store: PlanStore) -> None:
        for turn in range(10):
            mine = store.load(made.scenario_id)
            change = Change("budget", f"{person:02d}", f"{turn}", "1")
            while True:
                try:
                    store.save(replace(mine, author=f"p{person}", changes=(*mine.changes, change)))
                    kept.append(change)
                    break
                except ConflictError as conflict:
                    told.append(person)
                    mine = conflict.theirs

    stores = [open_plans(url) for _ in range(8)]
    threads = [threading.Thread(target=work, args=pair) for pair in enumerate(stores)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    final = first.load(made.scenario_id)
    assert len(kept) == 80 and set(final.changes) == set(kept)
    assert final.version == 81 and [r.version for r in first.history(made.scenario_id)] == list(range(1, 82))
    for store in (*stores, first):
        store.close()


def test_two_programs_may_start_at_once(url):
    opened = opened_at_once(url, 6)
    fresh(opened[0])
    assert len(opened[5].listing("mini")) == 1
    for store in opened:
        store.close()


def test_a_store_of_another_version_is_refused(store, url):
    with store.engine.begin() as connection:
        connection.execute(update(STORE_SCHEMA).values(version=99))
    with pytest.raises(PlanError, match="andere Fassung .99, erwartet 3"):
        open_plans(url)


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ({"name": "  "}, "Der Name fehlt"),
        ({"author": ""}, "Das Kürzel fehlt"),
        ({"name": "x" * 201}, "länger als 200 Zeichen"),
        ({"notes": "x" * 20_001}, "Die Notiz ist länger als 20000 Zeichen"),
        ({"changes": (Change("budget", "01", "", "1.234,5"),)}, "„1.234,5“ ist keine Zahl"),
        ({"changes": (Change("budget", "01", "", "NaN"),)}, "„NaN“ ist keine Zahl"),
    ],
)
def test_wrong_scenarios_are_refused(store, wrong, text):
    with pytest.raises(PlanError, match=text):
        fresh(store, **wrong)
    assert store.listing("mini") == ()


def test_unknown_links(store):
    for call in (store.load, lambda key: store.copy(key, "ak"), lambda key: store.save(replace(fresh(store), scenario_id=key))):
        with pytest.raises(UnknownScenarioError, match="gibt es nicht"):
            call("x' or 1=1 --")
    assert store.history("nichts") == ()


@pytest.mark.parametrize(
    ("url_", "text"),
    [
        ("mysql://a@b/c", "möglich sind sqlite und postgresql"),
        ("keine adresse", "nicht lesbar"),
        ("postgresql://nobody@127.0.0.1:1/x", "lässt sich nicht öffnen"),
    ],
)
def test_wrong_addresses(url_, text):
    with pytest.raises(PlanError, match=text):
        open_plans(url_)


def test_a_file_that_is_no_store(tmp_path):
    (tmp_path / "x.sqlite").write_bytes(b"kein SQLite" * 500)
    with pytest.raises(PlanError, match="lässt sich nicht öffnen"):
        open_plans(f"sqlite:///{tmp_path / 'x.sqlite'}")


def scenario(*changes):
    return Scenario("id", "mini", "n", "a", "s", tidy(changes))


def test_compare():
    one = scenario(Change("budget", "01", "", "100.00"), Change("budget", "02", "", "5"))
    two = scenario(Change("budget", "01", "", "100"), Change("budget", "02", "", "7.5"), Change("budget", "03", "", "1"))
    gaps = compare(one, two)
    assert [(g.area_id, g.one, g.two, g.difference) for g in gaps] == [
        ("02", "5", "7.5", Decimal("2.5")),
        ("03", None, "1", None),
    ]


def test_joining_two_people():
    a, b, c, d = (Change("budget", key, "", "1") for key in "abcd")
    base = scenario(a, b, c)
    mine = scenario(replace(a, value="2"), b, d)  # a changed, c taken back, d new
    theirs = scenario(replace(a, value="3"), replace(b, value="4"), c)
    joined, torn = join(base, mine, theirs)
    assert joined == (replace(a, value="3"), replace(b, value="4"), d)
    assert [(g.area_id, g.one, g.two) for g in torn] == [("a", "2", "3")]


things = st.lists(st.builds(Change, st.just("budget"), st.sampled_from("abc"), st.just(""), st.sampled_from("123")), max_size=3)


@given(things, things, things)
def test_joining_loses_nothing_silently(base, mine, theirs):
    before, own, other = scenario(*base), scenario(*mine), scenario(*theirs)
    joined, torn = join(before, own, other)
    found = {c.key: c for c in joined}
    told = {(g.kind, g.area_id, g.service) for g in torn}
    maps = [{c.key: c for c in s.changes} for s in (before, own, other)]
    for key in set().union(*maps):
        old, one, two = (m.get(key) for m in maps)
        if one != old and one != two:
            assert found.get(key) == one or key in told
        if two != old:
            assert found.get(key) == two
    assert join(before, own, before) == (own.changes, ())
    assert join(before, before, other) == (other.changes, ())
