import json

import pytest

from tests.model_directory import REPOSITORY, example, import_app, post

DIRECTORY = REPOSITORY / "base-example"
HANDLER = import_app("base-example")["app"].handler


def test_the_example_is_answered_as_it_says() -> None:
    expected = example("base-example")
    reply = post(HANDLER, json.dumps(expected["request"]))
    assert reply.status == 200
    assert reply.body == pytest.approx(expected["answer"], abs=expected["tolerance"])


def test_a_longer_eruption_is_followed_by_a_longer_rest() -> None:
    rests = [
        post(HANDLER, f'{{"eruption_minutes": {minutes}}}').body["waiting_minutes"]
        for minutes in (1.5, 2, 5.5)
    ]
    assert rests == sorted(set(rests))


@pytest.mark.parametrize("minutes", ["1.4", "5.6", "1e999", "true", "null", '"3.6"', "[3.6]"])
def test_what_was_never_measured_is_refused_by_its_name(minutes: str) -> None:
    reply = post(HANDLER, f'{{"eruption_minutes": {minutes}}}')
    assert reply.status == 400
    assert reply.body["message"].startswith("eruption_minutes: ")


@pytest.mark.parametrize(
    ("body", "field"), [("{}", "eruption_minutes"), ('{"eruption_minutes": 3, "n": 1}', "n")]
)
def test_missing_and_unknown_fields_are_refused_by_name(body: str, field: str) -> None:
    reply = post(HANDLER, body)
    assert reply.status == 400
    assert f"field {field}" in reply.body["message"]


def test_it_is_less_than_30_lines_of_python_as_its_readme_counts_them() -> None:
    text = "".join(path.read_text() for path in (DIRECTORY / "app").glob("*.py"))
    count = len([line for line in text.splitlines() if line])
    assert count < 30
    assert f"{count} lines of Python" in (DIRECTORY / "README.md").read_text()
