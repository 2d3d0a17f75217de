"""Memory of a tensor, where LiteRT reads it or writes it."""

import ctypes
from math import prod

from engines.errors import RunError
from engines.litert.api import Api, TensorType
from engines.tensor import Port, Tensor

ALIGNMENT = 64  # that LiteRT asks of memory
SPARE_BYTES = 128  # that XNNPACK may read behind a tensor


class Memory:
    """Room for a tensor of one shape.

    Attributes:
        buffer: LiteRT's handle of it.
    """

    def __init__(self, api: Api, port: Port, type_: TensorType) -> None:
        """Make the room.

        Raises:
            RunError: the shape is not known, or there is no memory.
        """
        self._api, self._type, self._shape = api, type_, type_.shape
        if min(self._shape, default=1) < 0:
            raise RunError(f"the sizes of {port.name} are not known before it is computed")
        self._bytes = prod(self._shape) * port.kind.element_bytes
        self._block = ctypes.create_string_buffer(self._bytes + ALIGNMENT + SPARE_BYTES)
        start = ctypes.addressof(self._block)
        self._address = start + -start % ALIGNMENT
        place = ctypes.byref(type_), self._address, self._bytes, None
        self.buffer = api.get("CreateTensorBufferFromHostMemory", *place)

    def write(self, content: bytes) -> None:
        """Put in the elements, as many bytes as the shape has."""
        ctypes.memmove(self._address, content, self._bytes)

    def read(self) -> Tensor:
        """Copy the tensor out."""
        return Tensor(self._shape, ctypes.string_at(self._address, self._bytes))

    def release(self) -> None:
        """Free LiteRT's handle."""
        self._api.release("TensorBuffer", self.buffer)
