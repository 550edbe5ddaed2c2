"""Do the indicators of an index belong together? Correlations, redundancy, principal component, Cronbach's alpha."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from raumblick.need.index import IndexResult

_REDUNDANT = 0.9


@dataclass(frozen=True)
class Quality:
    """How the indicators of an index go together.

    `correlations`: Pearson, one row and column an indicator (need-oriented). `redundant`: pairs that say nearly the
    same (first, second, correlation), strongest first. `loadings`: of the first principal component, one an indicator;
    `explained`: its share of the variance. `alpha`: Cronbach's alpha (missing for one indicator), `alpha_without`: alpha
    when an indicator is left out. `sentence`: German.
    """

    correlations: pd.DataFrame
    redundant: pd.DataFrame
    loadings: pd.Series
    explained: float
    alpha: float
    alpha_without: pd.Series
    sentence: str


def quality(result: IndexResult, redundant_from: float = _REDUNDANT) -> Quality:
    """Quality of the indicators of a scored index, over the areas where all of them are known."""
    values = result.standardised[list(result.spec.keys)].dropna()
    keys = list(values.columns)
    matrix = np.corrcoef(values.to_numpy().T) if len(keys) > 1 else np.ones((1, 1))
    roots, vectors = np.linalg.eigh(matrix)
    first = vectors[:, -1] * np.sqrt(roots[-1])
    first = first if first.sum() >= 0 else -first
    pairs = [
        (keys[i], keys[j], float(matrix[i, j]))
        for i in range(len(keys))
        for j in range(i + 1, len(keys))
        if abs(matrix[i, j]) >= redundant_from
    ]
    redundant = pd.DataFrame(pairs, columns=["first", "second", "correlation"])
    alpha = cronbach_alpha(values)
    return Quality(
        correlations=pd.DataFrame(matrix, index=keys, columns=keys),
        redundant=redundant.sort_values("correlation", key=abs, ascending=False, ignore_index=True),
        loadings=pd.Series(first, index=keys),
        explained=float(roots[-1] / roots.sum()),
        alpha=alpha,
        alpha_without=pd.Series({key: cronbach_alpha(values.drop(columns=key)) for key in keys}),
        sentence=alpha_sentence(alpha, len(keys)),
    )


def cronbach_alpha(values: pd.DataFrame) -> float:
    """Standardised Cronbach's alpha of need-oriented indicators (areas x indicators); NaN where it does not exist.

    `k r / (1 + (k - 1) r)` with r the mean correlation of all pairs (Cronbach 1951, standardised items).
    """
    k = values.shape[1]
    if k < 2:
        return float("nan")
    matrix = np.corrcoef(values.to_numpy(dtype=np.float64).T)
    mean = (matrix.sum() - k) / (k * (k - 1))
    together = 1 + (k - 1) * mean
    return float(k * mean / together) if together > 1e-12 else float("nan")  # indicators that cancel each other out


def alpha_sentence(alpha: float, indicators: int) -> str:
    """What alpha says, in plain German."""
    if indicators < 2:
        return "Der Index besteht aus einer einzigen Kennzahl."
    if not np.isfinite(alpha):
        return "Die Kennzahlen heben einander auf; ein gemeinsamer Index verdeckt mehr, als er zeigt."
    number = f"{alpha:.2f}".replace(".", ",").replace("-", "−")
    if alpha >= 0.95:
        text = "Die Kennzahlen sagen fast dasselbe; mit weniger Kennzahlen käme fast dieselbe Reihenfolge heraus."
    elif alpha >= 0.7:
        text = "Die Kennzahlen messen gut dasselbe und ergänzen sich."
    elif alpha >= 0.5:
        text = "Die Kennzahlen hängen nur mäßig zusammen; der Index mischt verschiedene Lagen."
    else:
        text = "Die Kennzahlen hängen kaum zusammen; ein gemeinsamer Index verdeckt mehr, als er zeigt."
    return f"{text} (Cronbachs Alpha {number} bei {indicators} Kennzahlen)"
