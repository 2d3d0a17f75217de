import os
import threading
from time import monotonic
from typing import Any

import pytest

from apps.images.answering import PREDICT_SECONDS
from tests.pytorch_example.asking import (
    ANSWER,
    FORM,
    GREENISH,
    PUBLIC,
    base64_of,
    form,
    public,
    send,
)
from tests.serving.urls.internet import Internet, ok, response

__all__ = ("public",)  # a fixture


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


@pytest.mark.parametrize(
    ("url", "status", "message"),
    [
        ("http://127.0.0.1:9001/", 400, "the URL may not be fetched"),
        ("http://nothing.example/", 422, "the URL cannot be fetched"),
        ("http://example.com/missing", 422, "the URL cannot be fetched"),
        (
            "http://example.com/big",
            413,
            "the URL's file is larger than the limit of 10000000 bytes",
        ),
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


@pytest.mark.timing
def test_fetching_leaves_time_to_predict(internet: Internet) -> None:
    def silence(_: Any) -> None:
        server.ended.wait(30)

    internet.name("example.com", [PUBLIC])
    server = internet.serve({"/": silence, "/green": ok(GREENISH)}, PUBLIC, 80)
    started = monotonic()
    urls = ["http://example.com/", "http://example.com/green"]
    reply = send({"input_urls": urls, "n_predictions": 3}, seconds=PREDICT_SECONDS + 0.3)
    assert monotonic() - started < 1
    assert [set(answer) for answer in reply.body] == [{"message"}, {"message"}]
    assert send({"input_url": urls[0]}, seconds=PREDICT_SECONDS).status == 422
    assert send({"input_url": urls[1]}, seconds=PREDICT_SECONDS + 5).status == 200


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
