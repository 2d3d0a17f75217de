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
TABLES |= {name + "_": place for name, place in TABLES.items()}
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
    """The least and the largest that an input of whole numbers may have; None for all.

    Raises:
        DescriptionError: the program reckons with them before it looks into a table.
    """
    (start,) = (node for node in program.graph.nodes if node.name == name)
    reached, rows = dict(_reached(start)), []
    for use in table_uses(program):
        if use.by in reached:
            if not reached[use.by] or use.rows is None:
                raise DescriptionError(
                    f"the input {name} becomes a place in a table after some reckoning, which"
                    " PyTorch compiles without a check. Say in columns.json beside the file which"
                    f' numbers it may have, as in {{"inputs": {{"{name}": {{"minimum": 0,'
                    ' "maximum": 9}}}'
                )
            rows.append(use.rows)
    return (0, min(rows) - 1) if rows else None


def table_uses(program: ExportedProgram) -> Iterator[Use]:
    """All places where a program looks into a table by tensors of whole numbers."""
    for node in program.graph.nodes:
        place = TABLES.get(_operator(node))
        if place is None:
            continue
        if _operator(node).startswith(("index_put", "index")) and isinstance(node.args[1], list):
            for axis, index in enumerate(node.args[1]):
                if index is not None and _is_whole(index):
                    yield Use(index, _size(node.args[0], axis))
        elif isinstance(index := node.args[place], Node):
            axis = node.args[1] if place == 2 else 0
            yield Use(index, None if place == 0 else _size(node.args[0], axis))


def origin(index: Node) -> Node:
    """Where the numbers of an index come from."""
    while _operator(index) in SAME:
        index = index.all_input_nodes[0]
    return index


def _reached(start: Node) -> Iterator[tuple[Node, bool]]:
    """Each tensor of whole numbers that depends on one, and whether it has the same numbers."""
    seen: dict[Node, bool] = {}
    waiting = [(start, True)]
    while waiting:
        node, is_same = waiting.pop()
        if node in seen and seen[node] <= is_same:
            continue
        seen[node] = is_same
        yield node, is_same
        for user in node.users:
            operator = _operator(user)
            if _is_whole(user) and operator not in OTHERS and operator not in TABLES:
                waiting.append((user, is_same and operator in SAME))


def _operator(node: Node) -> str:
    name = getattr(node.target, "_schema", None)
    return name.name.rpartition("::")[2] if name else ""


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
