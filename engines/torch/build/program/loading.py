"""A program that `torch.export.save` wrote, described as a network is that a function describes."""

import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Generator, Tensor, nn
from torch.export import ExportedProgram
from torch.export.graph_signature import ConstantArgument, InputKind, SymIntArgument
from torch.utils._pytree import tree_flatten_with_path, tree_unflatten

from engines.torch.build.description import Described, DescriptionError, Input
from engines.torch.build.program import sizes
from engines.torch.build.program.audit import audit
from engines.torch.build.program.bounds import Limits, limits

MOST_DRAWN = 99  # of whole numbers that may be any


class Loaded(NamedTuple):
    """A program, and what it says of itself.

    Attributes:
        wrote: the version of PyTorch that did.
        fixed: the inputs that are numbers, which are in the program and in no request.
    """

    program: ExportedProgram
    described: Described
    wrote: str
    fixed: dict[str, Any]


class Program(nn.Module):
    """A loaded program, called with its tensors alone."""

    def __init__(self, program: ExportedProgram) -> None:
        """Take its code; a module that was exported has no eval(), and needs none."""
        super().__init__()
        self._called: list[Callable[..., Any]] = [program.module()]
        self._spec, self._inputs = program.call_spec.in_spec, _arguments(program)
        self.eval()

    def forward(self, *tensors: Tensor) -> Any:
        """Compute the outputs as the program returns them."""
        given = iter(tensors)
        flat = [
            argument.value if isinstance(argument, ConstantArgument) else next(given)
            for argument in self._inputs
        ]
        args, kwargs = tree_unflatten(flat, self._spec)
        return self._called[0](*args, **kwargs)


def load(path: Path, told: Mapping[str, Limits]) -> Loaded:
    """Load a `.pt2` file whose content is harmless.

    Args:
        path: of the file.
        told: the least and the largest of inputs of whole numbers, where the user says them.

    Raises:
        DescriptionError: it is not, or cannot be served; the message says why.
    """
    wrote = str(audit(path).get("torch_version") or "an older version")
    try:
        with warnings.catch_warnings(action="ignore"):
            program = torch.export.load(path)
    except Exception as error:  # whatever a program of another version leads to
        raise DescriptionError(
            f"PyTorch {wrote} wrote the program, and {torch.__version__}, which compiles it here,"
            f" cannot load it: {str(error).partition(chr(10))[0]}"
        ) from error
    fixed = {a.name: a.value for a in _arguments(program) if isinstance(a, ConstantArgument)}
    described = _described(program, told)
    return Loaded(program, described, wrote, fixed)


def _arguments(program: ExportedProgram) -> list[Any]:
    specs = program.graph_signature.input_specs
    return [spec.arg for spec in specs if spec.kind is InputKind.USER_INPUT]


def _described(program: ExportedProgram, told: Mapping[str, Limits]) -> Described:
    for argument in _arguments(program):
        if isinstance(argument, SymIntArgument):
            raise DescriptionError(
                f"the input {argument.name} is a number that is open, which PyTorch does not"
                " compile: export the network with a tensor without dimensions in its place, as"
                " torch.tensor(3)"
            )
    tensors = {node.name: node.meta["val"] for node in _tensors(program)}
    unknown = set(told) - set(tensors)
    if unknown:
        names = ", ".join(tensors)
        raise DescriptionError(f"columns.json: there is no input {min(unknown)}, but {names}")
    open_ = sizes.find(program, tensors)
    inputs = {
        name: _input(program, name, value, open_.shapes[name], told)
        for name, value in tensors.items()
    }
    return Described(Program(program), inputs, _outputs(program), open_.bounds)


def _tensors(program: ExportedProgram) -> Iterator[Any]:
    names = set(program.graph_signature.user_inputs)
    for node in program.graph.nodes:
        if node.op == "placeholder" and node.name in names and "val" in node.meta:
            if isinstance(node.meta["val"], Tensor):
                yield node


def _input(
    program: ExportedProgram,
    name: str,
    value: Tensor,
    shape: tuple[int | str, ...],
    told: Mapping[str, Limits],
) -> Input:
    if value.dtype is torch.bool or value.dtype.is_complex:
        return Input(value.dtype, shape)
    found = told.get(name) or limits(program, name)
    if value.dtype.is_floating_point:
        return _float_input(name, value, shape, found)
    if found:
        return Input(value.dtype, shape, found)
    whole = torch.iinfo(value.dtype)
    return Input(value.dtype, shape, (whole.min, whole.max), _any_number(value.dtype))


def _float_input(
    name: str, value: Tensor, shape: tuple[int | str, ...], found: Limits | None
) -> Input:
    if found:
        raise DescriptionError(
            f"the input {name} has fractions and becomes a place in a table, which a compiled"
            " network does not survive beyond the table: export it with whole numbers there"
        )
    return Input(value.dtype, shape)


def _any_number(dtype: torch.dtype) -> Callable[[tuple[int, ...], Generator], Tensor]:
    def draw(shape: tuple[int, ...], generator: Generator) -> Tensor:
        return torch.randint(0, MOST_DRAWN + 1, shape, generator=generator).to(dtype)

    return draw


def _outputs(program: ExportedProgram) -> list[str]:
    """Name the outputs: by the keys of dicts, and by places in tuples and lists."""
    spec = program.call_spec.out_spec
    paths = tree_flatten_with_path(tree_unflatten(range(spec.num_leaves), spec))[0]
    names = []
    for path, _ in paths:
        steps = [str(getattr(step, "key", getattr(step, "idx", ""))) for step in path]
        is_place = not path or hasattr(path[0], "idx")
        names.append("_".join(["output", *steps] if is_place else steps))
    return names
