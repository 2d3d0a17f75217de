"""Sketches of requests and answers for the log, where DRIFT is on; imported with the first one.

What a column is, its type says: numbers are counted in buckets, categories by their names if the
type lists them, texts by their lengths. Short texts in answers are classes.
"""

from collections.abc import Callable, Sequence
from math import isfinite
from typing import Any

import msgspec
from msgspec import inspect

from serving.sketches import LONGEST_CATEGORY, MOST_COLUMNS, Sketches, fitting

MOST_ROWS = 1000  # of a longer list some are counted, evenly
LISTS = (inspect.ListType, inspect.VarTupleType, inspect.SetType, inspect.FrozenSetType)
NUMBERS = (inspect.FloatType, inspect.IntType)
Observe = Callable[[Any, Sketches], None]


class Observer:
    """Makes sketches of requests and answers of these types."""

    def __init__(self, request_type: Any, answer_type: Any) -> None:
        """Read the types."""
        self._request = _whole(inspect.type_info(request_type), counts_texts=False)
        self._answer = _whole(inspect.type_info(answer_type), counts_texts=True)

    def sketches(self, request: Any, answer: Any) -> dict[str, Any]:
        """Sketch a request and its answer, both of their types."""
        requests, answers = Sketches(), Sketches()
        self._request(request, requests)
        self._answer(answer, answers)
        return fitting(requests, answers)


_observers: dict[int, Observer] = {}  # by the identity of a decoder, which an app keeps


def sketches(
    request_type: Any, answers: "msgspec.json.Decoder[Any]", request: Any, body: bytes
) -> Any:
    """Sketch a request and the body of its answer; a fault is told in its place.

    Args:
        request_type: of the request.
        answers: what decodes answers.
        request: of that type.
        body: as it is answered.
    """
    try:
        if id(answers) not in _observers:
            _observers[id(answers)] = Observer(request_type, answers.type)
        return _observers[id(answers)].sketches(request, answers.decode(body))
    except Exception as error:
        return {"failed": type(error).__name__}


def _whole(info: Any, counts_texts: bool) -> Observe:
    """Make the observer of a request or an answer; its only list of rows needs no name."""
    if isinstance(info, inspect.StructType) and len(info.fields) == 1:
        (field,) = info.fields
        inner = _unwrapped(field.type)
        if isinstance(inner, LISTS) and _structs(inner.item_type):
            observe = _observer(field.type, "", counts_texts)
            return lambda value, into: observe(getattr(value, field.name), into)
    return _observer(info, "", counts_texts)


def _members(info: Any) -> list[Any]:
    """List the types that a value may have."""
    inner = _unwrapped(info)
    return list(inner.types) if isinstance(inner, inspect.UnionType) else [info]


def _structs(info: Any) -> list[inspect.StructType]:
    found = map(_unwrapped, _members(info))
    return [one for one in found if isinstance(one, inspect.StructType)]


def _unwrapped(info: Any) -> Any:
    while isinstance(info, inspect.Metadata):
        info = info.type
    return info


def _observer(info: Any, name: str, counts_texts: bool, names: Sequence[str] = ()) -> Observe:
    """Make what observes values of a type under a name.

    Args:
        info: the type.
        name: of the column, or what those of its fields begin with.
        counts_texts: whether a text is counted as a category.
        names: of the elements, where it is a row without names.
    """
    is_listed = isinstance(info, inspect.Metadata) and "enum" in (info.extra_json_schema or {})
    info = _unwrapped(info)
    if is_listed or isinstance(info, inspect.LiteralType | inspect.EnumType | inspect.BoolType):
        return lambda value, into: into.of(name).category(str(value))
    if isinstance(info, NUMBERS):
        return _numbers(name)
    if isinstance(info, inspect.StrType):
        return _texts(name, counts_texts)
    if isinstance(info, inspect.UnionType):
        return _either(info, name, counts_texts)
    if isinstance(info, inspect.StructType):
        return _fields(info, name, counts_texts)
    if isinstance(info, inspect.TupleType):
        return _row(info, name, counts_texts, names)
    if isinstance(info, inspect.DictType):
        return _entries(info, name, counts_texts)
    if isinstance(info, LISTS):
        return _items(info, name, counts_texts)
    return lambda value, into: into.left_out.add(name)


def _numbers(name: str) -> Observe:
    def observe(value: Any, into: Sketches) -> None:
        sketch = into.of(name)
        if isfinite(value):
            sketch.number(value)
        else:
            sketch.missing += 1

    return observe


def _texts(name: str, counts_texts: bool) -> Observe:
    if counts_texts:
        return lambda value, into: into.of(name).category(value)
    return lambda value, into: into.of(f"length of {name}").number(len(value))


def _either(info: inspect.UnionType, name: str, counts_texts: bool) -> Observe:
    """Observe by the type that a value has; rows without names get those of rows with names."""
    structs = _structs(info)
    names = [_joined(name, field.encode_name) for field in structs[0].fields] if structs else []
    by_kind = {
        _kind_of(_unwrapped(one)): _observer(one, name, counts_texts, names) for one in info.types
    }

    def observe(value: Any, into: Sketches) -> None:
        if value is None:
            into.of(name).missing += 1
        else:
            kind = _kind(value)
            chosen = by_kind.get(kind) or by_kind.get("number" if kind == "bool" else "")
            (chosen or _observer(None, name, counts_texts))(value, into)

    return observe


def _kind_of(info: Any) -> str:
    kinds: tuple[tuple[Any, str], ...] = (
        (NUMBERS, "number"),
        (inspect.BoolType, "bool"),
        (inspect.StrType, "text"),
        (inspect.StructType, "struct"),
        (inspect.DictType, "entries"),
        ((*LISTS, inspect.TupleType), "list"),
        (inspect.LiteralType, "literal"),
    )
    kind = next((kind for types, kind in kinds if isinstance(info, types)), "")
    if kind == "literal":
        return _kind(info.values[0])
    return kind


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    kinds: tuple[tuple[Any, str], ...] = (
        ((int, float), "number"),
        (str, "text"),
        (msgspec.Struct, "struct"),
        (dict, "entries"),
        ((list, tuple, set, frozenset), "list"),
    )
    return next((kind for types, kind in kinds if isinstance(value, types)), "")


def _joined(name: str, field: str) -> str:
    return f"{name}.{field}" if name else field


def _fields(info: inspect.StructType, name: str, counts_texts: bool) -> Observe:
    fields = [
        (field.name, _observer(field.type, _joined(name, field.encode_name), counts_texts))
        for field in info.fields
    ]

    def observe(value: Any, into: Sketches) -> None:
        for attribute, one in fields:
            if (inner := getattr(value, attribute)) is not msgspec.UNSET:
                one(inner, into)

    return observe


def _row(info: inspect.TupleType, name: str, counts_texts: bool, names: Sequence[str]) -> Observe:
    if len(names) != len(info.item_types):
        names = [f"{name}[{position}]" for position in range(len(info.item_types))]
    columns = [
        _observer(type_, column, counts_texts)
        for type_, column in zip(info.item_types, names, strict=True)
    ]

    def observe(value: Any, into: Sketches) -> None:
        for one, inner in zip(columns, value, strict=True):
            one(inner, into)

    return observe


def _entries(info: inspect.DictType, name: str, counts_texts: bool) -> Observe:
    known: dict[str, Observe] = {}

    def observe(value: Any, into: Sketches) -> None:
        for key, inner in value.items():
            column = _joined(name, str(key)[:LONGEST_CATEGORY])
            if column not in known:
                if len(known) >= MOST_COLUMNS:
                    into.left_out.add(column)
                    continue
                known[column] = _observer(info.value_type, column, counts_texts)
            known[column](inner, into)

    return observe


def _items(info: Any, name: str, counts_texts: bool) -> Observe:
    """Observe a list: each place by itself where all lists are as long, else all as one column."""
    if row := _row_of_numbers(info, name):
        return row
    observe_item = _observer(info.item_type, name, counts_texts)
    rows = [_unwrapped(one) for one in _members(info.item_type)]
    row = next(filter(None, (_row_of_numbers(one, name) for one in rows)), None)
    width = next((one.min_length for one in rows if _row_of_numbers(one, name)), None)

    def observe(value: Any, into: Sketches) -> None:
        items = list(value)
        if row and len(items) == width and not isinstance(items[0], list | tuple):
            return row(items, into)  # one row, where a list of rows may stand too
        for inner in items[:: max(1, -(-len(items) // MOST_ROWS))]:
            observe_item(inner, into)

    return observe


def _row_of_numbers(info: Any, name: str) -> Observe | None:
    if not isinstance(info, LISTS) or info.min_length != info.max_length or not info.min_length:
        return None
    if info.min_length > MOST_COLUMNS or not isinstance(_unwrapped(info.item_type), NUMBERS):
        return None
    types = (info.item_type,) * info.min_length
    return _row(inspect.TupleType(types), name, False, ())
