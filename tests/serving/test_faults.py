"""What is wrong with a request is named whole; msgspec's own decoder says what is wrong at all."""

import json
from functools import partial
from typing import Annotated, Any, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta, Struct

from serving.faults import MOST, SHOWN, faults, joined

Share = Annotated[float, Meta(ge=0, le=1)]


class Row(Struct, forbid_unknown_fields=True):
    age: Share | None
    city: Literal["Paris", "Rome"]
    tags: list[str] = []


class Request(Struct, forbid_unknown_fields=True):
    rows: Annotated[list[Row | tuple[Share | None, str]], Meta(min_length=1, max_length=3)]
    options: dict[str, int] = {}
    raw: bytes = b""


def found(request: object, type_: Any = Request) -> list[str]:
    return faults(json.dumps(request), type_)


def test_every_fault_is_named_at_its_place() -> None:
    rows = [{"age": "x", "city": "Oslo", "tags": [1]}, [2.0, "Rome"]]
    assert found({"rows": rows, "options": {"a": 1, "b": "2"}}) == [
        "rows[0].age: expected float | null, got str",
        "rows[0].city: invalid enum value 'Oslo', expected one of Paris, Rome",
        "rows[0].tags[0]: expected str, got int",
        "rows[1][0]: expected float <= 1.0",
        "options.b: expected int, got str",
    ]


def test_fields_that_are_missing_and_unknown_are_named_with_those_that_are_known() -> None:
    assert found({"rows": [{"city": "Rome", "zip": 1}], "x": 2}) == [
        "rows[0]: object missing required field age",
        "rows[0]: object contains unknown field zip, expected one of age, city, tags",
        "Object contains unknown field x, expected one of rows, options, raw",
    ]


def test_a_rule_of_a_whole_list_is_told_where_its_items_are_right() -> None:
    assert found({"rows": []}) == ["rows: expected array of length >= 1"]
    assert found({"rows": [[0.5, "Rome", 3]]}) == ["rows[0]: expected array of length 2, got 3"]


def test_bytes_that_are_no_base64_are_a_fault_of_their_field() -> None:
    (fault,) = found({"rows": [[0.5, "Rome"]], "raw": "~"})
    assert fault.startswith("raw: invalid base64")


def test_a_request_with_many_faults_names_the_first_and_says_that_there_are_more() -> None:
    many = found(["x"] * 1000, list[float])
    assert len(many) == MOST + 1
    message = joined(many)
    assert message.startswith("[0]: expected float, got str; [1]:")
    assert message.endswith(f"[{MOST - 1}]: expected float, got str; and more")


def test_long_lists_of_names_are_cut() -> None:
    wide = msgspec.defstruct(
        "Wide", [(f"f{i}", int, 0) for i in range(30)], forbid_unknown_fields=True
    )
    (fault,) = found({"z": 1}, wide)
    assert fault.endswith(f"f{SHOWN - 1} and 10 more")


@pytest.mark.parametrize("body", ["", "{", "[" * 100_000, '"\\ud800"'])
def test_what_is_no_json_has_no_places(body: str) -> None:
    assert faults(body, Request) == []


def test_a_large_list_is_searched_by_halves() -> None:
    values: list[Any] = [0.5] * 200_000
    values[123_456] = "x"
    assert found(values, list[float]) == ["[123456]: expected float, got str"]


documents = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["Paris", "Oslo", ""]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["rows", "age", "city", "tags", "options", "raw", "other"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)
rows = st.fixed_dictionaries({"age": documents, "city": documents}) | st.lists(
    documents, max_size=3
)
requests = st.fixed_dictionaries(
    {"rows": st.lists(rows, max_size=4)}, optional={"options": documents}
)


@given(documents | requests)
def test_there_are_faults_where_msgspec_finds_one_and_its_place_is_among_them(
    document: object,
) -> None:
    body = json.dumps(document)
    try:
        msgspec.json.decode(body, type=Request)
    except msgspec.ValidationError as error:
        # msgspec writes [...] for whichever value of a mapping.
        place = str(error).partition(" - at `$")[2].rstrip("`").partition("[...]")[0]
        told = faults(body, Request)
        # A list of a wrong length is named itself, where msgspec names an item of it.
        assert told
        assert len(told) > MOST or any(map(partial(_same, place), told))
    else:
        assert faults(body, Request) == []


def _same(place: str, fault: str) -> bool:
    named, colon, _ = fault.partition(": ")
    named = f".{named}" if colon and " " not in named else ""
    return named.startswith(place) or place.startswith(named)
