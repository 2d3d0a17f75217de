import pytest

from tests.pytorch_example.asking import (
    ANSWER,
    APP,
    FORM,
    GREENISH,
    JSON,
    Context,
    base64_of,
    form,
    public,
    send,
)
from tests.serving.photographs.files import FORMATS, encoded, plain
from tests.serving.recorded import HTTP_EVENTS, reply_of, request
from tests.serving.urls.internet import Internet

__all__ = ("public",)  # a fixture


@pytest.mark.parametrize("event", HTTP_EVENTS)
def test_a_photograph_of_any_door_gets_the_same_answer(event: str) -> None:
    bodies = [
        (GREENISH, "image/png"),
        (GREENISH, "image/jpeg"),
        (GREENISH, "application/octet-stream"),
        (form(image=GREENISH), FORM),
        ({"input_image": base64_of(GREENISH)}, JSON),
    ]
    assert [send(body, kind, event, n_predictions="3").body for body, kind in bodies[:4]] == [
        ANSWER
    ] * 4
    assert (
        send({"input_image": base64_of(GREENISH), "n_predictions": 3}, JSON, event).body == ANSWER
    )


def test_an_invocation_without_http_is_answered_with_the_bare_list(public: Internet) -> None:
    event = {"input_url": "http://example.com/green.png", "n_predictions": 1}
    assert APP.handler(event, Context(20)) == ANSWER[:1]


@pytest.mark.parametrize("kind", [f"image/{name.lower()}" for name in FORMATS])
def test_what_a_photograph_is_shows_in_its_first_bytes(kind: str) -> None:
    for name in FORMATS:
        content = encoded(plain("RGB", (20, 60, 20)), name)
        assert send(content, kind, n_predictions="1").body[0][0] == "green"


@pytest.mark.parametrize("count", [1, 2, 3])
def test_as_many_labels_are_answered_as_are_asked_for(count: int) -> None:
    asked = [
        send({"input_image": base64_of(GREENISH), "n_predictions": count}),
        send(GREENISH, "image/png", n_predictions=str(count)),
        send(form(image=GREENISH, n_predictions=str(count).encode()), FORM),
        send(form(n_predictions=str(count).encode(), image=GREENISH), FORM, n_predictions="2"),
    ]
    assert [reply.body for reply in asked] == [ANSWER[:count]] * 4


def test_five_labels_are_answered_where_no_number_is_given() -> None:
    best = [*ANSWER, ["cyan", 0.0], ["magenta", 0.0]]
    assert send({"input_image": base64_of(GREENISH)}).body == best
    assert send(GREENISH, "image/png").body == best
    assert send(form(image=GREENISH), FORM).body == best


def test_the_contract_describes_the_inputs() -> None:
    event = request("rest", None, method="GET", path="/predict/openapi.json")
    document = reply_of(APP.handler(event, None)).body
    assert set(document["paths"]["/predict"]["post"]["requestBody"]["content"]) == {
        "application/json",
        "application/octet-stream",
        "image/gif",
        "image/jpeg",
        "image/png",
        "image/webp",
        "multipart/form-data",
    }
    fields = document["components"]["schemas"]["Request"]["properties"]
    assert set(fields) == {"input_url", "input_image", "input_urls", "n_predictions"}
