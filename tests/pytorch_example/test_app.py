import base64
import json
import os
import threading
from time import monotonic
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.model_directory import REPOSITORY
from tests.pytorch_example.stand_in import MODULES
from tests.serving.photographs.files import FORMATS, encoded, plain, png
from tests.serving.recorded import HTTP_EVENTS, Reply, reply_of, request
from tests.serving.urls.internet import Internet, ok, response

APP = MODULES["app"]
README = (REPOSITORY / "pytorch-example/README.md").read_text()
GREENISH = encoded(plain("RGB", (20, 60, 20)), "PNG")
ANSWER = [["green", 60.0], ["red", 20.0], ["blue", 20.0]]
PUBLIC = "93.184.215.14"
FORM = "multipart/form-data; boundary=b"
JSON = "application/json"


class Context:
    """What Lambda says of a call: how long it may take."""

    aws_request_id = "1"

    def __init__(self, seconds: float) -> None:
        self._ends = monotonic() + seconds

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds."""
        return int(1000 * (self._ends - monotonic()))


def send(
    body: Any, content_type: str = JSON, event: str = "rest", seconds: float = 20, **query: str
) -> Reply:
    """Sends a body: a JSON value, or bytes."""
    content = body if isinstance(body, bytes) else json.dumps(body)
    call = request(event, content, content_type=content_type)
    call["queryStringParameters"] = query
    call.pop("multiValueQueryStringParameters", None)
    return reply_of(APP.handler(call, Context(seconds)))


def form(**fields: bytes) -> bytes:
    """The body of a form."""
    heads = ((f'Content-Disposition: form-data; name="{name}"', name) for name in fields)
    parts = [b"--b\r\n" + head.encode() + b"\r\n\r\n" + fields[name] for head, name in heads]
    return b"\r\n".join([*parts, b"--b--\r\n"])


def base64_of(content: bytes) -> str:
    return base64.b64encode(content).decode()


@pytest.fixture
def public(internet: Internet) -> Internet:
    """An internet in which example.com has the photograph, and a few other things."""
    internet.name("example.com", [PUBLIC])
    answers = {"/green.png": ok(GREENISH), "/text": ok(b"secret"), "/big": ok(bytes(10_000_001))}
    internet.serve({**answers, "/red.png": ok(encoded(plain("RGB", (9, 0, 0)), "PNG"))}, PUBLIC, 80)
    return internet


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


def test_a_photograph_is_fetched_from_its_url(public: Internet) -> None:
    reply = send({"input_url": "http://example.com/green.png", "n_predictions": 3})
    assert reply.status == 200
    assert reply.body == ANSWER


def test_the_server_of_a_photograph_is_told_who_asks_and_for_what(internet: Internet) -> None:
    internet.name("example.com", [PUBLIC])
    server = internet.serve({"/": ok(GREENISH)}, PUBLIC, 80)
    assert send({"input_url": "http://example.com/"}).status == 200
    assert "User-Agent: pytorch-example\r\n" in server.heads[0]
    assert "Accept: image/jpeg, image/png, image/webp, image/gif\r\n" in server.heads[0]


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
        ({"url": "http://example.com/"}, "Object contains unknown field url"),
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
        (GREENISH, "image/tiff", 415, "image/tiff is not taken"),
        (GREENISH, "application/x-www-form-urlencoded", 415, "application/x-www-form-urlencoded"),
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


@pytest.mark.parametrize(
    ("url", "status", "message"),
    [
        ("http://127.0.0.1:9001/", 400, "the URL may not be fetched"),
        ("http://nothing.example/", 422, "the URL cannot be fetched"),
        ("http://example.com/missing", 422, "the URL cannot be fetched"),
        ("http://example.com/big", 413, "the URL's file has more than 10000000 bytes"),
        ("http://example.com/text", 400, "the photograph is not a JPEG, PNG, WebP or GIF file"),
    ],
)
def test_a_bad_url_is_refused_alone_and_among_others(
    url: str, status: int, message: str, public: Internet
) -> None:
    reply = send({"input_url": url})
    assert reply.status == status
    assert reply.body["message"].startswith(message)
    good = "http://example.com/green.png"
    among = send({"input_urls": [good, url, good], "n_predictions": 3})
    assert among.status == 200
    assert among.body == [ANSWER, {"message": reply.body["message"]}, ANSWER]


def test_several_urls_are_answered_in_their_order(public: Internet) -> None:
    urls = [f"http://example.com/{colour}.png" for colour in ("red", "green") * 8]
    answers = send({"input_urls": urls, "n_predictions": 1}).body
    assert [answer[0][0] for answer in answers] == ["red", "green"] * 8


def test_several_urls_are_fetched_at_once(internet: Internet) -> None:
    together = threading.Barrier(16, timeout=5)

    def wait_for_all(connection: Any) -> None:
        together.wait()
        connection.sendall(ok(GREENISH))

    internet.name("example.com", [PUBLIC])
    internet.serve({"/": wait_for_all}, PUBLIC, 80)
    reply = send({"input_urls": ["http://example.com/"] * 16, "n_predictions": 3})
    assert reply.body == [ANSWER] * 16


def test_fetching_leaves_time_to_predict(internet: Internet) -> None:
    def silence(_: Any) -> None:
        server.ended.wait(30)

    internet.name("example.com", [PUBLIC])
    server = internet.serve({"/": silence, "/green": ok(GREENISH)}, PUBLIC, 80)
    started = monotonic()
    urls = ["http://example.com/", "http://example.com/green"]
    reply = send({"input_urls": urls, "n_predictions": 3}, seconds=APP.PREDICT_SECONDS + 0.3)
    assert monotonic() - started < 1
    assert [set(answer) for answer in reply.body] == [{"message"}, {"message"}]
    assert send({"input_url": urls[0]}, seconds=APP.PREDICT_SECONDS).status == 422
    assert send({"input_url": urls[1]}, seconds=APP.PREDICT_SECONDS + 5).status == 200


def test_nothing_of_what_is_there_is_in_the_answer_or_the_log(
    internet: Internet, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = "the-credentials"
    internet.name("example.com", [PUBLIC])
    internet.name("inside.example", ["10.1.2.3"])
    found = {"/": ok(secret.encode()), "/404": response("404 Not Found", secret.encode())}
    internet.serve(found, PUBLIC, 80)
    for url in ("http://example.com/", "http://example.com/404", "http://inside.example/"):
        send({"input_url": url})
        send({"input_urls": [url]})
        send({"input_url": f"{url}?{secret}"})
    written = capsys.readouterr()
    assert secret not in written.out + written.err
    assert "10.1.2.3" not in written.out + written.err


def test_requests_good_and_bad_leave_no_thread_and_no_open_file(public: Internet) -> None:
    def send_all() -> None:
        for url in ("green.png", "missing", "text", "big"):
            send({"input_url": f"http://example.com/{url}"})
        send({"input_urls": ["http://example.com/green.png", "http://127.0.0.1/", "nothing"]})
        send({"input_image": base64_of(GREENISH)})
        send({"input_image": base64_of(GREENISH[:50])})
        send(form(image=GREENISH), FORM)

    send_all()
    threads, files = threading.active_count(), len(os.listdir("/dev/fd"))
    for _ in range(25):
        send_all()
    deadline = monotonic() + 5
    while monotonic() < deadline and threading.active_count() > threads:
        threading.Event().wait(0.01)  # the servers' threads end a little after their callers
    assert threading.active_count() <= threads
    assert len(os.listdir("/dev/fd")) <= files


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
