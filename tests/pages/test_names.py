"""Names of areas, facilities, sources and a city's own indicators are text: nothing in them is drawn, linked or run."""

import pytest
from desk import DATA_PAGES, answer
from google.protobuf.message import Message
from homes import FORMULA, HOSTILE, IMAGE, LINK
from reading import file_texts, protos

# Messages whose fields the browser reads as Markdown; everything else is drawn as it is.
MARKDOWN = {
    "Markdown": ("body", "help"),
    "Heading": ("body", "help"),
    "Alert": ("body",),
    "PageLink": ("label", "help"),
    "Metric": ("label", "help"),
    "Expandable": ("label",),
    "Button": ("label", "help"),
    "DownloadButton": ("label", "help"),
    "Selectbox": ("label", "help"),
    "Slider": ("label", "help", "options"),
    "ButtonGroup": ("label", "help"),
}
OWN = {"kennzahl": "eigen"}
ADDRESSES = (
    ("Karte", {"gebiet": "01", "zeige": "veraenderung"}),
    ("Karte", OWN | {"ebene": "bezirk", "gebiet": "B1"}),
    *(("Steckbrief", {"gebiet": key}) for key in ("01", "02", "04", "05", "06", "B1", "mini")),
    ("Daten und Quellen", OWN),
    *(("Daten und Quellen", {"blick": blick}) for blick in ("luecken", "quellen", "stand")),
    *((title, {"gebiet": "00"}) for title in DATA_PAGES),
)


def read_as_markdown(at) -> list[str]:
    texts = []
    for proto in protos(at._tree):
        for message in (proto, *(value for _, value in proto.ListFields() if isinstance(value, Message))):
            for name in MARKDOWN.get(message.DESCRIPTOR.name, ()):
                value = getattr(message, name)
                texts += [value] if isinstance(value, str) else list(value)
    for table in at.table:  # st.table draws Markdown in its cells
        texts += [str(cell) for row in table.value.itertuples(index=False) for cell in row]
    return texts


@pytest.mark.parametrize(
    ("title", "address"),
    ADDRESSES,
    ids=lambda value: str(value),
)
def test_markdown_holds_no_hostile_name(desk, guarded_home, title, address):
    desk.sit(guarded_home)
    at = desk.open(title, unfold=True, **address)
    assert not at.exception
    texts = read_as_markdown(at)
    assert len(texts) > 5
    found = [(name, text) for text in texts for name in HOSTILE if name in text]
    assert found == []


def test_the_names_are_still_there_as_text(desk, guarded_home):
    desk.sit(guarded_home)
    assert "&#60;img src=x onerror=alert(1)&#62;" in answer(desk.open("Steckbrief", gebiet="00"))
    table = desk.open("Karte", unfold=True).dataframe[0].value
    assert {IMAGE, LINK, FORMULA} <= set(table["Ortsteil"])


def test_an_address_is_repeated_as_text(desk, guarded_home):
    desk.sit(guarded_home)
    for name in HOSTILE:
        at = desk.open("Karte", gebiet=name, stadt=name)
        assert len(at.warning) == 2
        assert all(name not in warning.value for warning in at.warning)


@pytest.mark.parametrize("title", ["Karte", "Steckbrief", "Daten und Quellen"])
def test_downloads_run_nothing_in_a_spreadsheet(desk, guarded_home, title):
    desk.sit(guarded_home)
    cells = []
    for view in ("blatt", "quellen", "luecken"):
        desk.open(title, unfold=True, blick=view, gebiet="03")
        cells += [cell for make in desk.downloads for cell in file_texts(make())]
    assert len(cells) > 20
    assert not [cell for cell in cells if cell.startswith(("=", "@", "+"))]
    assert title != "Karte" or f"'{FORMULA}" in cells
