"""Offers side by side: what runs in parallel, who carries it, and whom it costs what if one closes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.spatial import cKDTree

from raumblick.stats.inequality import gini
from raumblick.supply.errors import SupplyError, need_columns, numbers_of, unique_ids
from raumblick.supply.near import Kernel
from raumblick.supply.reach import ReachResult
from raumblick.supply.whatif import without_site


def ages_meet(offers: pd.DataFrame, one: np.ndarray, two: np.ndarray) -> np.ndarray:
    """Whether the target groups of offers `one` and `two` (row numbers) share an age.

    A missing age_from counts as 0, a missing age_to as open to all older.
    """
    low = np.nan_to_num(numbers_of(offers, "age_from", "Angebote"))
    high = numbers_of(offers, "age_to", "Angebote")
    high = np.where(np.isnan(high), np.inf, high)
    return (low[one] < high[two]) & (low[two] < high[one])


def pairs_within(offers: pd.DataFrame, radius_m: float, detour: float = 1.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pairs of offers within a way: row numbers (one before two) and way in metres; offers without a point are in none."""
    kernel = Kernel(radius_m, "binary", detour)
    at = np.column_stack([numbers_of(offers, name, "Angebote", negative=True) for name in ("x", "y")])
    placed = np.flatnonzero(~np.isnan(at).any(axis=1))
    if placed.size < 2:
        nothing = np.empty(0, dtype=np.int64)
        return nothing, nothing, np.empty(0)
    found = cKDTree(at[placed]).query_pairs(kernel.straight_m * (1 + 1e-12), output_type="ndarray")
    found = placed[found[np.lexsort((found[:, 1], found[:, 0]))]]
    way = np.sqrt(((at[found[:, 0]] - at[found[:, 1]]) ** 2).sum(axis=1)) * detour
    return found[:, 0], found[:, 1], way


def parallel(offers: pd.DataFrame, radius_m: float, detour: float = 1.0) -> pd.DataFrame:
    """Offers of the same service for the same ages within reach of each other.

    Args:
        offers: facility_id, service, carrier, age_from, age_to, x, y (metres).
        radius_m, detour: as in `raumblick.supply.near.Kernel`.

    Returns:
        One row a pair, nearest first: facility_id, other_id, service, distance_m, same_carrier (missing where one is
        unknown).

    Raises:
        SupplyError: a missing column, a key there twice, a radius that is not positive.
    """
    ids = unique_ids(offers, "facility_id", "Angebote").to_numpy()
    need_columns(offers, ["service", "carrier"], "Angebote")
    one, two, way = pairs_within(offers, radius_m, detour)
    service = offers["service"].to_numpy(dtype=object)
    same = (service[one] == service[two]) & ages_meet(offers, one, two)
    one, two, way = one[same], two[same], way[same]
    carrier = offers["carrier"].astype(object).where(offers["carrier"].notna(), None).to_numpy()
    alike = [None if a is None or b is None else a == b for a, b in zip(carrier[one], carrier[two], strict=True)]
    columns = {"facility_id": ids[one], "other_id": ids[two], "service": service[one], "distance_m": way}
    table = pd.DataFrame(columns | {"same_carrier": pd.array(alike, dtype="boolean")})
    return table.sort_values(["distance_m", "facility_id", "other_id"], ignore_index=True)


def interfaces(offers: pd.DataFrame, radius_m: float, detour: float = 1.0) -> pd.DataFrame:
    """Offers for the same ages that another office answers for, within reach of each other.

    Args:
        offers: as in `parallel`, with `office` (who answers for it; missing: unknown, in no pair).

    Returns:
        One row a pair, nearest first: facility_id, other_id, service, other_service, office, other_office, distance_m.
    """
    ids = unique_ids(offers, "facility_id", "Angebote").to_numpy()
    need_columns(offers, ["service", "office"], "Angebote")
    one, two, way = pairs_within(offers, radius_m, detour)
    office, service = offers["office"].to_numpy(dtype=object), offers["service"].to_numpy(dtype=object)
    known = offers["office"].notna().to_numpy()
    other = known[one] & known[two] & (office[one] != office[two]) & ages_meet(offers, one, two)
    one, two, way = one[other], two[other], way[other]
    table = pd.DataFrame(
        {
            "facility_id": ids[one], "other_id": ids[two], "service": service[one], "other_service": service[two],
            "office": office[one], "other_office": office[two], "distance_m": way,
        }
    )  # fmt: skip
    return table.sort_values(["distance_m", "facility_id", "other_id"], ignore_index=True)


def concentration(offers: pd.DataFrame, by: list[str] | None = None, weight: str | None = None) -> pd.DataFrame:
    """How many carriers share the offers.

    Args:
        offers: carrier (missing: unknown), the columns of `by`, and the column `weight` (places, say).
        by: columns that make a group; None: all offers together (index "alle").
        weight: what is shared; None: offers. Rows without it do not count.

    Returns:
        By group: carriers, effective (1 / sum of squared shares: how many carriers of equal size would be as
        concentrated), largest (name), share (of the largest), gini (of the carriers' sizes), unknown (offers without a
        carrier or weight). Missing where nothing is known. Source: Laakso and Taagepera 1979.
    """
    need_columns(offers, ["carrier", *(by or [])], "Angebote")
    size = np.ones(len(offers)) if weight is None else numbers_of(offers, weight, "Angebote")
    frame = offers.assign(size_=size, group_="alle") if not by else offers.assign(size_=size)
    rows = {key: _carriers(group) for key, group in frame.groupby(by or "group_", sort=True)}
    index = pd.MultiIndex.from_tuples(list(rows), names=by) if by and rows else pd.Index(list(rows), name="group")
    if by and len(by) == 1:
        index = pd.Index([key[0] for key in rows], name=by[0])
    columns = ["carriers", "effective", "largest", "share", "gini", "unknown"]
    return pd.DataFrame(list(rows.values()), index=index, columns=columns)


def _carriers(group: pd.DataFrame) -> tuple[int, float, str | None, float, float, int]:
    known = group[group["carrier"].notna() & group["size_"].notna()]
    sizes = known.groupby("carrier")["size_"].sum().sort_index()
    total, unknown = float(sizes.sum()), len(group) - len(known)
    if total <= 0:
        return len(sizes), float("nan"), None, float("nan"), float("nan"), unknown
    share = sizes / total
    most = float(share.max())
    return len(sizes), float(1 / (share**2).sum()), str(share.idxmax()), most, gini(share, np.ones(len(share))), unknown


def jaccard(result: ReachResult) -> pd.DataFrame:
    """How much the catchments of offers overlap: children both see, divided by children at least one of them sees.

    A catchment is everybody within reach, however weighted.

    Returns:
        One row a pair of offers that share children, most alike first: facility_id, other_id, shared (children), jaccard.
    """
    ids, field = result.supply.index.to_numpy(), result.field
    if field.matrix is not None:
        weights = field.matrix
    else:
        weights = field.table(result.supply["x"].to_numpy(), result.supply["y"].to_numpy())
    seen = csr_array((np.ones(weights.nnz), weights.indices, weights.indptr), shape=weights.shape)
    whole = seen @ field.children
    both = csr_array((seen * field.children[None, :]) @ seen.T).tocoo()
    one, two = both.coords
    pairs = (one < two) & (both.data > 0)
    one, two, shared = one[pairs], two[pairs], both.data[pairs]
    columns = {"facility_id": ids[one], "other_id": ids[two], "shared": shared}
    found = pd.DataFrame(columns | {"jaccard": shared / (whole[one] + whole[two] - shared)})
    return found.sort_values(
        ["jaccard", "shared", "facility_id", "other_id"], ascending=[False, False, True, True], ignore_index=True
    )


@dataclass(frozen=True, eq=False)
class Closing:
    """What the closing of one offer costs whom.

    `points`: by demand_id, children, before, after (access) of every point that reached it. `losing`: children who
    reached it; `without`: those of them who reach nothing any more; `kept`: share of their access that they keep.
    """

    facility_id: object
    places: float
    points: pd.DataFrame
    losing: float
    without: float
    kept: float

    def by_area(self, area_of: pd.Series) -> pd.DataFrame:
        """By area_id: children who reached it, without (children who reach nothing any more), lost (places)."""
        p = self.points
        frame = pd.DataFrame({"area_id": area_of.reindex(p.index), "children": p["children"]})
        frame["without"] = p["children"].where((p["before"] > 0) & (p["after"] == 0), 0.0)
        frame["lost"] = (p["before"] - p["after"]) * p["children"]
        return frame.groupby("area_id", sort=True).sum().sort_values("lost", ascending=False)


def closing(result: ReachResult, facility_id: object) -> Closing:
    """What children keep if one offer closes and all others stay as they are.

    Raises:
        SupplyError: there is no such offer, it has no coordinates, or its places are not known.
    """
    if facility_id in result.supply.index and np.isnan(result.supply.loc[facility_id, "places"]):
        raise SupplyError("places", "Von diesem Angebot ist keine Platzzahl bekannt; was fehlen würde, lässt sich nicht sagen.")
    change = without_site(result, facility_id)
    points = change.touched[change.touched["children"] > 0]
    before = float((points["before"] * points["children"]).sum())
    after = float((points["after"] * points["children"]).sum())
    return Closing(
        facility_id,
        float(result.supply.loc[facility_id, "places"]),
        points[["children", "before", "after"]],
        float(points["children"].sum()),
        change.no_longer_reached,
        after / before if before > 0 else float("nan"),
    )
