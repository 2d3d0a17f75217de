"""Joins the columns that a model's file names with those of `columns.json`."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from apps.card import Column, Label
from engines import columns as engine_columns
from engines.errors import ModelError

# What LightGBM calls columns that were never named.
UNNAMED = re.compile(r"Column_[0-9]+")

# What msgspec takes in no field's name.
UNSPEAKABLE = re.compile(r'["\\\x00-\x1f]')


class Told(Struct, forbid_unknown_fields=True):
    """What `columns.json` says; all of it may be left out."""

    columns: list[Column] = []
    whole: bool = False  # whether these are all the columns, as a signature lists them
    classes: list[Label] = []
    trusted: list[str] = []  # types of a file of skops
    unit: str = ""
    description: str = ""


class _Pair(NamedTuple):
    """A column of the model's file, and what `columns.json` says of it."""

    found: engine_columns.Column
    told: Column


def merged(found: Sequence[engine_columns.Column], told: Told) -> list[Column]:
    """Join the columns of a model's file with those of `columns.json`.

    Raises:
        ModelError: they contradict each other, two have one name, or the categories of one are in
            neither.
    """
    columns = [_joined(pair) for pair in _pairs(found, told.columns)]
    names = [column.name for column in columns]
    for name in names:
        if names.count(name) > 1:
            raise ModelError(f"two columns have the name {name}: columns.json can rename neither")
    for name in names:
        if UNSPEAKABLE.search(name):
            raise ModelError(
                f"the column {name!r} has a quotation mark, a backslash or a control character in"
                " its name, which no field of a request can have: rename it before training"
            )
    missing = {*names} - {column.name for column in told.columns} if told.whole else None
    if missing:
        raise ModelError(f"the model has a column {min(missing)}, which is not in its signature")
    return columns


def check_distinct(what: str, values: Sequence[Label]) -> None:
    """Make sure that no value equals another, as 1 does True.

    Raises:
        ModelError: one does; the message begins with what they are.
    """
    first: dict[Label, Label] = {}
    for value in values:
        if value in first:
            raise ModelError(f"{what}: {first[value]!r} and {value!r} are equal, name each once")
        first[value] = value


def check_classes(classes: Sequence[Label]) -> None:
    """Make sure that answers can tell classes apart, as values and as the keys of chances.

    Raises:
        ModelError: they cannot.
    """
    check_distinct("the classes", classes)
    first: dict[str, Label] = {}
    for label in classes:
        if str(label) in first:
            pair = f"{first[str(label)]!r} and {label!r}"
            raise ModelError(f"the classes: {pair} are both {label} in JSON, name them apart")
        first[str(label)] = label


def _pairs(found: Sequence[engine_columns.Column], told: Sequence[Column]) -> list[_Pair]:
    if all(not column.name or UNNAMED.fullmatch(column.name) for column in found):
        return _pairs_in_order(found, told)
    by_name = {column.name: column for column in told}
    unknown = by_name.keys() - {column.name for column in found}
    if unknown:
        known = ", ".join(column.name for column in found)
        raise ModelError(f"columns.json: the model has no column {min(unknown)}, but {known}")
    return [_Pair(column, by_name.get(column.name, Column(column.name))) for column in found]


def _pairs_in_order(found: Sequence[engine_columns.Column], told: Sequence[Column]) -> list[_Pair]:
    if told and len(told) != len(found):
        raise ModelError(
            f"columns.json names {len(told)} columns, the model has {len(found)} and no names for"
            " them: name all, in the order of training"
        )
    names = [column.name or f"f{position}" for position, column in enumerate(found)]
    named = told or [Column(name) for name in names]
    return [_Pair(*pair) for pair in zip(found, named, strict=True)]


def _joined(pair: _Pair) -> Column:
    found, told = pair
    if found.kind != "categorical" and not told.categories:
        if told.kind == "float" or found.kind in ("text", "unused"):
            return replace(told, kind=found.kind)
        return told
    if found.kind != "categorical":
        raise ModelError(f"columns.json: {told.name} has categories, but its column is of numbers")
    others = found.others or told.others
    return replace(told, kind="categorical", categories=_categories(pair), others=others)


def _categories(pair: _Pair) -> list[str | int | float | bool]:
    found, told = pair
    known = list(found.categories or [])
    if known and told.categories and known != told.categories:
        raise ModelError(
            f"columns.json: the categories of {told.name} are {told.categories}, the model's are"
            f" {known}"
        )
    if not known and not told.categories:
        raise ModelError(
            f"the column {told.name} is categorical, and the file does not say what its codes stand"
            ' for: list them in columns.json, in the order of training, as {"columns": [{"name":'
            f' "{told.name}", "categories": ["…", "…"]}}]}}'
        )
    check_distinct(f"the categories of {told.name}", known or told.categories)
    return known or told.categories
