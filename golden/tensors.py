"""Asks a library's own package what a model of tensors must answer.

    python -m golden.tensors [LIBRARY] MODEL FOLDER

writes `example.json`, `cases.json` and `found.txt`, in the words of `apps.tensors`. LIBRARY is the
module here that has the package: `onnx`, if none is named. What an input means, no file says:
random numbers are drawn until the model takes them, first small ones where it leaves a size open.
"""

import base64
import itertools
import json
import math
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

Arrays = dict[str, np.ndarray[Any, Any]]
# Of the sizes that a model leaves open: of the batch, and of the others.
OPEN_SIZES = [(batch, size) for batch in (1, 3) for size in (1, 2, 8, 64, 224, 512)]
# Which sizes without a name are the batch's: the first, or all but the last, as in a state.
BATCH_IS_FIRST = (True, False)
MAX_ELEMENTS = 1_000_000
CASES = 20
SEEDS = 4
LISTED = 2000  # elements; more are sent and answered in base64
RELATIVE_TOLERANCE = 1e-4  # of the largest number: another processor rounds otherwise
WITHOUT_BASE64 = ("string",)
NO_REQUEST = (
    "no random request is taken by this model: write example.json by hand, with the answer of its"
    " library's own package, into the directory that `bash pipeline.sh -n` writes"
)


class Unfit(Exception):
    """The model does not take such arrays."""


def main(arguments: Sequence[str]) -> None:
    """Write the golden request, the cases and what is found."""
    *named, path, last = arguments
    library, folder = (named or ["onnx"])[0], Path(last)
    session = import_module(f"golden.{library}").session(path)
    cases = [*itertools.islice(_cases(session), CASES)]
    if not cases:
        sys.exit(NO_REQUEST)
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "cases.json", cases)
    _write(folder / "example.json", cases[0])
    (folder / "found.txt").write_text(_found(session), encoding="utf-8")


def _cases(session: Any) -> Iterator[dict[str, Any]]:
    """Give what the model takes, of each open size, with several kinds of numbers."""
    for sizes, first, seed in itertools.product(OPEN_SIZES, BATCH_IS_FIRST, range(SEEDS)):
        shapes = _shapes(session, *sizes, first)
        if sum(map(math.prod, shapes.values())) > MAX_ELEMENTS:
            continue
        inputs = _draw(session, shapes, seed)
        try:
            yield _case(session, inputs)
        except Unfit:
            continue


def _case(session: Any, inputs: Arrays) -> dict[str, Any]:
    names = [output.name for output in session.get_outputs()]
    try:
        outputs = session.run(names, inputs)
    except Exception as error:  # no library has a class for a refusal alone
        raise Unfit(str(error)) from error
    packed = max(array.size for array in inputs.values()) > LISTED
    request = {name: written(array, packed) for name, array in inputs.items()}
    answer = {name: written(value, packed) for name, value in zip(names, outputs, strict=True)}
    return {"request": request, "answer": answer, "tolerance": _tolerance(outputs)}


def written(value: Any, packed: bool) -> Any:
    """Write what a library takes or gives as JSON has it: lists, or base64 of an array."""
    if isinstance(value, list):
        return [written(item, packed) for item in value]
    if isinstance(value, dict):
        return {key: _number(item) for key, item in value.items()}
    if packed and value.dtype.kind in "fiub":
        content = base64.b64encode(np.ascontiguousarray(value).tobytes()).decode()
        return {"shape": list(value.shape), "type": value.dtype.name, "base64": content}
    return _listed(value.tolist())


def _listed(value: Any) -> Any:
    return [_listed(item) for item in value] if isinstance(value, list) else _number(value)


def _number(value: Any) -> Any:
    """JSON has no NaN and no infinity."""
    number = value.item() if isinstance(value, np.generic) else value
    return None if isinstance(number, float) and not np.isfinite(number) else number


def _tolerance(outputs: Sequence[Any]) -> float:
    arrays = [value for value in outputs if isinstance(value, np.ndarray)]
    floats = [array[np.isfinite(array)] for array in arrays if array.dtype.kind == "f"]
    largest = max((float(np.abs(array).max()) for array in floats if array.size), default=0.0)
    return max(1e-6, RELATIVE_TOLERANCE * largest)


def _shapes(session: Any, batch: int, other: int, first: bool) -> dict[str, list[int]]:
    """Give each input a shape; a name that is the first size of one is the batch in all."""
    inputs = session.get_inputs()
    batches = {port.shape[0] for port in inputs if port.shape} - {None, ""}
    shapes = {}
    for port in inputs:
        last = 1 if first else len(port.shape) - 1
        is_batch = [size in batches or axis < last for axis, size in enumerate(port.shape)]
        pairs = zip(port.shape, is_batch, strict=True)
        sizes = [size if isinstance(size, int) else (other, batch)[is_] for size, is_ in pairs]
        shapes[port.name] = sizes
    return shapes


def _draw(session: Any, shapes: dict[str, list[int]], seed: int) -> Arrays:
    chance = np.random.default_rng(seed)
    return {
        port.name: _array(port.type, shapes[port.name], chance, seed)
        for port in session.get_inputs()
    }


def _array(type_: str, shape: Sequence[int], chance: np.random.Generator, seed: int) -> Any:
    """Draw numbers about 0, or between 0 and 1; whole numbers from the least, which codes are."""
    element = type_.removeprefix("tensor(").removesuffix(")")
    if element == "string":
        return np.array(chance.choice(["a", "b", ""], shape), dtype=object)
    if element == "bool":
        return chance.random(shape) < 0.5
    if element.startswith(("int", "uint")):
        return chance.integers(0, 2 if seed < 2 else 100, shape).astype(element)
    numbers = chance.normal(size=shape) if seed % 2 else chance.random(shape)
    return numbers.astype({"float": "float32", "double": "float64"}.get(element, element))


def _found(session: Any) -> str:
    taken = [f"- `{port.name}`: {_described(port)}" for port in session.get_inputs()]
    given = [f"- `{port.name}`: {_described(port)}" for port in session.get_outputs()]
    return "\n".join(["A request has", "", *taken, "", "and its answer", "", *given, ""])


def _described(port: Any) -> str:
    element = port.type.removeprefix("tensor(").removesuffix(")")
    sizes = ", ".join(str(size) if size not in (None, "") else "?" for size in port.shape or [])
    return f"{element} of shape [{sizes}]" if port.shape is not None else element


def _write(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
