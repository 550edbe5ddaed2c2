"""Names, signs and notes of scenarios are text like any other: another planner typed them."""

import pytest
from desk import Desk
from homes import ANCHOR, HOSTILE, IMAGE, LINK
from test_names import read_as_markdown

from raumblick.plans.model import BUDGET, OFFERS
from raumblick.plans.store import open_plans


@pytest.mark.parametrize(("title", "kind"), [("Was-wäre-wenn", BUDGET), ("Standort-Planspiel", OFFERS)])
def test_a_scenario_of_hostile_words_is_only_text(desk, city_home, tmp_path, monkeypatch, title, kind):
    url = f"sqlite:///{tmp_path / 'plans.sqlite'}"
    monkeypatch.setenv("RAUMBLICK_PLANS", url)
    Desk.leave()
    desk.sit(city_home)
    store = open_plans(url)
    mine = store.create("musterstadt", IMAGE, LINK, "s", notes=ANCHOR, kind=kind)
    for name in HOSTILE[1:]:
        store.create("musterstadt", name, name, "s", notes=name, kind=kind)
    at = desk.open(title, unfold=True, szenario=mine.scenario_id, stadt="musterstadt")
    assert not at.exception
    shown = read_as_markdown(at)
    assert [(name, text) for text in shown for name in HOSTILE if name in text] == []
    tables = [str(cell) for frame in at.dataframe for cell in frame.value.to_numpy().ravel()]
    boxes = [str(option) for box in at.selectbox for option in box.options]
    assert any(IMAGE in text for text in (*tables, *boxes))
    Desk.leave()
