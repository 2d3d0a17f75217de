"""Rows of columns: what a request may have, and what becomes of it."""

import math
import struct
from typing import Any

import msgspec
import pytest

from apps.card import Column
from apps.table import MAX_ROWS, Table
from engines.tensor import KINDS
from serving import BadRequest

FLOAT32 = KINDS[1]
COLUMNS = [
    Column("age", "int", minimum=0),
    Column("income, monthly", unit="€"),
    Column("city", "categorical", ["Oslo", "Paris", "Rome"]),
    Column("member", "bool"),
    Column("floor", "categorical", [3, 1, 2]),
]


def numbers(rows: list[Any]) -> list[float]:
    table = Table(COLUMNS, FLOAT32)
    request = msgspec.convert({"rows": rows}, table.request_type)
    tensor = table.tensor(request.rows)
    assert tensor.shape == (len(rows), len(COLUMNS))
    assert isinstance(tensor.content, bytes)
    return [number for (number,) in struct.iter_unpack("<f", tensor.content)]


def refusal(row: Any) -> str:
    with pytest.raises((msgspec.ValidationError, BadRequest)) as refused:
        numbers([[1, 2.5, "Rome", True, 1], row])
    return str(refused.value)


def by_name(*values: Any) -> dict[str, Any]:
    return dict(zip([column.name for column in COLUMNS], values, strict=True))


@pytest.mark.parametrize("form", [by_name, lambda *values: list(values)])
def test_an_object_and_a_list_are_the_same_row(form: Any) -> None:
    assert numbers([form(41, 2.5, "Rome", True, 1)]) == [41, 2.5, 2, 1, 1]
    assert numbers([form(41, 2.5, "Oslo", False, 3)]) == [41, 2.5, 0, 0, 0]


def test_the_order_of_the_names_does_not_matter() -> None:
    row = by_name(41, 2.5, "Rome", True, 1)
    assert numbers([dict(reversed(row.items()))]) == numbers([row])


def test_objects_and_lists_may_stand_in_one_request() -> None:
    rows = [by_name(1, 2, "Oslo", True, 3), [3, 4, "Rome", False, 2]]
    assert numbers(rows) == [1, 2, 0, 1, 0, 3, 4, 2, 0, 2]


def test_null_is_missing_in_a_column_of_each_kind() -> None:
    assert all(map(math.isnan, numbers([[None] * 5, by_name(*[None] * 5)])))


def test_a_whole_number_may_have_a_point() -> None:
    assert numbers([[41.0, 2, None, None, None]])[:2] == [41, 2]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ([1, 2.5, "Bonn", True, 1], "rows[1].city: must be one of Oslo, Paris, Rome, got 'Bonn'"),
        ([1, 2.5, "Rome", True, 9], "rows[1].floor: must be one of 3, 1, 2, got 9"),
        ([1.5, 2.5, "Rome", True, 1], "multiple of 1"),
        ([-1, 2.5, "Rome", True, 1], ">= 0"),
        ([1, "2.5", "Rome", True, 1], "got `str` - at `$.rows[1][1]`"),
        ([1, 1e39, "Rome", True, 1], "<= 3.4"),
        ([1, 2.5, 2, True, 1], "got `int` - at `$.rows[1][2]`"),
        ([1, 2.5, "Rome", 2, 1], "`$.rows[1][3]`"),
        ([1, 2.5, "Rome", "true", 1], "got `str`"),
        ([1, 2.5, "Rome", True], "length 5"),
        ({"age": 1}, "missing required field `income, monthly`"),
        ({**by_name(1, 2.5, "Rome", True, 1), "more": 1}, "unknown field `more`"),
        (5, "got `int`"),
    ],
)
def test_what_the_model_cannot_take_is_refused_with_its_place(row: Any, said: str) -> None:
    assert said in refusal(row)


def test_a_long_list_of_categories_is_cut_in_the_message() -> None:
    columns = [Column("word", "categorical", [f"w{number}" for number in range(1000)])]
    table = Table(columns, FLOAT32)
    with pytest.raises(BadRequest, match="w19 and 980 more, got 'none'"):
        table.tensor([("none",)])


@pytest.mark.parametrize("count", [0, MAX_ROWS + 1])
def test_the_number_of_rows_is_bounded(count: int) -> None:
    with pytest.raises(msgspec.ValidationError):
        numbers([[1, 2.5, "Rome", True, 1]] * count)


def test_units_bounds_and_categories_stand_in_the_schema() -> None:
    schema = msgspec.json.schema(Table(COLUMNS, FLOAT32).request_type)
    fields = schema["$defs"]["Row"]["properties"]
    assert fields["income, monthly"]["description"] == "in €"
    assert fields["age"]["anyOf"][0]["minimum"] == 0
    assert fields["city"]["anyOf"][0]["enum"] == ["Oslo", "Paris", "Rome"]
