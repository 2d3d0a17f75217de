"""An estimator or a pipeline of scikit-learn, read from a file of skops."""

import json
import os
import warnings
from collections.abc import Collection, Mapping, Sequence
from math import nan
from typing import Any, NamedTuple

from engines.errors import ModelError, RunError
from engines.threads import set_openmp_threads, vcpus


class Predicted(NamedTuple):
    """What is predicted for rows.

    Attributes:
        values: for each row a number, several, or the code of its class: its place in `labels`.
        chances: for each row those of the classes; None where the estimator tells none.
    """

    values: list[Any]
    chances: list[list[float]] | None


class Estimator:
    """A fitted estimator, held for as long as the process lives.

    Attributes:
        fitted: scikit-learn's own object.
        names: of the columns that it was fitted with; empty where they had none.
        labels: of the classes, in the order of their codes; empty where it tells none apart.
    """

    def __init__(
        self, model: str | os.PathLike[str], types: Sequence[str], frames: bool = False
    ) -> None:
        """Load a file.

        Args:
            model: a file that skops wrote.
            types: all that are in it, which `engines.sklearn.build.audit` has checked.
            frames: whether rows become a frame of pandas: some transformers take nothing else.

        Raises:
            ModelError: it is missing, has other types, or is no estimator that predicts.
        """
        set_openmp_threads(vcpus())
        os.environ["OPENBLAS_NUM_THREADS"] = str(vcpus())
        self.fitted = _load(model, types)
        if not hasattr(self.fitted, "predict"):
            raise ModelError(
                f"{os.path.basename(model)} has a {type(self.fitted).__name__}, which predicts"
                " nothing: save the pipeline that ends in a model"
            )
        self.names = [*map(str, getattr(self.fitted, "feature_names_in_", []))]
        self.labels = [*getattr(self.fitted, "classes_", [])]
        if any(hasattr(label, "__len__") and not isinstance(label, str) for label in self.labels):
            raise ModelError("it predicts several classes for each row, which is not taken")
        self._codes = {label: code for code, label in enumerate(map(_plain, self.labels))}
        self._frames = frames and bool(self.names)
        if not self._frames and any(name.endswith(".ColumnTransformer") for name in types):
            _take_columns_by_position(self.fitted)
        *self._steps, self._last = _steps(self.fitted)

    def about(self) -> dict[str, Any]:
        """Describe the engine and the ports, for the model card."""
        from engines.about import about

        return about(self)

    def predict(
        self,
        rows: Sequence[Sequence[Any]],
        texts: Collection[int] = frozenset(),
        exact: Collection[int] = frozenset(),
    ) -> Predicted:
        """Predict rows of a value for each column: a number, a text, or None where one is missing.

        Args:
            rows: all of one length.
            texts: positions of the columns of texts.
            exact: positions of the columns of whole numbers that a float would round.

        Raises:
            RunError: the estimator refuses these values; the message is its own.
        """
        try:
            table = self._table(rows, texts, exact)
            for step in self._steps:
                table = step.transform(table)
            values = self._last.predict(table).tolist()
            with_chances = hasattr(self._last, "predict_proba")
            chances = self._last.predict_proba(table).tolist() if with_chances else None
        except (TypeError, ValueError) as error:
            raise RunError(str(error).partition("\n")[0]) from error
        if self._codes:
            values = [self._codes[value] for value in values]
        return Predicted(values, chances)

    def _table(
        self, rows: Sequence[Sequence[Any]], texts: Collection[int], exact: Collection[int]
    ) -> Any:
        if self._frames:
            kinds = {**dict.fromkeys(exact, "object"), **dict.fromkeys(texts, "str")}
            return _frame(self.names, rows, kinds)
        import numpy as np

        if not (texts or exact):
            return np.array(rows, dtype=np.float64)  # None becomes NaN
        table = np.array(rows, dtype=object)
        table[table == None] = nan  # noqa: E711  # for each element
        return table


def _frame(names: Sequence[str], rows: Sequence[Sequence[Any]], kinds: Mapping[int, str]) -> Any:
    from pandas import DataFrame, Series

    return DataFrame(
        {
            name: Series(map(_with_nan, cells), dtype=kinds.get(position))
            for position, (name, cells) in enumerate(
                zip(names, zip(*rows, strict=True), strict=True)
            )
        }
    )


def read_types(path: str) -> list[str]:
    """Read what the build wrote of a file's types."""
    with open(path, encoding="utf-8") as file:
        types: list[str] = json.load(file)
    return types


def _load(model: str | os.PathLike[str], types: Sequence[str]) -> Any:
    name = os.path.basename(model)
    if not os.path.isfile(model):
        raise ModelError(f"{name} is missing")
    _import_skops()
    from skops.io import load
    from skops.io.exceptions import UntrustedTypesFoundException

    warnings.filterwarnings("ignore", "X does not have valid feature names")
    try:
        return load(model, trusted=[*types])
    except UntrustedTypesFoundException as error:
        raise ModelError(f"{name} was changed since its types were checked: {error}") from error


def _import_skops() -> None:
    """Import skops without all of scikit-learn, which it lists to know its types: it is told them.

    That is a third of the modules, and a twelfth of the time.
    """
    import sklearn.utils

    listing, sklearn.utils.all_estimators = sklearn.utils.all_estimators, lambda: []
    try:
        import skops.io  # noqa: F401
    finally:
        sklearn.utils.all_estimators = listing


def _steps(fitted: Any) -> list[Any]:
    """The steps of a pipeline, which are run once for both the prediction and the chances."""
    if type(fitted).__name__ != "Pipeline":
        return [fitted]
    return [step for _, step in fitted.steps if step not in (None, "passthrough")]


def _take_columns_by_position(part: Any) -> None:
    """Have transformers find their columns in an array, which has no names for them."""
    if isinstance(part, (list, tuple)):
        for inner in part:
            _take_columns_by_position(inner)
    elif hasattr(part, "get_params"):
        if hasattr(part, "_transformer_to_input_indices"):  # it has been fitted
            part.transformers_ = [
                (name, inner, _positions(part._transformer_to_input_indices[name], columns))
                for name, inner, columns in part.transformers_
            ]
        for inner in vars(part).values():
            _take_columns_by_position(inner)


def _positions(found: Sequence[int], columns: Any) -> Any:
    """Positions for names; one alone, not in a list, makes a vector of its column."""
    return found[0] if isinstance(columns, (int, str)) else [*found]


def _with_nan(value: Any) -> Any:
    return nan if value is None else value


def _plain(label: Any) -> Any:
    return label.item() if hasattr(label, "item") else label
