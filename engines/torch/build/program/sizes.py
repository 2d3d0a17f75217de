"""The sizes that a program leaves open: their names, their bounds, and what the compiler made."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import sympy
from torch import SymInt, Tensor
from torch.export import ExportedProgram

from engines.torch.build.description import Described, DescriptionError
from engines.torch.build.exporting import FIRST_USUAL, input_values
from engines.torch.build.program.bounds import is_reckoned, origin, sources, table_uses

BOUNDS = (sympy.StrictLessThan, sympy.LessThan, sympy.StrictGreaterThan, sympy.GreaterThan)
LARGEST = 2**20  # where a program has no bound: more than a request carries in most shapes
Shapes = dict[str, tuple[int | str, ...]]


class Open(NamedTuple):
    """The shapes of inputs, with names for open sizes, and the least and the largest of those."""

    shapes: Shapes
    bounds: dict[str, tuple[int, int]]


def find(program: ExportedProgram, tensors: Mapping[str, Tensor]) -> Open:
    """Read the shapes that a program's inputs may have.

    Raises:
        DescriptionError: a size is reckoned from others, or leads beyond a table.
    """
    names: dict[Any, str] = {}
    shapes: Shapes = {}
    for name, value in tensors.items():
        places = [f"{name}_{axis}" for axis in range(len(value.shape))]
        shapes[name] = tuple(map(_size, value.shape, places, [names] * len(places)))
    rows = _rows(program)
    ranges = program.range_constraints
    bounds = {}
    for symbol, name in names.items():
        least = _whole(ranges[symbol].lower, 1)
        largest = min(_whole(ranges[symbol].upper, LARGEST), rows.get(symbol, LARGEST))
        bounds[name] = (1 if least <= FIRST_USUAL else least), largest
    return Open(shapes, bounds)


def compiled(program: ExportedProgram, described: Described) -> dict[str, tuple[int, int]]:
    """Read, once a program is compiled, for which sizes it is: the compiler tells nobody.

    Raises:
        DescriptionError: not for the small ones, or for some within the bounds alone.
    """
    found = dict(described.open_sizes)
    for given, value in zip(described.inputs.values(), input_values(program), strict=True):
        for called, size in zip(given.shape, value.shape, strict=True):
            if isinstance(called, str) and isinstance(size, SymInt):
                _check_guards(size.node.shape_env)
                bounds = size.node.shape_env.bound_sympy(size.node.expr)
                least, largest = found[called]
                _check_least(called, least, _whole(bounds.lower, 1))
                found[called] = least, min(largest, _whole(bounds.upper, largest))
    return found


def _check_least(name: str, least: int, compiled_least: int) -> None:
    if compiled_least > max(least, FIRST_USUAL):
        raise DescriptionError(
            f"PyTorch compiled the program for {name} of {compiled_least} or more, as it was in the"
            f" inputs that it was exported with, not from {least}: export it with a small one."
            " Convolutions, for one, are compiled for fewer than 16 images or for at least 16"
        )


def _size(size: Any, place: str, names: dict[Any, str]) -> int | str:
    if isinstance(size, int):
        return size
    symbol = size.node.expr
    if not symbol.is_Symbol:
        raise DescriptionError(
            f"a size of {place} is {symbol}: export the program with sizes that are not reckoned"
            " from each other, as Dim.AUTO has them, or by torch.onnx.export"
        )
    named = "batch" if place.endswith("_0") and "batch" not in names.values() else place
    return names.setdefault(symbol, named)


def _rows(program: ExportedProgram) -> dict[Any, int]:
    """How large a size may be that is the number of places which are looked up in a table."""
    rows: dict[Any, int] = {}
    inputs = set(program.graph_signature.user_inputs)
    for use in table_uses(program):
        source = origin(use.by)
        symbols = [size.node.expr for size in source.meta["val"].shape if isinstance(size, SymInt)]
        is_range = "arange" in str(source.target) and len(source.args) == 1
        if is_range and use.rows is not None and all(one.is_Symbol for one in symbols):
            rows |= {one: min(use.rows, rows.get(one, LARGEST)) for one in symbols}
        elif is_reckoned(source) and not any(one.name in inputs for one, _ in sources(use.by)):
            _check_bounded(program, symbols)
    return rows


def _check_bounded(program: ExportedProgram, symbols: Sequence[Any]) -> None:
    """Refuse sizes that lead beyond a table, nobody knows when."""
    for symbol in symbols:
        bounds = program.range_constraints.get(symbol)
        if bounds is None or _whole(bounds.upper, LARGEST) >= LARGEST:
            raise DescriptionError(
                "places in a table are reckoned from a size without a bound: export the program"
                " with Dim(…, max=…) for its sizes"
            )


def _check_guards(environment: Any) -> None:
    for guard in environment.guards:
        expression = guard.expr
        is_bound = isinstance(expression, BOUNDS) and len(expression.free_symbols) == 1
        if not is_bound and environment.bound_sympy(expression).lower is not sympy.true:
            raise DescriptionError(
                f"PyTorch compiled the program for sizes with {expression} alone: export it with"
                " closer bounds for its sizes, or fixed ones, and with inputs whose open sizes are"
                " all different"
            )


def _whole(number: Any, otherwise: int) -> int:
    try:
        return int(number)
    except (OverflowError, TypeError, ValueError, AttributeError):
        return otherwise
