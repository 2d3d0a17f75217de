"""The REST APIs of the local AWS."""

import json
from typing import Any

import pytest

from tests.local.function_stack import FunctionStack, call
from tests.local.instance import Instance

pytestmark = pytest.mark.docker
FAILURE = (502, b'{"message": "Internal server error"}')


@pytest.fixture(scope="module")
def url(instance: Instance, pushed: dict[str, str]) -> Any:
    """The URL of one API for the tests that only call it."""
    stack = FunctionStack(instance, "gateway")
    stack.deploy(pushed["first"])
    yield stack.url()
    stack.delete()


def test_any_method_reaches_the_function_on_every_path(url: str) -> None:
    for path in ("/", "/one", "/one/two"):
        status, body = call(url + path, b"hello")
        assert (status, json.loads(body)["asked"]) == (200, "hello")


def test_bytes_of_a_binary_media_type_arrive_and_return_unchanged(url: str) -> None:
    content = bytes(range(256))
    binary = "application/octet-stream"
    answer = call(url + "/binary", content, Content_Type=binary, Accept=binary)
    assert answer == (200, content[::-1])


def test_proxy_answers_hide_the_exception_of_a_function(url: str) -> None:
    assert call(url + "/fails") == FAILURE


def test_proxy_answers_hide_the_time_out_of_a_function(url: str) -> None:
    assert call(url + "/sleeps?seconds=12") == FAILURE
    assert call(url + "/")[0] == 200


def test_proxy_answers_may_have_six_megabytes(url: str) -> None:
    assert call(url + "/large?bytes=6000000")[0] == 200
    assert call(url + "/large?bytes=6300000") == FAILURE
    assert call(url + "/")[0] == 200


def test_same_api_after_its_paths_change(
    instance: Instance, function: FunctionStack, pushed: dict[str, str], tmp_path: Any
) -> None:
    before = function.url()
    assert call(before + "/below")[0] == 200
    changed = tmp_path / "function.yaml"
    changed.write_text(function.template.read_text().replace("{proxy+}", "only"))
    function.template = changed
    function.deploy(pushed["first"])
    assert function.url() == before
    assert call(before + "/only")[0] == 200
    assert call(before + "/below")[0] == 403
