"""A packed body is unpacked within the limits, or refused with the header's name."""

import gzip
import json
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving import BadRequest, TooLarge, UnsupportedMediaType, api
from serving.events import MAX_BODY_BYTES, read
from serving.packing import MAX_RATIO, unpacked
from tests.serving.recorded import HTTP_EVENTS, VALID_BODY, reply_of, request, set_header
from tests.serving.toy_model import ANSWER, scale

handler = api(scale)
PACK: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
}


@pytest.mark.parametrize("name", HTTP_EVENTS)
@pytest.mark.parametrize("packing", [*PACK, "GZIP", " Deflate "])
def test_a_packed_request_is_answered(name: str, packing: str) -> None:
    body = PACK[packing.strip().lower()](VALID_BODY.encode())
    event = set_header(request(name, body=body), "Content-Encoding", packing)
    reply = reply_of(handler(event, None))
    assert (reply.status, reply.body) == (200, ANSWER)


@pytest.mark.parametrize("name", HTTP_EVENTS)
def test_a_body_that_is_not_packed_may_say_so(name: str) -> None:
    event = set_header(request(name), "content-encoding", "identity")
    assert reply_of(handler(event, None)).body == ANSWER


@pytest.mark.parametrize("packing", ["br", "zstd", "compress", "gzip, deflate", "gzip,gzip", "x"])
def test_another_packing_is_told_what_to_use(packing: str) -> None:
    event = set_header(request("http", body=b"{}"), "Content-Encoding", packing)
    reply = reply_of(handler(event, None))
    message = f"Content-Encoding {packing} is not supported, use one of gzip, deflate or none"
    assert (reply.status, reply.body) == (415, {"message": message})
    assert reply.headers["Accept-Encoding"] == "gzip, deflate"


@given(body=st.binary(max_size=3000))
def test_what_python_packs_is_unpacked(body: bytes) -> None:
    for name, pack in PACK.items():
        assert unpacked(pack(body), name, base64=True, most=MAX_BODY_BYTES) == body


@given(body=st.binary(max_size=200))
def test_whatever_is_not_packed_is_refused(body: bytes) -> None:
    good = gzip.compress(body)
    for bad in (body, good[:-1], good + b"x", good + good, b""):
        with pytest.raises(BadRequest, match="the body is not gzip, as its Content-Encoding says"):
            unpacked(bad, "gzip", base64=True, most=MAX_BODY_BYTES)


def test_a_body_of_text_cannot_be_packed() -> None:
    with pytest.raises(UnsupportedMediaType, match="was read as text on its way"):
        unpacked(b"{}", "gzip", base64=False, most=MAX_BODY_BYTES)


@pytest.mark.parametrize(("size", "most"), [(10**9, 99), (65_537, 65_536), (6_000_000, 600_000)])
def test_a_bomb_is_not_unpacked(size: int, most: int) -> None:
    with pytest.raises(TooLarge, match="bytes unpacked, the limit for"):
        unpacked(gzip.compress(bytes(size)), "gzip", base64=True, most=most)


def test_rows_of_numbers_are_far_from_the_limit_and_rows_of_zeros_beyond_it() -> None:
    rows = json.dumps([[n / 7, n % 3, 0, 0, 1] for n in range(50_000)]).encode()
    assert unpacked(gzip.compress(rows), "gzip", base64=True, most=MAX_BODY_BYTES) == rows
    zeros = json.dumps([[0.0] * 13] * 50_000).encode()
    assert len(zeros) > MAX_RATIO * len(gzip.compress(zeros))
    with pytest.raises(TooLarge):
        unpacked(gzip.compress(zeros), "gzip", base64=True, most=MAX_BODY_BYTES)


def test_the_limit_on_a_body_holds_for_what_is_unpacked() -> None:
    numbers = json.dumps([n / 3 for n in range(400_000)]).encode()
    assert len(numbers) > MAX_BODY_BYTES
    event = set_header(request("http", body=gzip.compress(numbers)), "Content-Encoding", "gzip")
    with pytest.raises(TooLarge, match=f"more than {MAX_BODY_BYTES} bytes unpacked"):
        read(event).body()
