"""Whether tensors fit a network: a compiled one reads what it is given without looking."""

from collections.abc import Mapping, Sequence
from math import prod

from engines.errors import RunError
from engines.tensor import KINDS, Kind, Port, Tensor

WHOLE = {kind.name: (kind.minimum, kind.maximum) for kind in KINDS.values()}
Sizes = Mapping[str, tuple[int, int]]


def check(ports: Sequence[Port], sizes: Sizes, tensors: Sequence[Tensor]) -> None:
    """Compare tensors with the ports that they are for.

    Args:
        ports: of the network's inputs.
        sizes: the least and the largest of each size that is open.
        tensors: one for each port.

    Raises:
        RunError: one does not fit; the message has its name, and what would.
    """
    if len(tensors) != len(ports):
        names = ", ".join(port.name for port in ports)
        raise RunError(f"the network takes {len(ports)} tensors ({names}), got {len(tensors)}")
    known: dict[str, tuple[int, str]] = {}
    for port, tensor in zip(ports, tensors, strict=True):
        _check_shape(port, sizes, tensor.shape, known)
        _check_content(port, tensor)


def _check_shape(
    port: Port, sizes: Sizes, shape: tuple[int, ...], known: dict[str, tuple[int, str]]
) -> None:
    wanted_shape = port.shape or ()
    if len(shape) != len(wanted_shape):
        raise RunError(f"{port.name} must be {port}, got the shape {list(shape)}")
    for axis, (size, wanted) in enumerate(zip(shape, wanted_shape, strict=True)):
        if isinstance(wanted, int):
            if size != wanted:
                raise RunError(f"{port.name} must be {port}, got the shape {list(shape)}")
            continue
        least, largest = sizes[wanted]
        if not least <= size <= largest:
            rule = f"{wanted} must be {least} to {largest}"
            raise RunError(f"{port.name}: {rule}, got {size} in dimension {axis}")
        first, where = known.setdefault(wanted, (size, port.name))
        if size != first:
            rule = f"{wanted} must be {first}, as it is in {where}"
            raise RunError(f"{port.name}: {rule}, got {size} in dimension {axis}")


def _check_content(port: Port, tensor: Tensor) -> None:
    content, kind = tensor.content, port.kind
    expected = prod(tensor.shape) * kind.element_bytes
    if not isinstance(content, bytes) or len(content) != expected:
        rule = f"must have {expected} bytes, {kind.name} of shape {list(tensor.shape)}"
        got = len(content) if isinstance(content, bytes) else type(content).__name__
        raise RunError(f"{port.name} {rule}, got {got}")
    if kind.python is bool and content.translate(None, b"\0\1"):
        raise RunError(f"{port.name}: a byte of a bool must be 0 or 1")
    if kind.python is int and (kind.minimum, kind.maximum) != WHOLE[kind.name]:
        _check_range(port.name, kind, content)


def _check_range(name: str, kind: Kind, content: bytes) -> None:
    """Look at whole numbers: one that is beyond a table would end the process."""
    numbers = memoryview(content).cast(kind.code)  # type: ignore[call-overload]
    if len(numbers) and not kind.minimum <= min(numbers) <= max(numbers) <= kind.maximum:
        rule = f"must be {kind.minimum} to {kind.maximum}"
        raise RunError(f"{name} {rule}, got {min(numbers)} to {max(numbers)}")
