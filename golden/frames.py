"""Rows as the frames of pandas that libraries of tabular data take."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from golden.rows import Column


def frame(
    columns: Sequence[Column], names: Sequence[str], rows: Sequence[Sequence[Any]]
) -> pd.DataFrame:
    """Make the frame of rows.

    Args:
        columns: of the card, whose categories are those of training, in their order.
        names: of the columns in the model.
        rows: a value for each column; None is missing.
    """
    lists = zip(*rows, strict=True)
    return pd.DataFrame(
        {
            name: _series(column, list(cells))
            for column, name, cells in zip(columns, names, lists, strict=True)
        }
    )


def _series(column: Column, cells: list[Any]) -> Any:
    if column.get("kind") == "categorical":
        return pd.Categorical(cells, categories=column["categories"])
    return np.array([np.nan if cell is None else float(cell) for cell in cells])
