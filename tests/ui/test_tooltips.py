"""What stands in a tooltip of the Planspiel's map is text, also for the template that folium writes its JavaScript from."""

import folium
import pytest
from homes import HOSTILE

from raumblick.ui.siting_map import _marker, _plain

NAMES = (
    *HOSTILE, "`${alert(1)}`", "</script><script>alert(1)</script>", "{{ 7*7 }}{% raw %}",
         "\\u003cimg src=x\\u003e", '"); alert(1); ("',
)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_in_a_tooltip_is_text(name):
    chart = folium.Map(tiles=None)
    _marker((51.0, 10.0), _plain(name), radius=5).add_to(chart)
    written = chart.get_root().render()
    live = ("<img src=x", "</script><script>alert", "${alert", "{{ 7", "\\u003cimg", '"); alert')
    assert not any(part in written for part in live)
    tip = written.split("bindTooltip(")[1].split("</div>")[0]
    assert not set(tip.split("<div>")[1].strip()) & set("<>`$\\{}'\"")
