"""The page of a model, driven in a browser."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Page

from pipeline.loop.events import Answer, Request, message
from tests.page.apis import served
from tests.page.conftest import Open
from tests.page.gestures import drop, paste, predict
from tests.page.models import customers, geyser, photographs

Keep = Callable[[Page, str], Path]
NARROW = {"width": 360, "height": 740}
ROWS = [{"age": 34.5, "city": "Rome", "visits": 2}, {"age": None, "city": "Oslo", "visits": 7}]


def example(folder: Path, monkeypatch: pytest.MonkeyPatch, wanted: Any, answer: Any) -> None:
    """Puts the golden request where an image has it."""
    (folder / "example.json").write_text(json.dumps({"request": wanted, "answer": answer}))
    monkeypatch.setenv("LAMBDA_TASK_ROOT", str(folder))


@pytest.fixture
def geyser_url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("MODEL_NAME", "old-faithful")
    example(tmp_path, monkeypatch, {"eruption_minutes": 3.6}, {"waiting_minutes": 72.1})
    with served(geyser()) as url:
        yield url


@pytest.fixture
def customers_url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    example(tmp_path, monkeypatch, {"rows": ROWS}, {})
    with served(customers(tmp_path)) as url:
        yield url


@pytest.fixture
def photographs_url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("LAMBDA_TASK_ROOT", str(tmp_path))
    with served(photographs()) as url:
        yield url


def test_the_golden_request_is_there_and_its_answer_comes(
    geyser_url: str, open_page: Open, keep: Keep
) -> None:
    page = open_page(geyser_url)
    assert page.title() == "old-faithful"
    assert page.input_value("#fields input >> nth=0") == "3.6"
    predict(page)
    assert page.inner_text("#answer .number") == "72.098"
    assert "Status 200" in page.inner_text("#times")
    keep(page, "geyser")


def test_a_cold_start_is_told_from_a_warm_one(geyser_url: str, open_page: Open) -> None:
    page = open_page(geyser_url)
    predict(page)
    assert page.inner_text("#times").endswith("warm")  # openapi.json was asked for before


def test_numbers_go_and_come_as_they_are_written(open_page: Open) -> None:
    sent: list[str] = []
    app = geyser()

    def echo(event: Any, context: Any) -> Any:
        if event["httpMethod"] != "POST":
            return app(event, context)
        sent.append(event["body"])
        body = '{"waiting_minutes": 1234567890123456789012}'
        return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": body}

    with served(echo) as url:
        page = open_page(url)
        page.fill("#fields input >> nth=0", "2.00000000000000000001")
        page.fill("#fields input >> nth=1", "9007199254740993")
        predict(page)
        assert sent == ['{"eruption_minutes": 2.00000000000000000001, "number": 9007199254740993}']
        assert page.inner_text("#answer .number") == "1234567890123456789012"
        page.click("#raw-row summary")
        assert page.inner_text("#raw") == '{"waiting_minutes": 1234567890123456789012}'


def test_a_wrong_input_is_told_beside_its_field(
    geyser_url: str, open_page: Open, keep: Keep
) -> None:
    page = open_page(geyser_url)
    field = page.locator("#fields input >> nth=0")
    field.fill("9")
    predict(page)
    fault = page.locator(f"#{(field.get_attribute('aria-describedby') or '').split()[-1]}")
    assert fault.inner_text() == "expected float <= 5.5"
    assert field.get_attribute("aria-invalid") == "true"
    assert page.evaluate("document.activeElement.id") == field.get_attribute("id")
    keep(page, "wrong-input")
    field.fill("3 minutes")
    page.click("#send")
    assert fault.inner_text() == "3 minutes is not a number: write it as 12.5, 0.5 or 1e-3"
    field.fill("3")
    predict(page)
    assert fault.inner_text() == "" and field.get_attribute("aria-invalid") is None


def test_a_table_is_filled_and_answered_as_bars(
    customers_url: str, open_page: Open, keep: Keep
) -> None:
    page = open_page(customers_url)
    assert page.input_value("tbody tr:nth-child(1) td:nth-of-type(1) input") == "34.5"
    assert page.input_value("tbody tr:nth-child(2) td:nth-of-type(1) input") == ""
    assert "in years, 0 to 120" in page.inner_text("thead")
    predict(page)
    assert page.locator(".bars").count() == 2
    assert {*page.locator(".bar-name").all_inner_texts()} == {"stays", "leaves"}
    keep(page, "customers")


@pytest.mark.parametrize(
    "text",
    [
        "20\tParis\t1\n90\tOslo\t\n\t\t3\n44\tRome\t8\n",
        "visits\tCITY\tage\r\n1\tParis\t20\r\n\tOslo\t90\r\n3\t\t\r\n8\tRome\t44\r\n",
        'age,city,visits\n20,"Paris",1\n90,Oslo,\n,,3\n44,Rome,8',
    ],
)
def test_a_spreadsheet_is_pasted(
    text: str, customers_url: str, open_page: Open, keep: Keep
) -> None:
    page = open_page(customers_url)
    paste(page, text)
    page.check("#edit-json")
    assert json.loads(page.input_value("#json")) == {
        "rows": [
            {"age": 20, "city": "Paris", "visits": 1},
            {"age": 90, "city": "Oslo", "visits": None},
            {"age": None, "city": None, "visits": 3},
            {"age": 44, "city": "Rome", "visits": 8},
        ]
    }
    page.uncheck("#edit-json")
    predict(page)
    assert page.locator("#answer tbody tr").count() == 4
    keep(page, "pasted")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("age\tcity\tzip\n1\tOslo\t2", "the model has no column zip"),
        ("1\tOslo\n2\tOslo", "row 1 of what was pasted has 2 cells, the model takes 3"),
    ],
)
def test_what_does_not_fit_is_not_pasted(
    text: str, problem: str, customers_url: str, open_page: Open
) -> None:
    page = open_page(customers_url)
    paste(page, text)
    assert page.inner_text("fieldset.rows .fault") == problem
    assert page.input_value("tbody tr:nth-child(1) td:nth-of-type(1) input") == "34.5"


def test_several_faults_are_told_and_none_is_html(customers_url: str, open_page: Open) -> None:
    page = open_page(customers_url)
    paste(page, "300\tRome\t1\n20\t<img src=x onerror=alert(1)>\t1")
    predict(page)
    told = page.inner_text("fieldset.rows .fault")
    assert "row 0, age: expected float | null <= 120" in told or "row 0, age" in told
    page.fill("tbody tr:nth-child(1) td:nth-of-type(1) input", "30")
    predict(page)
    told = page.inner_text("fieldset.rows .fault")
    assert (
        "row 1, city: must be one of Oslo, Paris, Rome, got '<img src=x onerror=alert(1)>'" in told
    )
    assert page.locator("img[src=x]").count() == 0


def test_a_photograph_is_dropped_and_named(
    photographs_url: str, open_page: Open, keep: Keep, tmp_path: Path
) -> None:
    photograph = tmp_path / "red.png"
    Image.new("RGB", (640, 480), "red").save(photograph)
    page = open_page(photographs_url)
    drop(page, photograph, "text/plain")
    assert "the model takes jpeg, png, webp, gif" in page.inner_text(".drop .fault")
    drop(page, photograph, "image/png")
    page.locator(".drop img").evaluate("(image) => image.decode()")
    assert page.locator(".drop img").evaluate("(image) => image.naturalWidth") == 640
    page.fill("#parameters input", "2")
    predict(page)
    assert page.locator(".bar-name").all_inner_texts() == ["red", "green"]
    assert page.locator(".bar-value").all_inner_texts()[0] == "100.0 %"
    assert "--data-binary '@red.png'" in page.inner_text("#snippets pre >> nth=0")
    keep(page, "photograph")


def test_the_code_beside_the_form_gets_the_same_answer(customers_url: str, open_page: Open) -> None:
    page = open_page(customers_url)
    page.fill("tbody tr:nth-child(1) td:nth-of-type(1) input", "21")
    predict(page)
    shown = json.loads(page.inner_text("#raw") or page.text_content("#raw") or "")
    curl = page.text_content("#snippets code >> nth=0") or ""
    python = page.text_content("#snippets code >> nth=1") or ""
    ran = subprocess.run(["bash", "-c", f"{curl} --silent"], capture_output=True, check=True)
    assert json.loads(ran.stdout) == shown
    ran = subprocess.run([sys.executable, "-c", python], capture_output=True, check=True)
    assert eval(ran.stdout) == shown
    script = page.text_content("#snippets code >> nth=2") or ""
    script = script.replace("console.log(await answer.json());", "return await answer.json();")
    answered = page.evaluate(f"async () => {{ {script} }}")
    assert answered == shown


def test_an_api_that_wants_a_key_asks_for_it(open_page: Open, keep: Keep) -> None:
    def refuse(request: Request) -> Answer | None:
        wanted = request.method == "POST" and request.header("x-api-key") != "secret"
        return message(403, "Forbidden") if wanted else None

    with served(geyser(), refuse) as url:
        page = open_page(url)
        assert not page.is_visible("#key")
        page.fill("#fields input >> nth=0", "3")
        predict(page)
        assert page.inner_text("#faults") == "Forbidden"
        keep(page, "forbidden")
        page.fill("#key", "secret")
        predict(page)
        assert page.inner_text("#answer .number") == "65.66"
        curl = page.text_content("#snippets code >> nth=0") or ""
        assert "x-api-key: YOUR_API_KEY" in curl and "secret" not in curl


def test_an_input_that_is_not_sent_leaves_no_earlier_answer_beside_it(
    geyser_url: str, open_page: Open
) -> None:
    page = open_page(geyser_url)
    predict(page)
    assert page.inner_text("#answer .number")
    page.fill("#fields input >> nth=0", "3,5")
    page.click("#send")
    assert page.inner_text(".fault >> nth=0")
    assert page.inner_text("#answer") == "" and page.inner_text("#times") == "Not sent."
    assert not page.is_visible("#raw-row")


def test_json_that_is_none_is_told_with_its_place(geyser_url: str, open_page: Open) -> None:
    page = open_page(geyser_url)
    page.check("#edit-json")
    page.fill("#json", '{"eruption_minutes":\n 3,}')
    page.click("#send")
    assert (
        page.inner_text("#json-fault") == "not JSON at line 2, column 4: expected a name in quotes"
    )
    page.click("#edit-json")
    assert page.is_checked("#edit-json")
    page.fill("#json", '{"eruption_minutes": 2e0}')
    page.uncheck("#edit-json")
    assert page.input_value("#fields input >> nth=0") == "2e0"


def test_it_works_with_the_keyboard_alone(geyser_url: str, open_page: Open) -> None:
    page = open_page(geyser_url)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "INPUT"
    page.keyboard.press("Control+A")
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    page.wait_for_selector("#answer .number")
    assert page.inner_text("#answer .number") == "54.93"
    assert page.evaluate("document.activeElement.id") == "answer"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_nobody_is_kept_out(
    scheme: str,
    width: int,
    customers_url: str,
    open_page: Open,
    keep: Keep,
) -> None:
    page = open_page(customers_url, viewport={"width": width, "height": 800}, color_scheme=scheme)
    predict(page)
    page.click("#raw-row summary")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    keep(page, f"customers-{scheme}-{width}")
    found = Axe().run(page).response["violations"]
    serious = [one for one in found if one["impact"] in ("serious", "critical")]
    assert serious == []


def test_a_photographs_page_keeps_nobody_out_either(photographs_url: str, open_page: Open) -> None:
    page = open_page(photographs_url, viewport=NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
