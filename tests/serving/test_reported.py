"""Events that once got a wrong answer, or none, each with the right one."""

from typing import Annotated, Any

import pytest
from msgspec import Meta, Struct

from serving import api
from serving.errors import NotARequest
from tests.serving.recorded import recorded, reply_of

ORIGIN = "https://app.example.com"


class Eruption(Struct, forbid_unknown_fields=True):
    """An eruption of Old Faithful."""

    eruption_minutes: Annotated[float, Meta(ge=1.5, le=5.5)]


def wait(request: Eruption) -> float:
    """The least-squares line through 272 eruptions, as R's `lm(waiting ~ eruptions, faithful)`."""
    return round(33.474397 + 10.729641 * request.eruption_minutes, 2)


def answered(name: str) -> Any:
    return reply_of(api(wait)(recorded(f"reported/{name}"), None))


@pytest.mark.parametrize("name", ["gzip_b64_http", "basepath_http", "bom", "lattice1", "lattice2"])
def test_a_request_is_answered(name: str) -> None:
    reply = answered(name)
    assert (reply.status, reply.body) == (200, 72.1)


def test_bytes_that_were_read_as_text_are_refused_with_the_remedy() -> None:
    reply = answered("gzip_mangled_rest")
    assert reply.status == 415
    assert "Content-Encoding gzip: the body was read as text on its way" in reply.body["message"]
    assert "BinaryMediaTypes" in reply.body["message"]


def test_a_preflight_is_answered_for_the_origins_that_may_ask(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CORS_ORIGINS", ORIGIN)
    reply = answered("cors_preflight_rest")
    assert (reply.status, reply.headers["Access-Control-Allow-Origin"]) == (204, ORIGIN)
    monkeypatch.setenv("CORS_ORIGINS", "https://example.org")
    assert answered("cors_preflight_rest").status == 403
    monkeypatch.delenv("CORS_ORIGINS")
    assert answered("cors_preflight_rest").status == 405


@pytest.mark.parametrize("name", ["sqs", "websocket"])
def test_what_is_no_request_makes_the_function_fail(name: str) -> None:
    with pytest.raises(NotARequest):
        api(wait)(recorded(f"reported/{name}"), None)
