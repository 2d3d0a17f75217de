"""What a web page can do to the local AWS of whoever looks at it: call deployed models, no more."""

import json

import pytest

from tests.local.attack import FUNCTIONS, functions, send, zip_function
from tests.local.function_stack import FunctionStack, call
from tests.local.instance import Instance

pytestmark = pytest.mark.docker
PAGE = {"Origin": "https://page.example", "Sec-Fetch-Site": "cross-site"}
# A page may send this media type with no preflight.
PLAIN = {"Content-Type": "text/plain"}


def test_a_page_cannot_make_a_function(instance: Instance) -> None:
    status, body = send(
        instance.api_port, "POST", FUNCTIONS, zip_function("page"), {**PAGE, **PLAIN}
    )
    assert (status, b"Web pages cannot call" in body) == (403, True)
    assert "page" not in functions(instance)


def test_a_page_cannot_reset_or_read_what_ministack_has_beside_its_services(
    instance: Instance,
) -> None:
    for method, path in (
        ("POST", "/_ministack/reset"),
        ("POST", "/_ministack/config"),
        ("GET", "/_ministack/health"),
        ("GET", "/_localstack/health"),
        ("GET", "/_aws/ses"),
        ("OPTIONS", "/bucket"),
        ("GET", "/bucket/key"),
    ):
        assert send(instance.api_port, method, path, headers=PAGE)[0] == 403, path


@pytest.mark.parametrize("headers", [{"Origin": "null"}, {"Sec-Fetch-Site": "same-site"}])
def test_one_header_of_a_page_is_enough_to_refuse_it(
    headers: dict[str, str], instance: Instance
) -> None:
    status, body = send(instance.api_port, "GET", FUNCTIONS + "/", headers=headers)
    assert (status, b"Web pages cannot call" in body) == (403, True)


def test_a_page_of_a_name_that_leads_to_this_machine_reaches_nothing(
    instance: Instance, function: FunctionStack
) -> None:
    model = function.url().removeprefix(instance.endpoint) + "/"
    for path in (FUNCTIONS + "/", model, "/health"):
        for host in (f"rebound.example:{instance.api_port}", "127.0.0.1", "127.0.0.1:1"):
            status, body = send(instance.api_port, "GET", path, headers={"Host": host})
            assert (status, b"The local AWS answers at" in body) == (403, True), (path, host)


def test_a_page_cannot_open_a_web_socket(instance: Instance) -> None:
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
    key = {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
    path = "/_aws/execute-api/any/live"
    assert send(instance.api_port, "GET", path, headers={**PAGE, **upgrade, **key})[0] == 403


def test_pages_of_any_origin_may_call_a_deployed_model(function: FunctionStack) -> None:
    status, body = call(function.url() + "/", b"hello", **PAGE)
    assert (status, json.loads(body)["asked"]) == (200, "hello")


def test_a_host_of_localhost_is_this_machine_too(instance: Instance) -> None:
    host = {"Host": f"localhost:{instance.api_port}"}
    assert send(instance.api_port, "GET", "/health", headers=host) == (200, b"up\n")
