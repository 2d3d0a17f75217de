"""Unpack the body of a request that says Content-Encoding; imported when one does."""

from zlib import MAX_WBITS, decompressobj, error

from serving.errors import BadRequest, TooLarge, UnsupportedMediaType

TAKEN = "gzip, deflate"
NAMES = ("gzip", "x-gzip", "deflate")  # RFC 9110, section 8.4.1
EITHER = MAX_WBITS + 32  # zlib tells gzip and deflate apart by their heads
# JSON is packed to a tenth. Without a limit 10 kB would become 10 MB, and take 0.3 s to read.
MAX_RATIO = 100
MIN_LIMIT_BYTES = 65_536


def unpacked(body: bytes, packing: str, base64: bool, most: int) -> bytes:
    """Unpack a body.

    Args:
        body: as it came.
        packing: the header Content-Encoding.
        base64: whether the event carried it in base64.
        most: the bytes that it may have in the end.

    Raises:
        BadRequest: it is not packed so.
        TooLarge: it would become too large.
        UnsupportedMediaType: another packing, or bytes that were read as text on their way.
    """
    name = packing.strip().lower()
    if name == "identity":
        return body
    if name not in NAMES:
        message = f"Content-Encoding {name} is not supported, use one of {TAKEN} or none"
        raise UnsupportedMediaType(message, **{"Accept-Encoding": TAKEN})
    if not base64:
        raise UnsupportedMediaType(
            f"Content-Encoding {name}: the body was read as text on its way, and is lost. Send it"
            " unpacked, or list its Content-Type among the BinaryMediaTypes of the API"
        )
    return _inflated(body, name, min(most, max(MIN_LIMIT_BYTES, MAX_RATIO * len(body))))


def _inflated(body: bytes, name: str, most: int) -> bytes:
    unpacking = decompressobj(EITHER)
    try:
        content = unpacking.decompress(body, most + 1)
    except error as problem:
        raise BadRequest(f"the body is not {name}, as its Content-Encoding says") from problem
    if len(content) > most:
        raise TooLarge(f"the body has more than {most} bytes unpacked, the limit for {len(body)}")
    if not unpacking.eof or unpacking.unused_data:
        raise BadRequest(f"the body is not {name}, as its Content-Encoding says, or cut off")
    return content
