from time import monotonic

import pytest

from serving import BadRequest, Unprocessable, urls
from tests.serving.urls.fetched import CANNOT, PHOTOGRAPH, PUBLIC, fetch
from tests.serving.urls.internet import Internet, ok, redirect


def test_a_file_is_fetched_from_the_address_that_was_looked_up(public: Internet) -> None:
    server = public.serve({"/dog.jpg?size=1": ok(PHOTOGRAPH)}, PUBLIC, 80)
    assert fetch("http://example.com/dog.jpg?size=1#top") == PHOTOGRAPH
    assert server.heads == [
        "GET /dog.jpg?size=1 HTTP/1.1\r\n"
        "Host: example.com\r\n"
        "User-Agent: serving\r\n"
        "Accept: */*\r\n"
        "Accept-Encoding: identity\r\n"
        "Connection: close\r\n\r\n"
    ]
    assert public.connections == [(PUBLIC, 80)]


def test_a_caller_may_say_who_asks_and_for_what(public: Internet) -> None:
    server = public.serve({"/": ok(PHOTOGRAPH)}, PUBLIC, 80)
    urls.fetch("http://example.com/", monotonic() + 5, accept="image/png", user_agent="me/1")
    assert "\r\nUser-Agent: me/1\r\nAccept: image/png\r\n" in server.heads[0]


def test_a_name_is_looked_up_once_so_that_a_second_answer_cannot_be_used(
    internet: Internet,
) -> None:
    internet.name("example.com", [PUBLIC], ["127.0.0.1"])
    secret = internet.serve({"/": ok(b"secret")}, "127.0.0.1", 80)
    internet.serve({"/": ok(PHOTOGRAPH)}, PUBLIC, 80)
    assert fetch("http://example.com/") == PHOTOGRAPH
    assert internet.look_ups == ["example.com"]
    assert internet.connections == [(PUBLIC, 80)]
    assert secret.heads == []


def test_a_redirect_to_the_same_name_is_looked_up_and_checked_afresh(internet: Internet) -> None:
    internet.name("example.com", [PUBLIC], ["127.0.0.1"])
    secret = internet.serve({"/b": ok(b"secret")}, "127.0.0.1", 80)
    internet.serve({"/a": redirect("/b")}, PUBLIC, 80)
    with pytest.raises(Unprocessable):
        fetch("http://example.com/a")
    assert internet.connections == [(PUBLIC, 80)]
    assert secret.heads == []


def test_the_next_address_is_tried_where_one_does_not_answer(internet: Internet) -> None:
    internet.name("example.com", ["2606:4700::1", "8.8.8.8", PUBLIC])
    internet.serve({"/": ok(PHOTOGRAPH)}, PUBLIC, 80)
    assert fetch("http://example.com/") == PHOTOGRAPH
    assert internet.connections == [("8.8.8.8", 80), (PUBLIC, 80)]


def test_a_private_address_gets_no_connection(internet: Internet) -> None:
    internet.name("example.com", ["10.0.0.1"])
    with pytest.raises(Unprocessable):
        fetch("http://example.com/")
    with pytest.raises(BadRequest):
        fetch("http://10.0.0.1/")
    assert internet.connections == []


def test_proxy_variables_are_not_heeded(public: Internet, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:3128")
    public.serve({"/": ok(PHOTOGRAPH)}, PUBLIC, 80)
    assert fetch("http://example.com/") == PHOTOGRAPH
    assert public.connections == [(PUBLIC, 80)]


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See", "307 Same", "308 Same"])
def test_three_redirects_are_followed(status: str, public: Internet) -> None:
    public.name("other.example", ["8.8.8.8"])
    public.serve(
        {
            "/a/1": redirect("2?x=y", status),
            "/a/2?x=y": redirect("//other.example/\u00fc b", status),
            "/4": ok(PHOTOGRAPH),
        },
        PUBLIC,
        80,
    )
    public.serve({"/%C3%BC%20b": redirect("http://example.com/4", status)}, "8.8.8.8", 80)
    assert fetch("http://example.com/a/1") == PHOTOGRAPH


def test_a_fourth_redirect_is_not_followed(public: Internet) -> None:
    answers = {f"/{n}": redirect(f"/{n + 1}") for n in range(4)}
    server = public.serve({**answers, "/4": ok(PHOTOGRAPH)}, PUBLIC, 80)
    assert fetch("http://example.com/1") == PHOTOGRAPH
    server.heads.clear()
    with pytest.raises(Unprocessable):
        fetch("http://example.com/0")
    assert len(server.heads) == 4


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1/",
        "http://127.0.0.1:9001/2018-06-01/runtime/invocation/next",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::ffff:127.0.0.1]/",
        "http://2130706433/",
        "http://localhost/",
        "http://private.example/",
        "http://user@example.com/",
        "http://example.com:8080/",
        "file:///etc/passwd",
        "data:image/png;base64,AAAA",
        "http://[",
    ],
)
def test_a_redirect_to_what_may_not_be_fetched_is_not_followed(
    location: str, public: Internet
) -> None:
    public.name("private.example", ["10.0.0.1"])
    public.serve({"/": redirect(location)}, PUBLIC, 80)
    with pytest.raises(Unprocessable) as refused:
        fetch("http://example.com/")
    assert str(refused.value) == CANNOT
    assert public.connections == [(PUBLIC, 80)]


def test_a_redirect_to_the_allow_list_is_followed(
    public: Internet, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = public.serve({"/dog.jpg": ok(PHOTOGRAPH)})
    monkeypatch.setenv("URL_ALLOW_LIST", f"127.0.0.1:{files.port}")
    public.serve({"/": redirect(f"http://127.0.0.1:{files.port}/dog.jpg")}, PUBLIC, 80)
    assert fetch("http://example.com/") == PHOTOGRAPH
    assert f"Host: 127.0.0.1:{files.port}\r\n" in files.heads[0]
