"""What the true values of the indicators may be, given that they were counted among few people.

A share of 3 in 20 children is not the same as 150 in 1,000. Each indicator's counting noise is known from its counts;
what spreads between areas beyond this noise is real. Both together say how far an observed value should be drawn to the
mean of the city (and to what the other indicators of the area say), and how sure it is then. Model: the true values of
an area's indicators are normal around the city's means with one covariance matrix, the observed ones normal around
them with the binomial or Poisson variance (multivariate empirical Bayes; Morris 1983). Without this step the largest
observed values would be taken at face value, though part of their height is chance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from raumblick.need.errors import IndexError_
from raumblick.stats.rates import as_floats, marshall_eb

Floats = NDArray[np.float64]
_LEAST_SIGNAL = 0.02  # of the observed variance: an indicator keeps this much spread even if chance explains it all


@dataclass(frozen=True)
class Counts:
    """Numerator and denominator of one indicator, one a row of the table; `kind` is `share` or `rate`."""

    numerator: Any
    denominator: Any
    kind: str = "share"
    multiplier: float = 100.0


@dataclass(frozen=True)
class Posterior:
    """What is known about the true values: mean (indicators, areas) and covariance (areas, indicators, indicators).

    `signal` is the standard deviation of the true values of each indicator between areas, shape (indicators,).
    """

    mean: Floats
    covariance: Floats
    signal: Floats

    def draws(self, rng: np.random.Generator, size: int) -> list[NDArray[np.float32]]:
        """Random true values, one array (size, areas) an indicator."""
        roots, vectors = np.linalg.eigh(self.covariance)
        factor = vectors * np.sqrt(np.maximum(roots, 0.0))[:, None, :]
        count, areas = self.mean.shape
        drawn = [np.broadcast_to(row.astype(np.float32), (size, areas)) for row in self.mean]
        for j in range(count):
            if not (np.abs(factor[:, :, j]) > 0).any():
                continue
            noise = rng.standard_normal((size, areas), dtype=np.float32)
            for i in range(count):
                drawn[i] = drawn[i] + noise * factor[:, i, j].astype(np.float32)
        return drawn


def noise_variance(counts: Counts, where: NDArray[np.bool_], key: str) -> Floats:
    """Variance of an indicator by chance in the areas marked by `where`, in its squared unit; shape (areas,).

    Binomial for a share, Poisson for a rate, with the smoothed rate of the area, so that no case at all is not read as
    certainty. NaN where the numerator is missing. Raises IndexError_ naming the key for a missing, negative or zero
    denominator, a negative numerator, a share above 1, or another kind.
    """
    if counts.kind not in ("share", "rate"):
        raise IndexError_(key, f"Für die Art „{counts.kind}“ gibt es kein Zufallsmodell.")
    x, n = as_floats(counts.numerator), as_floats(counts.denominator)
    if x.shape != where.shape or n.shape != where.shape:
        raise IndexError_(key, "Zähler und Nenner passen nicht zu den Zeilen der Tabelle.")
    x, n = x[where], n[where]
    known = ~np.isnan(x)
    if not (n[known] > 0).all():
        raise IndexError_(key, f"In {int((~(n[known] > 0)).sum())} Gebieten fehlt der Nenner oder ist nicht positiv.")
    if (x[known] < 0).any() or (counts.kind == "share" and (x[known] > n[known]).any()):
        raise IndexError_(key, "Der Zähler ist negativ oder größer als der Nenner.")
    smooth = marshall_eb(x, np.where(known, n, 1.0))
    spread = smooth * (1 - smooth) if counts.kind == "share" else smooth
    return spread / n * counts.multiplier**2


def posterior(values: Floats, noise: Floats) -> Posterior:
    """Joint posterior of the true values from observed `values` and their noise variances, both (indicators, areas).

    Noise 0 means known exactly. A missing value (NaN) is known only through the other indicators of its area.
    """
    size, areas = values.shape
    missing = np.isnan(values)
    centre = np.nanmean(values, axis=1)
    centred = np.where(missing, 0.0, values - centre[:, None])
    pairs = np.maximum((~missing).astype(float) @ (~missing).T.astype(float) - 1, 1)
    observed = centred @ centred.T / pairs
    variance = np.diag(observed).copy()
    noise = np.where(missing, 1e6 * variance[:, None], noise)
    average = np.nanmean(np.where(missing, np.nan, noise), axis=1)
    signal = _covariance(observed, average)
    ridge = 1e-9 * np.diag(np.maximum(variance, 1e-300))
    total = signal[None] + ridge[None] + noise.T[:, :, None] * np.eye(size)[None]
    gain = np.linalg.solve(total, np.broadcast_to(signal, (areas, size, size)))  # (signal + noise)^-1 signal
    mean = centre + np.einsum("aji,aj->ai", gain, centred.T)
    covariance = signal[None] - np.einsum("ij,ajk->aik", signal, gain)
    exact = (noise == 0).T  # no rounding where nothing is unknown
    mean = np.where(exact, values.T, mean)
    covariance = np.where(exact[:, :, None] | exact[:, None, :], 0.0, covariance)
    return Posterior(mean.T, (covariance + np.swapaxes(covariance, 1, 2)) / 2, np.sqrt(np.diag(signal)))


def _covariance(observed: Floats, average_noise: Floats) -> Floats:
    """Covariance of the true values: observed minus noise, kept positive definite."""
    variance = np.diag(observed)
    spread = np.sqrt(variance)
    correlation_like = (observed - np.diag(average_noise)) / np.outer(spread, spread)
    roots, vectors = np.linalg.eigh((correlation_like + correlation_like.T) / 2)
    repaired = (vectors * np.maximum(roots, _LEAST_SIGNAL / observed.shape[0])) @ vectors.T
    # The eigenvalue repair must not make an indicator vary more than was observed.
    shrink = np.minimum(1.0, np.sqrt(1.0 / np.diag(repaired)))
    repaired = repaired * np.outer(shrink, shrink)
    return repaired * np.outer(spread, spread)
