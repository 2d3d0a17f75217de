"""How much decoding a photograph may cost, and the photographs of a request together.

The sizes are what a file says of itself: a WebP of 34 bytes may say that it has 268 megapixels, and
the decoder then makes room for them.
"""

import os
from threading import BoundedSemaphore

from serving.errors import TooLarge

# Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
MIB_PER_VCPU = 1769
# Of the largest photograph; each takes a vCPU 0.2 to 0.8 s.
MAX_PIXELS = {"JPEG": 50_000_000, "PNG": 20_000_000, "WebP": 20_000_000, "GIF": 20_000_000}
MAX_SIDE = 65_535  # what a JPEG can have; Pillow needs much memory for each row of a PNG
MAX_PHOTOGRAPHS = 4.0  # of the largest size, or more of smaller ones, in one request


def memory_bytes() -> int:
    """Return what decoding a photograph may take: half of the memory, for all vCPUs together."""
    return _memory_mib() * 2**20 // 2 // vcpus()


def _memory_mib() -> int:
    return int(os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE") or MIB_PER_VCPU)


def vcpus() -> int:
    """Count the vCPUs that come with the function's memory, at least 1."""
    return max(1, round(_memory_mib() / MIB_PER_VCPU))


# More decoders at once would wait for each other, with the memory of all of them taken.
DECODERS = BoundedSemaphore(vcpus())


class Allowance:
    """What the photographs of one request may cost together."""

    def __init__(self, photographs: float = MAX_PHOTOGRAPHS) -> None:
        """Allow so many photographs of the largest size."""
        self._left = photographs

    def take(self, share: float) -> None:
        """Take a photograph's share of the largest size, from 0 to 1.

        Raises:
            TooLarge: those before it have left too little.
        """
        if share > self._left:
            raise TooLarge(
                "the photographs of the request are too large together: send fewer, or smaller ones"
            )
        self._left -= share


def check_size(kind: str, width: int, height: int, bytes_per_pixel: float) -> None:
    """Refuse a photograph of too many pixels.

    Args:
        kind: its format, as `MAX_PIXELS` has it.
        width: in pixels.
        height: in pixels.
        bytes_per_pixel: the memory that decoding takes at most, for each pixel.

    Raises:
        TooLarge: more than its format may have, or than the function has memory for.
    """
    most = min(MAX_PIXELS[kind], int(memory_bytes() / bytes_per_pixel))
    if width * height > most:
        limit = f"{most / 1e6:.3g} megapixels for a {kind}"
        raise TooLarge(f"the photograph has {width} x {height} pixels, the limit is {limit}")
    if max(width, height) > MAX_SIDE:
        raise TooLarge(f"the photograph has more than {MAX_SIDE} pixels on a side")
