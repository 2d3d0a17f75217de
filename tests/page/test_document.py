"""The page as a document: small, whole, and never in the way of a JSON client."""

import gzip
import json
import re
import subprocess
import sys
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest

from serving import api
from serving.page import FOLDER, SCRIPTS, page
from tests.commands import REPOSITORY
from tests.serving.recorded import request
from tests.serving.toy_model import scale

MOST_BYTES = 30_000
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def ask(path: str, accept: str) -> tuple[dict[str, str], str]:
    """The headers and the body of an answer to a GET."""
    event = request("rest", body=None, method="GET", path=path)
    event["headers"] = {**(event["headers"] or {}), "Accept": accept}
    event["multiValueHeaders"] = {name: [value] for name, value in event["headers"].items()}
    reply = api(scale)(event, None)
    return reply["headers"], reply["body"]


def test_it_is_under_30_kb_compressed() -> None:
    document, _ = page("predict")
    assert len(gzip.compress(document)) < MOST_BYTES


def test_every_script_of_the_folder_is_in_it_once() -> None:
    assert {f"{name}.js" for name in SCRIPTS} == {path.name for path in Path(FOLDER).glob("*.js")}
    assert len(SCRIPTS) == len(set(SCRIPTS))


@pytest.mark.parametrize(
    ("path", "root"), [("/predict", "predict"), ("/predict/model", "../predict")]
)
def test_a_browser_gets_it_and_is_told_where_the_model_is(path: str, root: str) -> None:
    headers, body = ask(path, BROWSER)
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert f'<meta name="root" content="{root}">' in body
    assert "{{" not in body


@pytest.mark.parametrize("accept", ["", "*/*", "application/json", "application/json, text/html"])
@pytest.mark.parametrize("path", ["/predict", "/predict/model"])
def test_a_json_client_never_gets_it(path: str, accept: str) -> None:
    headers, body = ask(path, accept)
    assert headers["Content-Type"] == "application/json"
    assert json.loads(body)


class Parts(HTMLParser):
    """What of a document could load or run something."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [(tag, name, value) for name, value in attrs]


def test_it_loads_nothing_and_runs_only_what_its_policy_names() -> None:
    headers, body = ask("/predict", BROWSER)
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy and "http" not in policy and "*" not in policy
    for tag, directive in (("script", "script-src"), ("style", "style-src")):
        (text,) = re.findall(f"<{tag}>(.*?)</{tag}>", body, re.DOTALL)
        digest = b64encode(sha256(text.encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}'" in policy
    parts = Parts()
    parts.feed(body)
    assert [part for part in parts.found if part[1] in ("src", "srcset", "style")] == []
    assert [part for part in parts.found if part[1].startswith("on")] == []
    assert [value for _, name, value in parts.found if name == "href"] == ["data:,"]


def test_no_script_makes_html_of_text() -> None:
    document, _ = page("predict")
    for way in (
        b"innerHTML",
        b"outerHTML",
        b"insertAdjacentHTML",
        b"document.write",
        b"eval(",
        b"new Function",
    ):
        assert way not in document


def test_nothing_of_it_is_imported_before_a_browser_asks() -> None:
    program = (
        "import sys, serving; from tests.serving.toy_model import scale\n"
        "serving.api(scale)({'input_X': [1, 2, 3]}, None)\n"
        "late = ('serving.page', 'serving.accept')\n"
        "print([name for name in sys.modules if name.startswith(late)])"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert run.stdout.splitlines()[-1] == "[]"
