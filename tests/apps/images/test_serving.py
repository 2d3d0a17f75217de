"""Requests to a model without labels, and answers that JSON cannot carry as they are."""

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engines.tensor import KINDS, Port, Tensor, pack
from serving.photographs import Framing, pixels
from tests.apps.images.served import RGB, served
from tests.serving.photographs.files import encoded, noise
from tests.serving.recorded import reply_of, request

FLOAT, UINT8 = KINDS[1], KINDS[2]
PICTURE = encoded(noise((8, 4)), "PNG")


class Echo:
    """Answers the first pixel, the size of the input, and what is not a number."""

    def __init__(self, rows: int = 1) -> None:
        self.inputs = [Port("pixels", UINT8, (1, 4, 8, 3))]
        self.outputs = [Port("the first", UINT8, (3,)), Port("odd", FLOAT, (1, ""))]
        self._rows = rows

    def about(self) -> dict[str, Any]:
        return {}

    def run(self, tensors: Any) -> list[Tensor]:
        content = tensors[0].content
        odd = [float("nan"), float("inf"), 1.5] * self._rows
        return [Tensor((3,), content[:3]), Tensor((1, len(odd)), pack(FLOAT, odd))]


@pytest.fixture
def handler(tmp_path: Path) -> Callable[..., Any]:
    return served(Echo(), tmp_path, image={"color": "BGR", "resize": "stretch"})[0]


def send(handler: Any, body: Any, content_type: str = "application/json", **query: str) -> Any:
    call = request("rest", body, content_type=content_type)
    call["queryStringParameters"] = query
    call.pop("multiValueQueryStringParameters", None)
    reply = reply_of(handler(call, None))
    return reply.status, reply.body


def test_outputs_are_answered_by_name_whichever_way_the_photograph_came(handler: Any) -> None:
    first = list(pixels(PICTURE, Framing(8, 4, "stretch"))[:3])
    answer = {"the first": first[::-1], "odd": [[None, None, 1.5]]}
    form = (
        b'--b\r\nContent-Disposition: form-data; name="image"\r\n\r\n' + PICTURE + b"\r\n--b--\r\n"
    )
    for body, content_type in (
        (f'{{"input_image": "{base64.b64encode(PICTURE).decode()}"}}', "application/json"),
        (PICTURE, "image/png"),
        (PICTURE, "application/octet-stream"),
        (form, "multipart/form-data; boundary=b"),
    ):
        assert send(handler, body, content_type) == (200, answer)


@pytest.mark.parametrize(
    ("body", "content_type", "message"),
    [
        ('{"input_image": "AA==", "n_predictions": 1}', "application/json", "unknown field"),
        ("{}", "application/json", "give one of input_url, input_image and input_urls"),
        (b"GIF", "image/gif", "the photograph is not a JPEG, PNG, WebP or GIF file"),
        (
            b'--b\r\nContent-Disposition: form-data; name="n_predictions"\r\n\r\n1\r\n--b--\r\n',
            "multipart/form-data; boundary=b",
            "the form must have the field image and no other",
        ),
    ],
)
def test_what_a_model_without_labels_does_not_take_is_refused(
    handler: Any, body: Any, content_type: str, message: str
) -> None:
    status, answer = send(handler, body, content_type)
    assert status == 400
    assert message in answer["message"]


def test_a_count_in_the_query_is_checked_though_the_form_has_one(tmp_path: Path) -> None:
    labels: dict[str, Any] = {"labels": ["a", "b", "c"], "scores": "probabilities"}
    named, _ = served(Echo(), tmp_path, image=RGB, output="the first", **labels)
    form = b"".join(
        b'--b\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n' % field
        for field in ((b"image", PICTURE), (b"n_predictions", b"2"))
    )
    sent = form + b"--b--\r\n", "multipart/form-data; boundary=b"
    status, answer = send(named, *sent, n_predictions="3")
    assert (status, len(answer)) == (200, 2)
    assert send(named, *sent, n_predictions="4") == (
        400,
        {"message": "n_predictions must be 1 to 3, got 4"},
    )


def test_a_failure_among_several_addresses_is_answered_in_its_place(handler: Any) -> None:
    body = '{"input_urls": ["http://127.0.0.1/", "http://localhost/"]}'
    status, answers = send(handler, body)
    assert status == 200
    assert [set(answer) for answer in answers] == [{"message"}, {"message"}]


def test_an_answer_that_lambda_cannot_carry_is_refused(tmp_path: Path) -> None:
    large, _ = served(Echo(1_100_000), tmp_path, image=RGB)
    status, answer = send(large, PICTURE, "image/png")
    assert status == 413
    assert (
        answer["message"]
        == "odd: float32 of shape [1, 3300000] is larger than Lambda carries (6 MB)"
    )


def test_the_contract_has_the_outputs_and_no_number_of_labels(handler: Any) -> None:
    call = request("rest", None, method="GET", path="/predict/openapi.json")
    document = reply_of(handler(call, None)).body
    schemas = document["components"]["schemas"]
    assert set(schemas["Request"]["properties"]) == {"input_url", "input_image", "input_urls"}
    assert set(schemas["Outputs"]["properties"]) == {"the first", "odd"}
    assert "n_predictions" not in str(document)
