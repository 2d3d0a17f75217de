import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import GoldenError
from pipeline.model.golden import Golden, differences, parse_golden, read_golden

GOLDEN = Golden({"x": 1}, {"prediction": 14.8, "message": "ok"}, 0.1)


def test_an_answer_within_the_tolerance_is_accepted() -> None:
    GOLDEN.check(200, '{"message": "ok", "prediction": 14.75}')


@pytest.mark.parametrize(
    ("status", "body", "complaint"),
    [
        (500, "{}", "status 500"),
        (200, "<html>", "not JSON"),
        (200, '{"message": "ok", "prediction": 15}', "prediction"),
        (200, '{"message": "ok", "prediction": "14.8"}', "prediction"),
        (200, '{"message": "ok", "prediction": true}', "prediction"),
        (200, '{"message": "ok", "prediction": null}', "prediction"),
        (200, '{"message": "ok", "prediction": NaN}', "prediction"),
        (200, '{"message": "no", "prediction": 14.8}', "message"),
        (200, '{"message": "ok"}', "fields"),
        (200, "[]", "answer"),
    ],
)
def test_another_answer_is_refused_with_its_difference(
    status: int, body: str, complaint: str
) -> None:
    with pytest.raises(GoldenError, match=complaint):
        GOLDEN.check(status, body)


def test_lists_are_compared_in_order_and_length() -> None:
    assert not list(differences([["a", 1.0]], [["a", 1.0]], 0))
    assert list(differences([1, 2], [2, 1], 0)) == [
        "answer[0] is 2, must be 1 within 0",
        "answer[1] is 1, must be 2 within 0",
    ]
    assert list(differences([1], [], 0)) == ["answer has 0 elements, must have 1"]


@pytest.mark.parametrize(
    "fields",
    [[], {}, {"request": 1}, {"request": 1, "answer": 2, "extra": 3}]
    + [{"request": 1, "answer": 2, "tolerance": tolerance} for tolerance in (-1, "1", True, None)],
)
def test_a_file_of_another_form_is_refused(fields: Any) -> None:
    with pytest.raises(GoldenError):
        parse_golden(fields)


def test_a_missing_or_broken_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "example.json"
    with pytest.raises(GoldenError, match="base-example"):
        read_golden(path)
    path.write_text("{")
    with pytest.raises(GoldenError, match=r"example\.json"):
        read_golden(path)
    path.write_text(json.dumps({"request": 1, "answer": 2}))
    assert read_golden(path) == Golden(1, 2)


def test_a_request_that_lambda_does_not_carry_is_refused_before_anything_is_built() -> None:
    """Lambda's limit is 6 MiB for the event; here with 4 KiB for what API Gateway adds."""
    largest = 6 * 1024**2 - 4096 - len('"\\"\\""')
    for size, is_taken in ((largest, True), (largest + 1, False)):
        fields = {"request": "x" * size, "answer": 1}
        if is_taken:
            assert parse_golden(fields).request == fields["request"]
        else:
            with pytest.raises(GoldenError, match=r"an event of 6,291,457 bytes, .*6,291,456"):
                parse_golden(fields)
