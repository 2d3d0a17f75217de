"""A model of tensors behind the doors."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from apps.doors import lines
from apps.doors.model import CSV, Csv, Given, Made, platform_of
from apps.tensors.reading import checked, packed
from engines.tensor import Port, Tensor, nested
from serving.contract import field_first
from serving.errors import BadRequest

if TYPE_CHECKING:
    from engines.engine import Engine

Run = Callable[[Sequence[Tensor], bool], list[Tensor]]
FRAMES = ("dataframe_split", "dataframe_records")


class Tensors:
    """A model of tensors, as `apps.doors.model.Model` has it."""

    media: Sequence[str] = (CSV,)
    infers = True

    def __init__(self, engine: "Engine", request_type: Any, read: Any, run: Run) -> None:
        """Take what the app has made of the model.

        Args:
            engine: that has loaded it.
            request_type: of the model's own requests.
            read: makes tensors of such a request.
            run: computes the outputs, and refuses what would become too large.
        """
        self._type, self._read, self._run = request_type, read, run
        self.inputs: Sequence[Port] = engine.inputs
        self.outputs: Sequence[Port] = engine.outputs
        self.platform = platform_of(engine)

    def predictions(self, form: str, value: Any) -> Any:
        """What MLflow's server answers of an ONNX model: each output by its name.

        Source: https://github.com/mlflow/mlflow, mlflow/onnx/__init__.py, _OnnxModelWrapper.
        """
        try:
            request = msgspec.convert(self._inputs(form, value), self._type)
        except msgspec.ValidationError as error:
            raise BadRequest(field_first(str(error))) from error
        made = self._run(self._read(request), False)
        pairs = zip(self.outputs, made, strict=True)
        return {port.name: _value(port, tensor) for port, tensor in pairs}

    def infer(self, given: Sequence[Given]) -> list[Made]:
        """The outputs of inputs by name."""
        by_name = {one.name: one for one in given}
        names = [port.name for port in self.inputs]
        if sorted(one.name for one in given) != sorted(names):
            got = ", ".join(one.name for one in given)
            raise BadRequest(f"inputs: expected {', '.join(names)}, each once, got {got or 'none'}")
        tensors = [_tensor(port, by_name[port.name]) for port in self.inputs]
        pairs = zip(self.outputs, self._run(tensors, True), strict=True)
        return [Made(port.name, port.kind, tensor) for port, tensor in pairs]

    def _inputs(self, form: str, value: Any) -> Any:
        """The request of the model's own path."""
        names = [port.name for port in self.inputs]
        if form in FRAMES:
            raise BadRequest(f"{form}: the model has no columns, send inputs: {', '.join(names)}")
        if form == "csv":
            value = self._of_csv(value)
        elif form == "instances" and isinstance(value, list):
            value = _stacked(value)
        if isinstance(value, dict):
            return value
        if len(names) != 1:
            raise BadRequest(f"{form}: expected an object with {', '.join(names)}")
        return {names[0]: value}

    def _of_csv(self, given: Csv) -> list[list[Any]]:
        """Rows of numbers, for the one input of two dimensions."""
        sizes = [size for port in self.inputs for size in port.shape or ()]
        kinds = [port.kind.python for port in self.inputs]
        if len(kinds) != 1 or str in kinds or len(sizes) != 2 or not isinstance(sizes[1], int):
            rule = "CSV is for models of one input of numbers, of shape [N, a number]"
            raise BadRequest(f"{rule}: send JSON")
        found = lines.read(given, sizes[1])
        read = lines.truth if bool in kinds else lines.number
        rows = [[read(cell) for cell in cells] for cells in found]
        return rows[1:] if rows and _is_header(given, found[0]) else rows


def _is_header(given: Csv, cells: list[str]) -> bool:
    """Whether the first line is one of names, of which none is a value.

    Raises:
        BadRequest: it could be one of names or a row, or is neither.
    """
    texts = [cell for cell in cells if isinstance(lines.truth(cell), str)]
    # Numbers from 0 are what pandas writes over columns without names.
    is_counted = cells == [str(position) for position in range(len(cells))]
    if given.has_header is None and 0 < len(texts) < len(cells):
        rule = f"is neither names nor a row: {texts[0]!r} is no value"
        raise BadRequest(f"the first line of the CSV, {','.join(cells)}, {rule}")
    is_names = is_counted or len(texts) == len(cells)
    return lines.is_header(given, cells, is_names, lambda: not texts)


def _stacked(instances: list[Any]) -> Any:
    """Instances, each an object of its inputs without the first dimension, as whole inputs."""
    if not all(isinstance(one, dict) for one in instances) or not instances:
        return instances
    if any(one.keys() != instances[0].keys() for one in instances):
        raise BadRequest("instances: expected the same names in each")
    return {name: [one[name] for one in instances] for name in instances[0]}


def _tensor(port: Port, given: Given) -> Tensor:
    if given.kind != port.kind:
        raise BadRequest(f"{given.name}: expected {port}, got {given.kind.name}")
    content: Any = given.content
    if isinstance(content, list):
        if port.kind.python is str and None in content:
            rule = "expected text, got null"
            raise BadRequest(f"{given.name}.data[{content.index(None)}]: {rule}")
        content = packed(port.kind, given.name, given.shape, content).content
    return checked(port, given.shape, content)


def _value(port: Port, tensor: Tensor) -> Any:
    content: Any = tensor.content
    if port.items:
        return [_value(port.items, item) for item in content]
    if port.keys:
        keys, values = content
        return dict(zip(nested(port.keys, keys), nested(port.kind, values), strict=True))
    return nested(port.kind, tensor)
