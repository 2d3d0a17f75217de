"""Which whole numbers a program's tables hold: a compiled one does not survive others."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.export import ExportedProgram
from torch.fx import Node

from engines.torch.build.description import DescriptionError

Limits = tuple[int, int]
# By the place of the index among the arguments.
TABLES = {"embedding": 1, "index_select": 2, "gather": 2, "index": 1, "take": 1, "one_hot": 0}
TABLES |= {"embedding_bag": 1, "scatter": 2, "scatter_add": 2, "index_add": 2, "index_put": 1}
TABLES |= {"index_copy": 2, "index_fill": 2, "scatter_reduce": 2, "_unsafe_index": 1}
TABLES |= {"take_along_dim": 1, "nll_loss": 1, "nll_loss_nd": 1, "cross_entropy_loss": 1}
TABLES |= {name + "_": place for name, place in TABLES.items()}
# What a divisor of 0 ends the process in, between whole numbers.
DIVISIONS = {"floor_divide", "remainder", "fmod", "div", "__rfloordiv__"}
OF_ROWS = ("embedding", "index_select", "gather", "index", "_unsafe_index", "take", "embedding_bag")
# What gives the numbers that it takes, in another shape or of another type.
SAME = {"view", "reshape", "to", "_to_copy", "expand", "unsqueeze", "squeeze", "permute", "clone"}
SAME |= {"transpose", "slice", "select", "contiguous", "detach", "alias", "flatten", "t", "lift"}
SAME |= {"unflatten", "expand_as", "view_as", "detach_", "lift_fresh_copy", "repeat", "narrow"}
# What gives places or sizes, whatever the numbers are.
OTHERS = {"argmax", "argmin", "argsort", "sort", "topk", "nonzero", "sym_size", "sym_numel"}
OTHERS |= {"zeros_like", "ones_like", "full_like", "new_zeros", "new_ones", "new_full"}


class Use(NamedTuple):
    """A look into a table: which of its rows may be asked for, None for unknown."""

    by: Node
    rows: int | None


def limits(program: ExportedProgram, name: str) -> Limits | None:
    """The least and the largest that an input of numbers may have; None for all.

    Raises:
        DescriptionError: the program reckons with them before it looks into a table.
    """
    rows = []
    for use in table_uses(program):
        for source, is_same in sources(use.by):
            if source.name != name:
                continue
            if not is_same or use.rows is None:
                raise DescriptionError(
                    f"the input {name} becomes a place in a table, or a divisor, after some"
                    " reckoning, which PyTorch compiles without a check. Say in columns.json"
                    " beside the file which numbers it may have, as in"
                    f' {{"inputs": {{"{name}": {{"minimum": 0, "maximum": 9}}}}}}'
                )
            rows.append(use.rows)
    return (0, min(rows) - 1) if rows else None


def table_uses(program: ExportedProgram) -> Iterator[Use]:
    """All places where a program looks into a table, or divides, by whole numbers."""
    for node in program.graph.nodes:
        operator = _operator(node)
        arguments = [*node.args, *node.kwargs.values()]
        if operator in DIVISIONS and _is_whole(node) and isinstance(arguments[1], Node):
            yield Use(arguments[1], None)
        elif operator in TABLES:
            yield from _uses(operator, arguments)


def _uses(operator: str, arguments: list[Any]) -> Iterator[Use]:
    place = TABLES[operator]
    index = arguments[place]
    for axis, by in enumerate(index if isinstance(index, (list, tuple)) else [index]):
        if not isinstance(by, Node) or not _is_whole(by):
            continue
        in_axis = arguments[1] if place == 2 else axis
        is_known = operator in OF_ROWS and isinstance(in_axis, int)
        yield Use(by, _size(arguments[0], in_axis) if is_known else None)


def sources(index: Node) -> Iterator[tuple[Node, bool]]:
    """The inputs that the numbers of an index depend on, and whether they are the same numbers."""
    seen: set[tuple[Node, bool]] = set()
    waiting = [(index, True)]
    while waiting:
        node, is_same = waiting.pop()
        if (node, is_same) in seen or _is_size_or_truth(node):
            continue
        seen.add((node, is_same))
        operator = _operator(node)
        if node.op == "placeholder":
            yield node, is_same
        elif operator not in OTHERS:
            given = node.all_input_nodes[:1] if operator in TABLES else node.all_input_nodes
            waiting += [(one, is_same and operator in SAME) for one in given]


def origin(index: Node) -> Node:
    """What gives the numbers of an index, in whichever shape."""
    while _operator(index) in SAME:
        index = index.all_input_nodes[0]
    return index


def is_reckoned(source: Node) -> bool:
    """Whether numbers are the result of a computation, by which they may be large."""
    return source.op == "call_function" and _operator(source) not in {*OTHERS, *OF_ROWS}


def _operator(node: Node) -> str:
    name = getattr(node.target, "_schema", None)
    return name.name.rpartition("::")[2] if name else ""


def _is_size_or_truth(node: Node) -> bool:
    value: Any = node.meta.get("val")
    return not isinstance(value, (Tensor, list, tuple)) or (
        isinstance(value, Tensor) and value.dtype is torch.bool
    )


def _is_whole(node: Node) -> bool:
    value: Any = node.meta.get("val")
    if isinstance(value, (list, tuple)):
        value = value[0] if value else None
    if not isinstance(value, Tensor):
        return isinstance(value, (int, torch.SymInt))
    return not value.dtype.is_floating_point and value.dtype is not torch.bool


def _size(table: Any, axis: Any) -> int | None:
    size = table.meta["val"].shape[axis]
    return size if isinstance(size, int) else None
