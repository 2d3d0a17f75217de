"""The JSON Schemas of an OpenAPI document, each under a name of its own, which others refer to.

Generators of clients make a class of each name; for what has none they make names up.
"""

import re
from collections.abc import Iterator
from inspect import cleandoc
from itertools import chain, count
from typing import Any, NamedTuple

import msgspec

Value = dict[str, Any]
REFERENCE = "#/components/schemas/"
# In Python `$` would let a newline pass, in other languages not.
BASE64 = r"^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?(?!\n)$"
# Where JSON Schema has further schemas: one, several, or several by name.
ONE = ("items", "additionalProperties", "propertyNames", "contains", "not", "if", "then", "else")
SEVERAL = ("anyOf", "oneOf", "allOf", "prefixItems")
BY_NAME = ("properties", "patternProperties", "dependentSchemas")
CLASSES = ("enum", "properties")  # of which generators make one
EXAMPLES = ("example", "examples")  # which may have any keys


class Named(NamedTuple):
    """A type in place of a schema, and its name if it has none of its own."""

    name: str
    type: Any


def with_schemas(described: Value) -> tuple[Value, Value]:
    """Make schemas of the types that stand in place of them, and put all where names are.

    Args:
        described: what OpenAPI spells around schemas. A schema is a type, a `Named` one, or JSON
            Schema, which its title names.

    Returns:
        the same with references in place of them, and the schemas by name.
    """
    types = [one.type if isinstance(one, Named) else one for one in _types(described)]
    made, known = msgspec.json.schema_components(types, ref_template=REFERENCE + "{name}")
    found = _Schemas(known)
    replaced = found.replaced(described, iter(made))
    return replaced, found.finished()


def _types(described: Any) -> Iterator[Any]:
    """Give what is no JSON Schema yet, in order."""
    if isinstance(described, list):
        yield from chain.from_iterable(map(_types, described))
    elif isinstance(described, dict):
        for key, value in described.items():
            if key == "schema" and not isinstance(value, dict):
                yield value
            elif key != "schema" and key not in EXAMPLES:
                yield from _types(value)


class _Schemas:
    """Schemas by name."""

    def __init__(self, known: Value) -> None:
        self._known = known

    def replaced(self, described: Any, made: Iterator[Value]) -> Any:
        """Put references in place of schemas; `made` are those of the types, in order."""
        if isinstance(described, list):
            return [self.replaced(one, made) for one in described]
        if not isinstance(described, dict):
            return described
        return {
            key: self._placed(value, made)
            if key == "schema"
            else (value if key in EXAMPLES else self.replaced(value, made))
            for key, value in described.items()
        }

    def finished(self) -> Value:
        """Give all of them, with what msgspec leaves out."""
        for name, schema in list(self._known.items()):
            self._known[name] = self._finished(schema)
        return self._known

    def _placed(self, given: Any, made: Iterator[Value]) -> Value:
        if isinstance(given, dict):
            return self._kept(given["title"], given) if "title" in given else self._finished(given)
        schema = next(made)
        if "$ref" in schema:
            return self._extended(**schema) if len(schema) > 1 else schema
        return self._kept(given.name if isinstance(given, Named) else given.__name__, schema)

    def _extended(self, **schema: Any) -> Value:
        """Move what an annotation adds to a type into its schema, unless others refer to that."""
        reference = {"$ref": schema.pop("$ref")}
        if msgspec.json.encode(reference)[1:-1] in msgspec.json.encode(self._known):
            return reference | schema
        self._known[reference["$ref"].removeprefix(REFERENCE)] |= schema
        return reference

    def _kept(self, name: str, schema: Value) -> Value:
        """Keep a schema under a name, with a number if another one has it; a reference to it."""
        words = re.findall(r"[A-Za-z0-9]+", name)
        short = "".join(word[:1].upper() + word[1:] for word in words) or "Value"
        names = chain([short], (f"{short}{number}" for number in count(2)))
        return {"$ref": REFERENCE + next(x for x in names if self._has(x, schema))}

    def _has(self, name: str, schema: Value) -> bool:
        return bool(self._known.setdefault(name, schema) == schema)

    def _finished(self, schema: Any, is_inside: bool = False) -> Any:
        """Say which strings are base64; put objects and choices with a title under it."""
        if not isinstance(schema, dict):
            return schema
        made = {key: self._child(key, value) for key, value in schema.items()}
        if made.get("contentEncoding") == "base64":
            made.setdefault("pattern", BASE64)
        if made.get("items") is False and made.get("maxItems") == len(made["prefixItems"]):
            del made["items"]  # which says it once more, and which generators do not know
        if made.get("type") == "array" and "prefixItems" not in made:
            made.setdefault("items", {})  # generators want to be told that they may be anything
        if "description" in made:
            made["description"] = cleandoc(made["description"])
        is_named = is_inside and "title" in made and not made.keys().isdisjoint(CLASSES)
        return self._kept(made["title"], made) if is_named else made

    def _child(self, key: str, value: Any) -> Any:
        if key in ONE:
            return self._finished(value, True)
        if key in SEVERAL:
            return [self._finished(one, True) for one in value]
        if key in BY_NAME:
            return {name: self._finished(one, True) for name, one in value.items()}
        return value
