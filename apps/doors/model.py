"""What a model is to the doors."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from engines.tensor import Kind, Port, Tensor

CSV = "text/csv"


class Csv(NamedTuple):
    """A body of text/csv."""

    text: str
    has_header: bool | None  # None: the caller does not say


class Given(NamedTuple):
    """An input as a caller of the Open Inference Protocol gives it."""

    name: str
    kind: Kind
    shape: tuple[int, ...]
    content: bytes | list[Any]  # in row-major order; None in a list is a missing value


class Made(NamedTuple):
    """An output, as the Open Inference Protocol names it."""

    name: str
    kind: Kind
    tensor: Tensor
    classes: Sequence[str | int | float | bool] = ()  # what the last dimension's elements stand for


class Model(Protocol):
    """A model behind the doors; each method raises BadRequest for what it cannot take."""

    platform: str  # what runs it
    media: Sequence[str]  # the content types that /invocations takes beside JSON
    infers: bool  # whether it takes tensors
    inputs: Sequence[Port]
    outputs: Sequence[Port]

    def predictions(self, form: str, value: Any) -> Any:
        """What MLflow's server answers as `predictions`.

        Args:
            form: the key of MLflow's JSON, or `csv`, or `file` for a body of another type.
            value: what is under the key, or a `Csv`, or the body.
        """
        ...

    def infer(self, given: Sequence[Given]) -> list[Made]:
        """The outputs, in the order of `outputs`."""
        ...


def platform_of(engine: object) -> str:
    """Name what runs a model: `xgboost` of `engines.xgboost.Booster`."""
    return type(engine).__module__.removeprefix("engines.").partition(".")[0]
