"""A deployed model in a browser, to generated clients and to a fuzzer, through the local AWS."""

import json
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.model import Model
from tests.page.conftest import Open
from tests.serving.fuzzing import findings
from tests.serving.generated import python_answer

pytestmark = pytest.mark.docker


def test_a_deployed_model_is_as_its_page_and_its_document_say(
    new_model: Callable[..., Model], open_page: Open, tmp_path: Path
) -> None:
    model = new_model("old-faithful")
    model.deploy()
    url = model.api_url
    page = open_page(url)
    assert page.title() == model.name
    page.click("#send")
    expect(page.locator("#times")).to_contain_text("Status 200")
    assert page.inner_text("#answer .number") == "72.101"
    page.fill("#fields input >> nth=0", "9")
    page.click("#send")
    expect(page.locator("#times")).to_contain_text("Status 400")
    assert page.inner_text(".fault >> nth=0") == "expected float <= 5.5"

    with urllib.request.urlopen(f"{url}/openapi.json") as answer:
        document = json.load(answer)
    asked = {"eruption_minutes": 3.6}
    told = python_answer(document, url.removesuffix("/predict"), asked, tmp_path)
    assert told == {"waiting_minutes": pytest.approx(33.4744 + 10.7296 * 3.6)}
    found = findings(url, tmp_path, examples=5)
    assert not found, found


def test_the_page_of_an_api_that_wants_a_key_tells_a_refusal_and_takes_the_key(
    new_model: Callable[..., Model], open_page: Open
) -> None:
    model = new_model("keyed geyser")
    model.deploy("-r", "-p", "-d", AUTH="key", PAGE="open")
    key = model.pipeline("-k").stdout.strip()
    page = open_page(model.api_url)
    page.click("#send")
    expect(page.locator("#times")).to_contain_text("Status 403")
    words = "The API key is missing or unknown: send yours in the header x-api-key"
    assert page.inner_text("#faults") == words
    page.fill("#key", key)
    page.click("#send")
    expect(page.locator("#times")).to_contain_text("Status 200")
    assert page.inner_text("#answer .number") == "72.101"
    assert key not in page.content()
