"""Requests made from a JSON Schema, and requests that break it."""

import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

Value = dict[str, Any]
MOST = 2**60
numbers = st.floats(-1e300, 1e300) | st.integers(-MOST, MOST)
# JSON Schema takes 1.0 for an integer, which the server does not: none is made.
anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-MOST, MOST)
    | st.floats(-1e300, 1e300).filter(lambda number: not number.is_integer())
    | st.text(st.characters(codec="utf-8"), max_size=5)
    | st.sampled_from(["AA==", "AAAA"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)


def resolved(schema: Any, document: Value) -> Any:
    """A schema with its references replaced."""
    if isinstance(schema, list):
        return [resolved(child, document) for child in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: resolved(value, document) for key, value in schema.items() if key != "$ref"}
    if "$ref" not in schema:
        return found
    target: Any = document
    for part in schema["$ref"].removeprefix("#/").split("/"):
        target = target[part]
    both = [resolved(target, document), found]
    return {"allOf": both} if found else both[0]


def is_valid(value: Any, schema: Value) -> bool:
    """What another implementation of JSON Schema says."""
    return bool(Draft202012Validator(schema).is_valid(value))


def valid(schema: Value) -> st.SearchStrategy[Any]:
    """Values that a schema allows."""
    for key in ("allOf", "anyOf", "oneOf"):
        if key in schema and key != "allOf" and "type" not in schema:
            return st.one_of([valid(one) for one in schema[key]])
    if "allOf" in schema:
        return valid(schema["allOf"][0]).filter(lambda value: is_valid(value, schema))
    return _of_type(schema).filter(lambda value: is_valid(value, schema))


def _of_type(schema: Value) -> st.SearchStrategy[Any]:
    low, high = schema.get("minimum", -MOST), schema.get("maximum", MOST)
    size = {"min_size": schema.get("minItems", 0), "max_size": schema.get("maxItems", 4)}
    made: dict[str, Any] = {
        "null": st.none,
        "boolean": st.booleans,
        "integer": lambda: st.integers(low, high),
        "number": lambda: st.floats(low, high) | st.integers(int(low), int(high)),
        "string": lambda: st.from_regex(schema["pattern"]) if "pattern" in schema else st.text(),
        "array": lambda: st.one_of([st.lists(one, **size) for one in _items(schema)]),
        "object": lambda: _objects(schema),
    }
    strategy: st.SearchStrategy[Any] = made[schema["type"]]()
    return strategy


def _items(schema: Value) -> Iterator[st.SearchStrategy[Any]]:
    items = schema["items"]
    yield from map(valid, [items, *items.get("anyOf", [])])


def _objects(schema: Value) -> st.SearchStrategy[Any]:
    fields = {name: valid(field) for name, field in schema.get("properties", {}).items()}
    required = {name: fields[name] for name in schema.get("required", [])}
    return st.fixed_dictionaries(
        required, optional={name: made for name, made in fields.items() if name not in required}
    )


@st.composite
def changed(draw: st.DrawFn, schema: Value) -> Any:
    """A valid value with something in it put in, taken out or replaced by anything."""
    value = copy.deepcopy(draw(valid(schema)))
    for _ in range(draw(st.integers(1, 2))):
        value = _change(draw, value)
    return value


def _change(draw: st.DrawFn, value: Any) -> Any:
    if not isinstance(value, dict | list) or draw(st.integers(0, 9)) == 0:
        return draw(anything)
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    what = draw(st.sampled_from(["in", "out", "other", "deeper", "deeper"]))
    if what == "in" or not keys:
        if isinstance(value, dict):
            return value | {draw(st.text(max_size=3)): draw(anything)}
        return [*value, draw(anything)]
    key = draw(st.sampled_from(keys))
    if what == "out":
        del value[key]
    else:
        value[key] = draw(anything) if what == "other" else _change(draw, value[key])
    return value
