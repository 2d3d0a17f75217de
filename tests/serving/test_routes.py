"""What is at which path, and for which method."""

import pytest

from serving import api
from serving.application import Application
from tests.serving.recorded import HTTP_EVENTS, reply_of, request
from tests.serving.toy_model import ANSWER, Answer, Request, scale

handler = api(scale)


def application(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Application[Request, Answer]:
    """The toy model, deployed with these environment variables."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return api(scale)


@pytest.mark.parametrize("name", HTTP_EVENTS)
@pytest.mark.parametrize("path", ["/predict", "/predict/health", "/predict/health/"])
def test_a_get_says_which_model_it_is_and_that_it_is_loaded(
    name: str, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    function = application(monkeypatch, MODEL_NAME="toy", MODEL_RELEASE="20250829-1a2b")
    reply = reply_of(function(request(name, body=None, method="GET", path=path), None))
    assert reply.status == 200
    assert reply.body == {"model": "toy", "release": "20250829-1a2b", "loaded": True}


@pytest.mark.parametrize("name", HTTP_EVENTS)
@pytest.mark.parametrize("path", ["/predict", "/predict/health", "/predict/openapi.json"])
def test_head_is_get_without_the_body(name: str, path: str) -> None:
    get = reply_of(handler(request(name, method="GET", path=path), None))
    head = reply_of(handler(request(name, method="HEAD", path=path), None))
    assert (head.status, head.headers, head.body) == (get.status, get.headers, None)


@pytest.mark.parametrize("api_path", ["/v1/house prices", "v1/house prices/", "/v1/house prices/"])
def test_the_model_is_at_the_path_of_its_environment(
    api_path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    function = application(monkeypatch, API_PATH=api_path)
    for path, status in {"/v1/house prices": 200, "/predict": 404, "/house prices": 404}.items():
        assert reply_of(function(request("rest", path=path), None)).status == status


def test_variables_that_are_set_to_nothing_are_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    function = application(monkeypatch, API_PATH="", MODEL_NAME="", MODEL_RELEASE="")
    reply = reply_of(function(request("rest", method="GET", path="/predict/health"), None))
    assert reply.body == {"model": "model", "release": "", "loaded": True}


def test_the_model_can_be_at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    function = application(monkeypatch, API_PATH="/")
    assert reply_of(function(request("alb", path="/"), None)).body == ANSWER
    assert reply_of(function(request("alb", method="GET", path="/health"), None)).status == 200


@pytest.mark.parametrize("name", HTTP_EVENTS)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
@pytest.mark.parametrize("path", ["/", "/predicts", "/predict/x", "/xpredict", "/predict/health/x"])
def test_another_path_is_404(name: str, method: str, path: str) -> None:
    reply = reply_of(handler(request(name, method=method, path=path), None))
    message = f"there is nothing at {path}, the model is at /predict"
    assert (reply.status, reply.body) == (404, {"message": message})


@pytest.mark.parametrize("name", HTTP_EVENTS)
@pytest.mark.parametrize(
    ("path", "method", "allowed"),
    [
        ("/predict", "PUT", "HEAD, GET, POST"),
        ("/predict", "OPTIONS", "HEAD, GET, POST"),
        ("/predict/health", "POST", "HEAD, GET"),
        ("/predict/openapi.json", "DELETE", "HEAD, GET"),
    ],
)
def test_another_method_is_405_and_told_which(
    name: str, path: str, method: str, allowed: str
) -> None:
    reply = reply_of(handler(request(name, method=method, path=path), None))
    assert (reply.status, reply.headers["Allow"]) == (405, allowed)
    assert reply.body == {"message": f"use one of {allowed}, not {method}"}


BELOW_ANY_BASE_PATH = ("http", "http_payload_1")  # their route is $default, which tells no path


@pytest.mark.parametrize("name", HTTP_EVENTS)
@pytest.mark.parametrize("path", ["/ml/predict", "/a/b/predict", "/predict/predict"])
def test_the_default_route_of_an_http_api_answers_below_any_base_path(name: str, path: str) -> None:
    expected = (200, ANSWER) if name in BELOW_ANY_BASE_PATH else (404, None)
    reply = reply_of(handler(request(name, path=path), None))
    assert (reply.status, reply.body if reply.status == 200 else None) == expected
    health = reply_of(handler(request(name, method="GET", path=f"{path}/health"), None))
    assert health.status == expected[0]
