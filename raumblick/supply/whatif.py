"""What if: an offer grows, shrinks, opens, closes or moves. Only the points that it reaches are computed anew."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from raumblick.stats.rates import Floats
from raumblick.supply.errors import SupplyError
from raumblick.supply.reach import ReachResult


@dataclass(frozen=True, eq=False)
class Change:
    """A reach after a change and where it differs.

    `result`: the new reach. `touched`: demand_id of every point whose access may differ, with `before`, `after` and
    `children`. Points that are not there are untouched.
    """

    result: ReachResult
    touched: pd.DataFrame

    @property
    def gain(self) -> float:
        """Places that children reach more than before (access times children); negative where they lose."""
        return float(((self.touched["after"] - self.touched["before"]) * self.touched["children"]).sum())

    @property
    def newly_reached(self) -> float:
        """Children who reached nothing and now reach something."""
        return self._children((self.touched["before"] == 0) & (self.touched["after"] > 0))

    @property
    def no_longer_reached(self) -> float:
        """Children who reached something and now reach nothing."""
        return self._children((self.touched["before"] > 0) & (self.touched["after"] == 0))

    def _children(self, which: pd.Series) -> float:
        return float(self.touched.loc[which, "children"].sum())

    def by_area(self, area_of: pd.Series) -> pd.DataFrame:
        """Who gains: by area_id, children of the touched points, and gain (places, access times children)."""
        gain = (self.touched["after"] - self.touched["before"]) * self.touched["children"]
        frame = pd.DataFrame({"area_id": area_of.reindex(self.touched.index), "children": self.touched["children"], "gain": gain})
        return frame.groupby("area_id", sort=True).sum()


def with_places(result: ReachResult, facility_id: object, places: float) -> Change:
    """The facility has `places` instead of what it had; 0 means that it closes but stays in the list.

    Raises:
        SupplyError: there is no such facility, it has no coordinates, or the number is negative or missing.
    """
    place, x, y = _find(result, facility_id)
    _check(places)
    at, weights = result.field.seen_by(place, x, y)
    seen = float(result.seen.iloc[place])
    ratio = places / seen if seen > 0 else 0.0
    before = float(np.nan_to_num(result.ratio.iloc[place]))
    supply = result.supply.copy()
    supply.iloc[place, supply.columns.get_loc("places")] = places
    ratios = result.ratio.copy()
    ratios.iloc[place] = ratio
    return _changed(replace(result, supply=supply, ratio=ratios), result, at, weights * (ratio - before))


def with_site(result: ReachResult, facility_id: object, x: float, y: float, places: float) -> Change:
    """A new facility with `places` opens at (x, y) metres.

    Raises:
        SupplyError: the key is there already, the place or the number is missing or negative, or distances are imported.
    """
    if facility_id in result.supply.index:
        raise SupplyError("facility_id", f"Der Schlüssel „{facility_id}“ ist schon vergeben.")
    if not (np.isfinite(x) and np.isfinite(y)):
        raise SupplyError("x", "Für das neue Angebot fehlt der Ort.")
    _check(places)
    at, weights = result.field.near(x, y)
    seen = float((weights * result.field.children[at]).sum())
    ratio = places / seen if seen > 0 else 0.0
    row = pd.DataFrame({"x": [float(x)], "y": [float(y)], "places": [float(places)]}, index=[facility_id])
    grown = replace(
        result,
        supply=pd.concat([result.supply, row]).rename_axis("facility_id"),
        ratio=_longer(result.ratio, facility_id, ratio),
        seen=_longer(result.seen, facility_id, seen),
    )
    return _changed(grown, result, at, weights * ratio)


def without_site(result: ReachResult, facility_id: object) -> Change:
    """The facility closes and leaves the list. Raises SupplyError as `with_places`."""
    if result.field.matrix is not None:
        return with_places(result, facility_id, 0.0)  # rows of imported distances are numbered
    closed = with_places(result, facility_id, 0.0)
    after = closed.result
    rest = replace(
        after,
        supply=after.supply.drop(index=[facility_id]),
        ratio=after.ratio.drop(index=[facility_id]),
        seen=after.seen.drop(index=[facility_id]),
    )
    return Change(rest, closed.touched)


def moved(result: ReachResult, facility_id: object, x: float, y: float) -> Change:
    """The facility moves to (x, y) metres with all its places. Raises SupplyError as `with_places` and `with_site`."""
    place, _, _ = _find(result, facility_id)
    places = float(result.supply["places"].iloc[place])
    gone = without_site(result, facility_id)
    come = with_site(gone.result, facility_id, x, y, places)
    touched = gone.touched.index.union(come.touched.index, sort=False)
    at = result.field.ids.get_indexer(touched)
    return Change(come.result, _table(result, come.result, at))


def _changed(changed: ReachResult, before: ReachResult, at: NDArray[np.int64], difference: Floats) -> Change:
    access = before.access.to_numpy(copy=True)
    access[at] += difference
    # What is left of a facility taken away again is rounding.
    access[at] = np.where(np.abs(access[at]) < 1e-12, 0.0, access[at])
    after = replace(changed, access=pd.Series(access, before.field.ids, name="access"))
    return Change(after, _table(before, after, at))


def _table(before: ReachResult, after: ReachResult, at: NDArray[np.int64]) -> pd.DataFrame:
    columns = {"before": before.access.to_numpy()[at], "after": after.access.to_numpy()[at]}
    return pd.DataFrame(columns | {"children": before.field.children[at]}, index=before.field.ids[at])


def _longer(values: pd.Series, key: object, value: float) -> pd.Series:
    grown = pd.concat([values, pd.Series([value], index=[key])]).rename_axis("facility_id")
    return grown.rename(values.name)


def _find(result: ReachResult, facility_id: object) -> tuple[int, float, float]:
    if facility_id not in result.supply.index:
        raise SupplyError("facility_id", f"Das Angebot „{facility_id}“ gibt es nicht.")
    place = int(result.supply.index.get_loc(facility_id))
    x, y = (float(result.supply[name].iloc[place]) for name in ("x", "y"))
    if result.field.matrix is None and not (np.isfinite(x) and np.isfinite(y)):
        raise SupplyError("x", f"Das Angebot „{facility_id}“ hat keine Koordinaten; ein Planspiel ist dort nicht möglich.")
    return place, x, y


def _check(places: float) -> None:
    if not places >= 0 or not np.isfinite(places):
        raise SupplyError("places", "Die Zahl der Plätze muss 0 oder größer sein.")
