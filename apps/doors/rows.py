"""How models of rows compute behind the doors: by an engine, or by scikit-learn."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from apps.card import Card
from apps.doors.model import platform_of
from apps.table import Table
from engines.tensor import KINDS, Kind, Port, Tensor, pack

if TYPE_CHECKING:
    from engines.engine import Engine

FLOAT64 = KINDS[11]


class Rows(Protocol):
    """A model of rows; what it computes is its own until `answer` or `tensor` has it."""

    platform: str  # what runs it
    given: Kind  # of a number in a row
    output: Port  # of what `tensor` makes, where that is numbers
    request_type: Any

    def compute(self, rows: Sequence[Any]) -> Any:
        """Compute rows that the request's type has checked."""
        ...

    def answer(self, computed: Any) -> Any:
        """What the model's own path answers, with `predictions`."""
        ...

    def tensor(self, computed: Any) -> Tensor:
        """The numbers: predicted ones, or the chances."""
        ...


class Computed:
    """A model that an engine runs."""

    def __init__(self, engine: "Engine", table: Table, answer: Callable[[Tensor], Any]) -> None:
        """Take what the app has made of it."""
        self._engine, self._table = engine, table
        self.platform, self.answer = platform_of(engine), answer
        self.given, self.output = engine.inputs[0].kind, engine.outputs[0]
        self.request_type = table.request_type

    def compute(self, rows: Sequence[Any]) -> Tensor:
        """Run the engine."""
        return self._engine.run([self._table.tensor(rows)])[0]

    def tensor(self, computed: Tensor) -> Tensor:
        """The engine's own output."""
        return computed


class Estimated:
    """A model of scikit-learn."""

    platform, given = "sklearn", FLOAT64

    def __init__(
        self,
        card: Card,
        request_type: Any,
        predict: Callable[[Sequence[Any]], Any],
        answer: Callable[[Any], Any],
    ) -> None:
        """Take what the app has made of it."""
        self.request_type, self.compute, self.answer = request_type, predict, answer
        width = ("outputs",) if card.gives == "numbers" else ()
        self.output = Port("predictions", FLOAT64, ("N", *width))

    def tensor(self, computed: Any) -> Tensor:
        """The chances, or the predicted numbers, as doubles."""
        rows = computed.values if computed.chances is None else computed.chances
        if not isinstance(rows[0], list):
            return Tensor((len(rows),), pack(FLOAT64, rows))
        flat = [number for row in rows for number in row]
        return Tensor((len(rows), len(rows[0])), pack(FLOAT64, flat))
