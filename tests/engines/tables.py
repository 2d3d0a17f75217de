"""Tables of random numbers that the models of the tests are trained on and asked about."""

import numpy as np
from numpy.typing import NDArray

COLUMNS = 6
TRAINING_ROWS = 200
Rows = NDArray[np.float32]


def rows(count: int, missing: bool, seed: int = 0) -> Rows:
    """Random rows, a tenth of their numbers missing or none; zeros among them."""
    generator = np.random.default_rng(seed)
    table = generator.standard_normal((count, COLUMNS)).astype(np.float32)
    table[:, 1] = generator.integers(0, 3, count)
    if missing:
        table[generator.random(table.shape) < 0.1] = np.nan
    return table


def coded(count: int, categories: int, seed: int = 0) -> Rows:
    """Rows whose first column has the codes of categories."""
    table = rows(count, missing=False, seed=seed)
    table[:, 0] = np.random.default_rng(seed).integers(0, categories, count)
    return table


def signal(table: Rows) -> NDArray[np.float64]:
    """A number for each row that a model can learn, above 0 and below 1."""
    known = np.nan_to_num(table.astype(np.float64))
    return 1 / (1 + np.exp(-(known[:, 0] + known[:, 1] * known[:, 2])))


def classes(table: Rows, count: int) -> NDArray[np.int64]:
    """A class for each row; each is there."""
    labels = np.minimum((signal(table) * count).astype(np.int64), count - 1)
    labels[:count] = np.arange(count)
    return labels
