"""The real photographs and the real network: what is answered, whichever way a photograph comes."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from PIL.JpegImagePlugin import JpegImageFile

from serving.photographs import Framing, pixels
from tests.model_directory import REPOSITORY, example
from tests.pytorch_example.conftest import Network
from tests.pytorch_example.stand_in import MODULES
from tests.serving.recorded import reply_of, request
from tests.serving.urls.internet import Internet, ok

APP = MODULES["app"]
README = (REPOSITORY / "pytorch-example/README.md").read_text()
MOST_PERCENT_OFF = 1.5
FIRST = {
    "dog.jpg": ("Samoyed, Samoyede", 73.3),
    "cat_720p.jpg": ("Egyptian cat", 70.9),
    "hot_dog.jpg": ("hotdog, hot dog, red hot", 57.7),
}


@pytest.fixture
def handler(network: Network, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """The handler with the real network; answers with the reply's body."""
    monkeypatch.setattr(APP, "model", network)

    def handle(body: str | bytes, content_type: str = "application/json") -> Any:
        reply = reply_of(APP.handler(request("rest", body, content_type=content_type), None))
        assert reply.status == 200
        return reply.body

    return handle


@pytest.mark.parametrize("name", FIRST)
def test_a_photograph_gets_the_same_numbers_whichever_way_it_comes(
    name: str,
    photographs: dict[str, bytes],
    handler: Callable[..., Any],
    internet: Internet,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    content = photographs[name]
    server = internet.serve({f"/{name}": ok(content)})
    monkeypatch.setenv("URL_ALLOW_LIST", f"127.0.0.1:{server.port}")
    url = f"http://127.0.0.1:{server.port}/{name}"
    form = b'--b\r\nContent-Disposition: form-data; name="image"; filename="a"\r\n\r\n' + content
    answers = [
        handler(json.dumps({"input_url": url})),
        handler(content, "image/jpeg"),
        handler(json.dumps({"input_image": base64.b64encode(content).decode()})),
        handler(form + b"\r\n--b--\r\n", "multipart/form-data; boundary=b"),
        handler(json.dumps({"input_urls": [url]}))[0],
    ]
    assert answers == [answers[0]] * 5
    label, percent = FIRST[name]
    assert answers[0][0] == [label, pytest.approx(percent, abs=0.2)]
    assert len(answers[0]) == 5
    assert [entry[1] for entry in answers[0]] == sorted((p for _, p in answers[0]), reverse=True)


def test_the_readme_shows_the_real_answers(
    photographs: dict[str, bytes], handler: Callable[..., Any]
) -> None:
    answer = handler(photographs["dog.jpg"], "image/jpeg")
    rounded = [[label, round(percent, 2)] for label, percent in answer]
    for count in (1, 2, 3):
        assert json.dumps(rounded[:count]).replace("], [", "],[").replace('", ', '",') in README


def test_the_example_is_answered_as_it_says(handler: Callable[..., Any]) -> None:
    expected = example("pytorch-example")
    ((label, percent),) = handler(json.dumps(expected["request"]))
    assert [label] == [answer[0] for answer in expected["answer"]]
    assert percent == pytest.approx(expected["answer"][0][1], abs=expected["tolerance"])


def test_the_photograph_of_the_example_is_a_small_file() -> None:
    content = base64.b64decode(example("pytorch-example")["request"]["input_image"])
    assert len(content) < 20_000
    assert len(pixels(content, Framing(224, 224, "crop", 256))) == 224 * 224 * 3


def first(network: Network, shown: bytes) -> tuple[str, float]:
    return max(zip(network.labels, network.predict(shown), strict=True), key=lambda pair: pair[1])


@pytest.mark.parametrize("resize", [256, 224])
@pytest.mark.parametrize("name", FIRST)
def test_decoding_at_a_reduced_scale_changes_neither_the_label_nor_the_percent(
    name: str,
    resize: int,
    photographs: dict[str, bytes],
    network: Network,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    framing = network.framing._replace(short_side=resize)
    label, percent = first(network, pixels(photographs[name], framing))
    monkeypatch.setattr(JpegImageFile, "draft", lambda *_: None)
    full = first(network, pixels(photographs[name], framing))
    assert label == full[0]
    assert percent == pytest.approx(full[1], abs=MOST_PERCENT_OFF)
