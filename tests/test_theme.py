"""The theme file: readable in both modes, in the colours of the palette, silent to other hosts."""

import re
import tomllib
from pathlib import Path

import pytest

from raumblick.ui import palette

ROOT = Path(__file__).resolve().parents[1]
CONFIG = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
PALETTES = (palette.SEQUENTIAL, palette.DIVERGING, palette.GREYS, palette.FOCUS)


def luminance(color: str) -> float:
    """Relative luminance of WCAG 2.2."""
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def mixed(color: str, ground: str, share: float) -> str:
    """`color` laid over `ground` with an opacity of `share`."""
    pairs = [(int(color[i : i + 2], 16), int(ground[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(share * c + (1 - share) * g):02x}" for c, g in pairs)


def test_contrast_is_that_of_wcag():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_theme_is_readable(mode):
    theme = CONFIG["theme"][mode]
    grounds = [theme["backgroundColor"], theme["secondaryBackgroundColor"], theme["sidebar"]["backgroundColor"]]
    for ground in grounds:
        assert contrast(theme["textColor"], ground) >= 7
        assert contrast(theme["linkColor"], ground) >= 4.5
        assert contrast(mixed(theme["textColor"], ground, 0.6), ground) >= 4.5, "captions are drawn at 60 %"
    ground = theme["backgroundColor"]
    assert contrast(theme["primaryColor"], ground) >= 4.5, "tabs and slider values"
    assert contrast(theme["primaryColor"], mixed(theme["primaryColor"], ground, 0.1)) >= 4.5, "the chosen segment"
    assert contrast("#ffffff", theme["primaryColor"]) >= 3, "the tick of a checkbox"


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_theme_uses_the_palette(mode):
    theme, colours = CONFIG["theme"][mode], {c for p in PALETTES for c in getattr(p, mode)}
    assert {theme["primaryColor"], theme["linkColor"], theme["borderColor"], *theme["chartCategoricalColors"]} <= colours


def test_nothing_is_reported_and_no_traceback_is_shown():
    assert CONFIG["browser"]["gatherUsageStats"] is False
    assert CONFIG["client"]["showErrorDetails"] == "none" and CONFIG["client"]["toolbarMode"] == "minimal"
    assert "://" not in (ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8")


def test_every_option_is_one_that_streamlit_knows():
    from streamlit import config

    def flat(table: dict, prefix: str = "") -> list[str]:
        return [
            name
            for key, value in table.items()
            for name in (flat(value, f"{prefix}{key}.") if isinstance(value, dict) else [prefix + key])
        ]

    known = set(config._config_options_template)
    assert [name for name in flat(CONFIG) if name not in known] == []


def test_an_upload_may_be_as_large_as_the_intake_allows_and_the_page_says():
    from raumblick.intake.archive import LIMITS

    assert CONFIG["server"]["maxUploadSize"] * 2**20 == LIMITS.file_size
    said = (ROOT / "raumblick" / "ui" / "frontend" / "page.css").read_text(encoding="utf-8")
    assert f"höchstens {CONFIG['server']['maxUploadSize']} MB" in said


def test_no_primary_button():
    """White lettering on the light primary colour of the dark theme would have a contrast below 4.5."""
    paths = [ROOT / "app.py", *(ROOT / "pages").rglob("*.py"), *(ROOT / "raumblick" / "ui").rglob("*.py")]
    assert [p.name for p in paths if re.search(r"type=[\"']primary", p.read_text(encoding="utf-8"))] == []
