"""Elements that `struct` does not know: bfloat16, floats of 8 bits, integers of 4 and 2.

Several elements share a byte where they fit, the first in its lowest bits, as ONNX stores them.
Imported when a model has such an element.

Source: https://onnx.ai/onnx/technical/float8.html and int4.html.
"""

import struct
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from math import copysign, inf, isnan, nan
from typing import Any, NamedTuple

BFLOAT16_NAN = 0x7FC0
SIGN = 1 << 7  # the bit of a float of 8


class Format(NamedTuple):
    """A float of 8 bits: its sign, its exponent, its mantissa."""

    mantissa_bits: int
    bias: int
    nans: tuple[int, ...]  # codes without their sign; the first is what NaN becomes
    infinity: int | None = None  # the same
    has_negative_zero: bool = True  # else its code is NaN's


FORMATS = {
    "float8_e4m3fn": Format(3, 7, (0x7F,)),
    "float8_e4m3fnuz": Format(3, 8, (), has_negative_zero=False),
    "float8_e5m2": Format(2, 15, (0x7E, 0x7D, 0x7F), 0x7C),
    "float8_e5m2fnuz": Format(2, 16, (), has_negative_zero=False),
}


def packed(name: str, bits: int, elements: Sequence[Any]) -> bytes:
    """The bytes of elements, each rounded to the nearest that the kind has, ties to even.

    Args:
        name: of the kind.
        bits: of an element.
        elements: that the kind holds, or NaN.
    """
    if name == "bfloat16":
        return struct.pack(f"<{len(elements)}H", *map(_bfloat16, elements))
    if name in FORMATS:
        return _joined(bits, map(_encoder(name), elements))
    return _joined(bits, (element & (1 << bits) - 1 for element in elements))


def unpacked(name: str, bits: int, content: bytes, count: int) -> list[Any]:
    """The first `count` elements of bytes."""
    if name == "bfloat16":
        halves = struct.unpack(f"<{count}H", content)
        wide = struct.pack(f"<{count}I", *(half << 16 for half in halves))
        return list(struct.unpack(f"<{count}f", wide))
    values = _values(name, bits)
    return [values[code] for code in _split(bits, content)[:count]]


def _joined(bits: int, codes: Iterable[int]) -> bytes:
    made, per_byte = list(codes), 8 // bits
    made += [0] * (-len(made) % per_byte)
    parts = [made[place::per_byte] for place in range(per_byte)]
    return bytes(
        sum(code << bits * place for place, code in enumerate(row))
        for row in zip(*parts, strict=True)
    )


def _split(bits: int, content: bytes) -> Sequence[int]:
    if bits == 8:
        return content
    mask = (1 << bits) - 1
    return [byte >> shift & mask for byte in content for shift in range(0, 8, bits)]


def _bfloat16(number: float) -> int:
    """The upper half of a float32, rounded once: from the number itself, not from the float32."""
    if isnan(number):
        return BFLOAT16_NAN
    (code,) = struct.unpack("<I", struct.pack("<f", number))
    upper, lower = divmod(code, 1 << 16)
    if lower == 1 << 15:  # a tie, unless the float32 was itself rounded to it
        (tie,) = struct.unpack("<f", struct.pack("<I", code))
        up = abs(number) > abs(tie) or (number == tie and upper % 2 == 1)
    else:
        up = lower > 1 << 15
    return int(upper + up)


@cache
def _values(name: str, bits: int) -> list[Any]:
    """What each code of a kind stands for."""
    codes = range(1 << bits)
    if name in FORMATS:
        return [_value(FORMATS[name], code) for code in codes]
    first_negative = len(codes) if name.startswith("u") else len(codes) // 2
    return [code if code < first_negative else code - len(codes) for code in codes]


def _value(form: Format, code: int) -> float:
    sign, rest = divmod(code, SIGN)
    if rest in form.nans or (code == SIGN and not form.has_negative_zero):
        return nan
    exponent, mantissa = divmod(rest, 1 << form.mantissa_bits)
    if exponent:  # else it is a subnormal number, as if its exponent were 1
        mantissa += 1 << form.mantissa_bits
    size = mantissa * 2.0 ** (max(exponent, 1) - form.bias - form.mantissa_bits)
    return copysign(inf if rest == form.infinity else size, -sign or 1)


@cache
def _encoder(name: str) -> Callable[[float], int]:
    """What makes the code of a number that the kind holds."""
    form = FORMATS[name]
    sizes = [_value(form, code) for code in range(SIGN)]
    sizes = [size for size in sizes if size < inf]  # they rise with their code; NaN is not below
    nan_code = form.nans[0] if form.nans else SIGN

    def encode(number: float) -> int:
        if isnan(number):
            return nan_code
        code = _nearest(sizes, abs(number))
        negative = copysign(1, number) < 0 and (code or form.has_negative_zero)
        return code | SIGN if negative else code

    return encode


def _nearest(sizes: Sequence[float], size: float) -> int:
    above = min(bisect_left(sizes, size), len(sizes) - 1)
    if sizes[above] <= size or above == 0:
        return above
    below = above - 1
    to_below, to_above = size - sizes[below], sizes[above] - size
    if to_below == to_above:
        return below if below % 2 == 0 else above
    return below if to_below < to_above else above
