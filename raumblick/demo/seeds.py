"""Random streams with names, so that a change in one part of the demo city leaves the other parts as they were."""

from __future__ import annotations

import zlib

import numpy as np


def stream(seed: int, name: str) -> np.random.Generator:
    """Generator of its own for one part of the city.

    The same `seed` and `name` always give the same numbers; two names are independent of each other.
    """
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def smooth_field(rng: np.random.Generator, xy: np.ndarray, wavelength: float, waves: int = 24) -> np.ndarray:
    """Smooth random field at the points `xy` (n x 2): mean about 0, standard deviation about 1.

    Sum of plane waves in random directions (random Fourier features); `wavelength` is in the unit of `xy` and is the
    typical distance from one hill to the next.
    """
    angle = rng.uniform(0, 2 * np.pi, waves)
    length = wavelength * np.exp(rng.normal(0, 0.25, waves))
    phase = rng.uniform(0, 2 * np.pi, waves)
    direction = np.stack([np.cos(angle), np.sin(angle)]) * (2 * np.pi / length)
    return np.cos(xy @ direction + phase).sum(axis=1) * np.sqrt(2 / waves)
