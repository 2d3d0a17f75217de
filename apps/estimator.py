"""Answers requests for rows of named columns, by an estimator of scikit-learn.

The requests and answers are those of `apps.tabular`. What the estimator refuses is a 400 with its
own words.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from apps.card import Column, read_card, text_columns
from apps.predictions import Classes, answer_type
from apps.table import request_type, tuples, unknown_categories
from engines.errors import RunError
from engines.tensor import KINDS
from serving import BadRequest, api

if TYPE_CHECKING:
    from engines.sklearn.estimator import Estimator

FLOAT64 = KINDS[11]


def serve(estimator: "Estimator", card_path: str) -> Callable[[Any, Any], Any]:
    """Make the Lambda function of an estimator.

    Args:
        estimator: that has been loaded.
        card_path: what `apps.build.estimator` wrote of it.
    """
    card = read_card(card_path)
    type_, names = answer_type(card), [str(label) for label in card.classes]
    texts = text_columns(card.columns)

    def handler(request: Any) -> Any:
        rows = tuples(request.rows)
        _check_categories(card.columns, rows)
        _check_letters(card.columns, rows)
        try:
            values, chances = estimator.predict(rows, texts)
        except RunError as error:
            raise BadRequest(f"the model refuses these rows: {error}") from error
        if card.classes:
            values = [card.classes[code] for code in values]
        if type_ is not Classes:
            return type_(values)
        return Classes(values, [dict(zip(names, row, strict=True)) for row in chances or []])

    handler.__annotations__ = {"request": request_type(card.columns, FLOAT64), "return": type_}
    handler.__doc__ = card.description or "Predicts, for each row of columns."
    return api(facts=estimator.about)(handler)


def _check_categories(columns: Sequence[Column], rows: Sequence[tuple[Any, ...]]) -> None:
    closed = {
        position: column
        for position, column in enumerate(columns)
        if column.kind == "categorical" and not column.others
    }
    for position, column in closed.items():
        if not {None, *column.categories}.issuperset(row[position] for row in rows):
            raise unknown_categories(closed, rows)


def _check_letters(columns: Sequence[Column], rows: Sequence[tuple[Any, ...]]) -> None:
    """Refuse what an encoder that takes others would take for one, and a person for a category."""
    for position, column in enumerate(columns):
        if not column.others:
            continue
        others = {row[position] for row in rows}.difference(column.categories)
        if any(isinstance(value, str) for value in others):
            from apps.letters import hint

            said = {value: hint(value, column.categories) for value in others}
            for number, row in enumerate(rows):
                if rule := said.get(row[position]):
                    place = f"rows[{number}].{column.name}"
                    raise BadRequest(f"{place}: got {row[position]!r}: {rule}")
