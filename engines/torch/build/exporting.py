"""Exports a described network, and writes down what it takes and gives."""

from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import Generator, Tensor
from torch._dynamo.exc import UserError
from torch.export import Dim, ExportedProgram, ShapesCollection, export
from torch.export.graph_signature import InputKind, OutputKind

from engines.tensor import KINDS
from engines.torch.build.description import Described, DescriptionError, Input
from engines.torch.card import Card, PortCard

FIRST_USUAL = 2  # 0 and 1 are compiled as if they were more, and compared with PyTorch
KIND_NAMES = {kind.name for kind in KINDS.values() if kind.code}


def exported(described: Described) -> ExportedProgram:
    """Trace the network.

    Raises:
        DescriptionError: PyTorch cannot trace it, a size is not as open as described, it changes
            an input or itself when it runs, or gives something else than the tensors described.
    """
    generator = Generator().manual_seed(0)
    sizes = _sizes_to_trace(described.open_sizes)
    inputs = tuple(given.random(sizes, generator) for given in described.inputs.values())
    dims = {name: Dim(name, min=a, max=b) for name, (a, b) in described.open_sizes.items()}
    shapes: Any = ShapesCollection()  # type: ignore[no-untyped-call]
    for given, tensor in zip(described.inputs.values(), inputs, strict=True):
        shapes[tensor] = _dynamic(given, dims)
    with torch.no_grad():
        try:
            program = export(described.network, inputs, dynamic_shapes=shapes)
        except UserError as error:  # also where a size that is described as open is not
            reason = str(error).partition("\nThe error above")[0].strip()
            raise DescriptionError(f"PyTorch cannot export the network: {reason}") from error
        # Only without operators that work in place is it known what they change.
        refuse_changes(program.run_decompositions({}))
    refuse_other_outputs(described, program)
    return program


def card(described: Described, program: ExportedProgram) -> Card:
    """Write down the ports of a network.

    Raises:
        DescriptionError: an input or an output is of a type that the engines do not have.
    """
    inputs = [_input(name, given) for name, given in described.inputs.items()]
    names = _names_of_sizes(described, program)
    outputs = [
        PortCard(name, _kind(name, value.dtype), _shape(value, names))
        for name, value in zip(described.outputs, values(program, "output"), strict=True)
    ]
    version = ".".join(torch.__version__.split(".")[:2])
    return Card(version, inputs, outputs, dict(described.open_sizes))


def check_open(described: Described, program: ExportedProgram) -> None:
    """Look, once the network is compiled, for which sizes it is: not always for all described.

    Raises:
        DescriptionError: the compiler took a decision that holds for some of the sizes only. It
            tells nobody, and the network would compute something wrong for the others.
    """
    for name, (least, largest) in described.open_sizes.items():
        first, last = _compiled_for(described, program, name)
        if first > max(least, FIRST_USUAL) or last < largest:
            raise DescriptionError(
                f"PyTorch compiled the network for {name} from {first} to {last}, not for all from"
                f" {least} to {largest}: describe fewer. Convolutions, for one, are compiled for"
                " fewer than 16 images or for at least 16."
            )


def _compiled_for(described: Described, program: ExportedProgram, name: str) -> tuple[int, int]:
    inputs = zip(described.inputs.values(), input_values(program), strict=True)
    for given, value in inputs:
        for size, symbol in zip(given.shape, value.shape, strict=True):
            if size == name:
                bounds = symbol.node.shape_env.bound_sympy(symbol.node.expr)
                return int(bounds.lower), int(bounds.upper)
    raise KeyError(name)


def _sizes_to_trace(open_sizes: Mapping[str, tuple[int, int]]) -> dict[str, int]:
    """The largest sizes, but all different where they can be: equal ones could be taken for one.

    Small ones would not do. A network that is traced with a size of 0 or 1, be it inside, after
    pooling, is compiled for that size alone.
    """
    chosen: dict[str, int] = {}
    for name, (least, largest) in open_sizes.items():
        usual = range(largest, max(FIRST_USUAL, least) - 1, -1)
        chosen[name] = next((size for size in usual if size not in chosen.values()), largest)
    return chosen


def _dynamic(given: Input, dims: Mapping[str, Any]) -> dict[int, Any]:
    return {axis: dims[size] for axis, size in enumerate(given.shape) if isinstance(size, str)}


def refuse_changes(program: ExportedProgram) -> None:
    """Refuse a network that would not be the same after a run.

    Args:
        program: without operators that work in place.

    Raises:
        DescriptionError: it changes an input, or itself.
    """
    signature = program.graph_signature
    if signature.user_inputs_to_mutate:
        names = ", ".join(signature.user_inputs_to_mutate.values())
        raise DescriptionError(f"the network changes its input in place: clone {names} first")
    if signature.buffers_to_mutate:
        names = ", ".join(signature.buffers_to_mutate.values())
        raise DescriptionError(f"the network changes {names} when it runs: it must stay as it is")


def refuse_other_outputs(described: Described, program: ExportedProgram) -> None:
    """Refuse a network that gives something else than the tensors that are described.

    Raises:
        DescriptionError: the message says what.
    """
    given = list(values(program, "output"))
    if not all(isinstance(value, Tensor) for value in given):
        raise DescriptionError("the network must return tensors: leave other values out")
    if len(given) != len(described.outputs):
        names = ", ".join(described.outputs)
        raise DescriptionError(f"outputs has {names}, but the network returns {len(given)}")


def values(program: ExportedProgram, side: str) -> Iterator[Any]:
    """The inputs or outputs as the trace has them, with symbols for open sizes."""
    nodes = {node.name: node for node in program.graph.nodes}
    specs: Any = program.graph_signature
    chosen = specs.input_specs if side == "input" else specs.output_specs
    kind = InputKind.USER_INPUT if side == "input" else OutputKind.USER_OUTPUT
    for spec in chosen:
        if spec.kind is kind:
            node = nodes.get(getattr(spec.arg, "name", ""))
            yield node.meta["val"] if node is not None else None


def input_values(program: ExportedProgram) -> Iterator[Any]:
    """The tensors among the inputs; a loaded program may have numbers there that are fixed."""
    return (value for value in values(program, "input") if isinstance(value, Tensor))


def _names_of_sizes(described: Described, program: ExportedProgram) -> dict[str, str]:
    """The name of each size by the symbol that the trace has for it."""
    names = {}
    inputs = zip(described.inputs.values(), input_values(program), strict=True)
    for given, value in inputs:
        for size, symbol in zip(given.shape, value.shape, strict=True):
            if isinstance(size, str):
                names[str(symbol)] = size
    return names


def _shape(value: Tensor, names: Mapping[str, str]) -> tuple[int | str, ...]:
    return tuple(
        int(size) if str(size).isdigit() else names.get(str(size), "") for size in value.shape
    )


def _input(name: str, given: Input) -> PortCard:
    whole = given.values if given.dtype.is_floating_point is False else None
    values = (int(whole[0]), int(whole[1])) if whole else None
    return PortCard(name, _kind(name, given.dtype), given.shape, values)


def _kind(name: str, dtype: torch.dtype) -> str:
    kind = str(dtype).removeprefix("torch.")
    if kind not in KIND_NAMES:
        served = ", ".join(sorted(KIND_NAMES))
        raise DescriptionError(f"{name} is {kind}: convert it in the network to one of {served}")
    return kind
