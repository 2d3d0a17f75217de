"""What every engine is, for code that serves any of them; to be imported under TYPE_CHECKING."""

from collections.abc import Sequence
from typing import Any, Protocol

from engines.tensor import Port, Tensor


class Engine(Protocol):
    """A model that is loaded, held for as long as the process lives.

    Each is made of a file, raises ModelError where that cannot be served rightly, and runs on
    `threads` threads: by default `engines.threads.vcpus()`.
    """

    inputs: list[Port]
    outputs: list[Port]

    def about(self) -> dict[str, Any]:
        """Describe the engine and the ports, for the model card: see `engines.about`."""
        ...

    def run(self, tensors: Sequence[Tensor]) -> list[Tensor]:
        """Compute the outputs, in the order of `outputs`, from a tensor for each of `inputs`.

        Raises:
            RunError: the model cannot take these shapes or values, or there is no memory.
        """
        ...
