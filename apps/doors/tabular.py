"""A model of rows of named columns behind the doors."""

import os
from collections.abc import Sequence
from typing import Any

import msgspec

from apps.card import Card, Column
from apps.doors.cells import Cells
from apps.doors.datatypes import NAMES
from apps.doors.frames import rows
from apps.doors.model import CSV, Given, Made
from apps.doors.rows import Rows
from engines.tensor import KINDS, Kind, Port, Tensor, nested, pack
from serving.contract import field_first
from serving.errors import BadRequest

FLOAT64, INT64, TEXT, BOOL = KINDS[11], KINDS[7], KINDS[8], KINDS[9]
# What `predictions` are for MLflow's callers, of a classifier: as its scikit-learn interface
# predicts, or as its Booster does.
GIVES, CLASSES, CHANCES = "DOOR_MLFLOW_GIVES", "classes", "chances"
# The least whole number that another one is rounded to, of each kind of floats: 2 to its digits.
ROUNDS_FROM = {"bfloat16": 2**8, "float16": 2**11, "float32": 2**24, "float64": 2**53}


class Tabular:
    """A model of rows, as `apps.doors.model.Model` has it."""

    media: Sequence[str] = (CSV,)
    infers = True

    def __init__(self, model: Rows, card: Card) -> None:
        """Take what the app has made of the model.

        Raises:
            ValueError: DOOR_MLFLOW_GIVES is neither `classes` nor `chances`.
        """
        self._model, self._card = model, card
        self._gives = os.environ.get(GIVES) or CLASSES
        if self._gives not in (CLASSES, CHANCES):
            raise ValueError(f"{GIVES} must be {CLASSES} or {CHANCES}, got {self._gives}")
        self._kind, self._cells = model.output.kind, Cells(card.columns)
        self.platform = model.platform
        self.inputs: Sequence[Port] = [
            Port(one.name, _kind(one, model.given), ("N", 1)) for one in card.columns
        ]
        self.outputs: Sequence[Port] = _outputs(card, model.output)

    def predictions(self, form: str, value: Any) -> Any:
        """What MLflow's server answers: a prediction for each row."""
        computed = self._run(rows(form, value, self._cells))
        if self._gives == CHANCES and self._card.gives in ("chance", "chances"):
            return nested(self._kind, self._model.tensor(computed))
        return self._model.answer(computed).predictions

    def infer(self, given: Sequence[Given]) -> list[Made]:
        """The predictions, and of a classifier the probability of each class."""
        computed = self._run(self._rows(given))
        names = [port.name for port in self.outputs]
        if self._card.gives in ("number", "numbers"):
            return [Made(names[0], self._kind, self._model.tensor(computed))]
        answer, kind = self._model.answer(computed), self.outputs[0].kind
        made = [Made(names[0], kind, _tensor(kind, [], answer.predictions))]
        if len(names) > 1:
            chances = [chance for row in answer.probabilities for chance in row.values()]
            tensor = _tensor(FLOAT64, [len(self._card.classes)], chances)
            made.append(Made(names[1], FLOAT64, tensor, self._card.classes))
        return made

    def _run(self, given: Any) -> Any:
        try:
            request: Any = msgspec.convert({"rows": given}, self._model.request_type)
        except msgspec.ValidationError as error:
            raise BadRequest(field_first(str(error))) from error
        return self._model.compute(request.rows)

    def _rows(self, given: Sequence[Given]) -> list[dict[str, Any]]:
        """Rows of an input for each column, as MLServer's pandas codec has them, or of one for all.

        Sources: https://mlserver.readthedocs.io/en/stable/user-guide/content-type.html and
        https://github.com/triton-inference-server/fil_backend, one input of shape [N, F].
        """
        names = [column.name for column in self._card.columns]
        size = len(names)
        if len(given) == 1 and len(given[0].shape) == 2 and given[0].shape[1] == size:
            values, kinds = _values(given[0]), dict.fromkeys(names, given[0].kind)
            by_name = {name: values[place::size] for place, name in enumerate(names)}
        else:
            _check_columns(names, given)
            kinds = {one.name: one.kind for one in given}
            by_name = {one.name: _values(one) for one in given}
        columns = [
            _whole(by_name[column.name], column, kinds[column.name])
            for column in self._card.columns
        ]
        return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _check_columns(names: list[str], given: Sequence[Given]) -> None:
    if sorted(one.name for one in given) != sorted(names):
        got = ", ".join(f"{one.name} {list(one.shape)}" for one in given)
        rule = f"an input for each column, {', '.join(names)}, of shape [N] or [N, 1]"
        raise BadRequest(f"send {rule}, or one of shape [N, {len(names)}], got {got}")
    count = given[0].shape[:1]
    for one in given:
        if not count or one.shape not in (count, (*count, 1)):
            rule = "expected the shape [N] or [N, 1], with the same N for each"
            raise BadRequest(f"{one.name}: {rule}, got {list(one.shape)}")


def _kind(column: Column, given: Kind) -> Kind:
    """What a column's values are for callers; a whole number may be missing, so it is a float."""
    if column.kind != "categorical":
        return {"bool": BOOL, "text": TEXT, "unused": TEXT}.get(column.kind, given)
    types = set(map(type, column.categories))
    return TEXT if str in types else BOOL if types == {bool} else INT64 if types == {int} else given


def _outputs(card: Card, port: Port) -> list[Port]:
    if card.gives in ("number", "numbers"):
        return [port]
    whole = all(isinstance(label, int) for label in card.classes)
    labels = Port("predictions", INT64 if whole else TEXT, ("N",))
    if card.gives == "code":
        return [labels]
    return [labels, Port("probabilities", FLOAT64, ("N", len(card.classes)))]


def _tensor(kind: Kind, row_shape: list[int], values: list[Any]) -> Tensor:
    size = row_shape[0] if row_shape else 1
    shape = (len(values) // size, *row_shape)
    if kind is TEXT:
        return Tensor(shape, [str(value) for value in values])
    return Tensor(shape, pack(kind, values))


def _whole(values: list[Any], column: Column, kind: Kind) -> list[Any]:
    """Values of a column, of which codes may have come as floats, as all of a matrix do.

    Raises:
        BadRequest: a float stands for several codes.
    """
    if column.kind not in ("bool", "categorical"):
        return values
    most = ROUNDS_FROM.get(kind.name)
    if most and int in map(type, column.categories) and _reaches(values, most):
        rule = f"{NAMES[kind.name]} rounds whole numbers from {most} on"
        raise BadRequest(f"{column.name}: {rule}: send the categories as INT64")
    return [
        int(value) if isinstance(value, float) and value.is_integer() else value for value in values
    ]


def _reaches(values: list[Any], most: int) -> bool:
    return any(value is not None and abs(value) >= most for value in values)


def _values(given: Given) -> list[Any]:
    """Elements in row-major order; NaN is a missing value."""
    values = given.content
    if isinstance(values, bytes):
        count = len(values) // given.kind.bytes_of(1)
        values = nested(given.kind, Tensor((count,), values))
    return [None if value != value else value for value in values]
