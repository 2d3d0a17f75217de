from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pytorch_example.asking import FORM, GREENISH, JSON, README, base64_of, form, public, send
from tests.serving.photographs.files import png
from tests.serving.urls.internet import Internet

__all__ = ("public",)  # a fixture


@pytest.mark.parametrize("count", [0, -1, 8, 10**30])
def test_a_number_of_labels_beyond_the_classes_is_refused(count: int, internet: Internet) -> None:
    message = f"n_predictions must be 1 to 7, got {count}"
    for reply in (
        send({"input_url": "http://example.com/", "n_predictions": count}),
        send({"input_image": base64_of(GREENISH), "n_predictions": count}),
        send({"input_urls": ["http://example.com/"], "n_predictions": count}),
        send(GREENISH, "image/png", n_predictions=str(count)),
        send(form(image=GREENISH, n_predictions=str(count).encode()), FORM),
    ):
        assert (reply.status, reply.body) == (400, {"message": message})
    assert internet.look_ups == []


@pytest.mark.parametrize("count", ["", " 2", "2.0", "two", "\u0662", "1_0", "+2", "9" * 5000])
def test_what_is_no_number_of_labels_is_refused(count: str) -> None:
    reply = send(GREENISH, "image/png", n_predictions=count)
    assert reply.status == 400
    assert reply.body["message"].startswith(f"n_predictions must be 1 to 7, got {count[:900]}")


NEITHER_OR_BOTH = {
    "nothing": {},
    "only a number": {"n_predictions": 2},
    "URL and photograph": {"input_url": "http://example.com/", "input_image": ""},
    "URL and URLs": {"input_url": "http://example.com/", "input_urls": ["http://example.com/"]},
    "all three": {"input_url": "", "input_image": "", "input_urls": [""]},
}


@pytest.mark.parametrize("body", NEITHER_OR_BOTH.values(), ids=NEITHER_OR_BOTH)
def test_exactly_one_photograph_or_list_must_be_given(body: Any, internet: Internet) -> None:
    reply = send(body)
    assert reply.status == 400
    assert reply.body["message"].startswith("give one of input_url, input_image and input_urls")
    assert internet.look_ups == []


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"input_url": 7}, "input_url: expected str, got int"),
        ({"input_url": "h" * 8193}, "input_url: expected str of length <= 8192"),
        ({"input_image": "?"}, "input_image: invalid base64 encoded string"),
        ({"input_urls": []}, "input_urls: expected array of length >= 1"),
        (
            {"input_urls": ["http://example.com/"] * 17},
            "input_urls: expected array of length <= 16",
        ),
        ({"input_urls": [None]}, "input_urls[0]: expected str, got null"),
        ({"input_url": "", "n_predictions": "2"}, "n_predictions: expected int, got str"),
        (
            {"url": "http://example.com/"},
            "Object contains unknown field url, expected one of "
            "input_url, input_image, input_urls, n_predictions",
        ),
        ({"input_image": ""}, "the photograph is empty"),
        ({"input_image": base64_of(GREENISH[:60])}, "the photograph is truncated"),
        (
            {"input_image": base64_of(b"text")},
            "the photograph is not a JPEG, PNG, WebP or GIF file",
        ),
    ],
)
def test_a_bad_request_is_refused_with_the_reason(body: Any, message: str) -> None:
    reply = send(body)
    assert (reply.status, reply.body) == (400, {"message": message})


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"{}", JSON),
        (b'{"input_image": "?"}', JSON),
        (b'{"input_url": "http://localhost/"}', JSON),
        (b'{"input_url": "http://example.com/big"}', JSON),
        (b'{"input_url": "http://example.com/missing"}', JSON),
        (form(picture=GREENISH), FORM),
        (b"", "image/png"),
        (b"text", "image/png"),
        (GREENISH[:60], "image/png"),
        (GREENISH[:20] + b"?" + GREENISH[21:], "image/png"),
        (png((9999, 9999), 8, 2, b""), "image/png"),
    ],
)
def test_the_readme_has_the_message_of_each_error(
    body: bytes, content_type: str, public: Internet
) -> None:
    assert f"`{send(body, content_type).body['message']}`" in README


@pytest.mark.parametrize(
    ("body", "content_type", "status", "message"),
    [
        (b"", "image/jpeg", 400, "the photograph is empty"),
        (b"text", "image/jpeg", 400, "the photograph is not a JPEG, PNG, WebP or GIF file"),
        (png((9999, 9999), 8, 2, b""), "image/png", 413, "the photograph has 9999 x 9999 pixels,"),
        (GREENISH, "image/tiff", 415, "Content-Type image/tiff is not supported, use"),
        (
            GREENISH,
            "application/x-www-form-urlencoded",
            415,
            "Content-Type application/x-www-form-urlencoded is not",
        ),
        (form(picture=GREENISH), FORM, 400, "the form must have the field image"),
        (form(image=GREENISH, n=b"1"), FORM, 400, "the form must have the field image"),
        (form(image=b""), FORM, 400, "the photograph is empty"),
    ],
)
def test_a_bad_body_is_refused_with_the_reason(
    body: bytes, content_type: str, status: int, message: str
) -> None:
    reply = send(body, content_type)
    assert reply.status == status
    assert reply.body["message"].startswith(message)


@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda items: st.lists(items) | st.dictionaries(st.text(), items),
    ),
    field=st.sampled_from(["input_image", "input_urls", "n_predictions", "other"]),
)
def test_whatever_is_sent_is_refused_with_a_message(value: Any, field: str) -> None:
    reply = send({field: value})
    if reply.status != 200:
        assert reply.status == 400
        assert reply.body["message"]


@given(body=st.binary(), content_type=st.sampled_from(["image/png", FORM, "image/gif"]))
def test_whatever_is_the_body_is_refused_with_a_message(body: bytes, content_type: str) -> None:
    reply = send(body, content_type)
    assert reply.status == 400
    assert reply.body["message"]
