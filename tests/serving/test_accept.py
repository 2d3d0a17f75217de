"""A browser gets the page; nothing that asks for JSON, or for anything, does."""

import pytest

from serving.accept import prefers_html

CHROME = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,"
    "application/signed-exchange;v=b3;q=0.7"
)
FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
SAFARI = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    "accept",
    [
        CHROME,
        FIREFOX,
        SAFARI,
        "text/html",
        "TEXT/HTML; Q=0.5",
        "text/html;q=0.9, application/*;q=0.1",
    ],
)
def test_a_browser_wants_html(accept: str) -> None:
    assert prefers_html(accept)


@pytest.mark.parametrize(
    "accept",
    [
        "",
        "*/*",
        "application/json",
        "application/json, text/plain, */*",
        "application/json, text/html",
        "text/html;q=0.5, application/json",
        "text/html, */*",
        "text/html;q=0, */*",
        "text/html;q=0",
        "text/*",
        ";,;q=,text/htm",
    ],
)
def test_another_client_gets_json(accept: str) -> None:
    assert not prefers_html(accept)
