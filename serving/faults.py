"""All that is wrong with a request; imported once something is, since msgspec stops at the first.

    input_X[3]: expected float, got str; input_X[7]: expected float >= 0.0

The request is walked along its type, and msgspec is asked again at each place where it refuses.
"""

from collections.abc import Iterator
from itertools import islice
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec

MOST = 10  # that are named
SHOWN = 20  # names that would be right


def faults(body: str, type_: Any) -> list[str]:
    """List what is wrong with a JSON document, each fault with its place, one more than MOST.

    Args:
        body: the document; of one that is no JSON nothing is listed.
        type_: what msgspec could not decode it as.
    """
    try:
        value = msgspec.json.decode(body)
        return list(islice(_faults(value, type_, ""), MOST + 1))
    except (msgspec.DecodeError, RecursionError):
        return []


def joined(found: list[str]) -> str:
    """Write faults as one message, which names MOST of them."""
    return "; ".join([*found[:MOST], *(["and more"] if len(found) > MOST else [])])


def _faults(value: Any, type_: Any, place: str) -> Iterator[str]:
    problem = _problem(value, type_)
    if problem is None:
        return
    inside = _inside(value, _shaped(type_, value), place)
    first = next(inside, None)
    if first is None:
        yield _told(problem, type_, place)
        return
    yield first
    yield from inside


def _problem(value: Any, type_: Any) -> str | None:
    try:
        msgspec.convert(value, type_, str_keys=True)
    except msgspec.ValidationError as error:
        return str(error)
    return None


def _inside(value: Any, type_: Any, place: str) -> Iterator[str]:
    """Find what is wrong with the parts of a value."""
    origin, parts = get_origin(type_), get_args(type_)
    if isinstance(type_, type) and issubclass(type_, msgspec.Struct):
        yield from _in_object(value, type_, place)
    elif origin is dict:
        for name, child in value.items():
            yield from _faults(child, parts[1], _below(place, name))
    elif origin is tuple and Ellipsis not in parts:
        pairs = zip(value, parts, strict=False)
        for position, (child, part) in enumerate(pairs if len(value) == len(parts) else ()):
            yield from _faults(child, part, f"{place}[{position}]")
    elif origin in (list, tuple):
        for position in _misfits(value, parts[0]):
            yield from _faults(value[position], parts[0], f"{place}[{position}]")


def _in_object(value: dict[str, Any], type_: type[msgspec.Struct], place: str) -> Iterator[str]:
    known = {field.encode_name: field for field in msgspec.structs.fields(type_)}
    told = f"{place}: object" if place else "Object"
    for name, field in known.items():
        if name in value:
            yield from _faults(value[name], field.type, _below(place, name))
        elif field.required:
            yield f"{told} missing required field {name}"
    if type_.__struct_config__.forbid_unknown_fields:
        for name in [name for name in value if name not in known]:
            yield f"{told} contains unknown field {name}, expected {_one_of(list(known))}"


def _misfits(values: list[Any], type_: Any, start: int = 0) -> Iterator[int]:
    """Find the positions of the items that are not of a type; halves are tried whole."""
    if _problem(values, list[type_]) is None:
        return
    half = len(values) // 2
    if not half:
        yield start
        return
    yield from _misfits(values[:half], type_, start)
    yield from _misfits(values[half:], type_, start + half)


def _shaped(type_: Any, value: Any) -> Any:
    """Pick what a type has for objects or for arrays, as the value is; None where it is unclear."""
    fitting = [member for member in _members(type_) if _takes(member, value)]
    return fitting[0] if len(fitting) == 1 else None


def _members(type_: Any) -> list[Any]:
    """List the types that a union is of, without what annotations add."""
    if get_origin(type_) is Annotated:
        return _members(get_args(type_)[0])
    if get_origin(type_) in (Union, UnionType):
        return [one for member in get_args(type_) for one in _members(member)]
    return [type_]


def _takes(type_: Any, value: Any) -> bool:
    origin = get_origin(type_) or type_
    if isinstance(value, list):
        return origin in (list, tuple) and bool(get_args(type_))
    is_struct = isinstance(origin, type) and issubclass(origin, msgspec.Struct)
    return isinstance(value, dict) and (is_struct or (origin is dict and bool(get_args(type_))))


def _told(problem: str, type_: Any, place: str) -> str:
    """Write msgspec's words, with what would be right where they leave it out."""
    rule, _, below = problem.replace("`", "").partition(" - at ")
    choices = [one for member in _members(type_) for one in _choices(member)]
    if choices and rule.startswith("Invalid enum value"):
        rule += f", expected {_one_of(choices)}"
    place = (place + below.removeprefix("$")).removeprefix(".")
    return f"{place}: {rule[:1].lower()}{rule[1:]}" if place else rule


def _choices(type_: Any) -> tuple[Any, ...]:
    return get_args(type_) if get_origin(type_) is Literal else ()


def _below(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


def _one_of(names: list[Any]) -> str:
    more = len(names) - SHOWN
    listed = ", ".join(map(str, names[:SHOWN])) + (f" and {more} more" if more > 0 else "")
    return listed if len(names) == 1 else f"one of {listed}"
