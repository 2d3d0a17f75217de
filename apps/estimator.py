"""Answers requests for rows of named columns, by an estimator of scikit-learn.

The requests and answers are those of `apps.tabular`. What the estimator refuses is a 400 with its
own words.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from apps.card import Card, Column, exact_columns, read_card, text_columns
from apps.predictions import Classes, answer_type
from apps.table import request_type, tuples, unknown_categories
from engines.errors import RunError
from engines.tensor import KINDS
from serving import BadRequest, api

if TYPE_CHECKING:
    from engines.sklearn.estimator import Estimator, Predicted
    from serving.application import Application
    from serving.routes import Route

FLOAT64 = KINDS[11]


class Served:
    """An estimator with what its card says.

    Attributes:
        request_type: an object with the field `rows`, each an object by column, or a list.
        answer_type: of what is predicted.
    """

    def __init__(self, estimator: "Estimator", card: Card) -> None:
        """Make the types."""
        self._estimator, self._card = estimator, card
        self._texts, self._exact = text_columns(card.columns), exact_columns(card.columns)
        self._names = [str(label) for label in card.classes]
        self.request_type = request_type(card.columns, FLOAT64)
        self.answer_type = answer_type(card)

    def predict(self, given: Sequence[Any]) -> "Predicted":
        """Predict rows that the request's type has checked.

        Raises:
            BadRequest: a category that the estimator does not know, or what it refuses itself.
        """
        rows = tuples(given)
        _check_categories(self._card.columns, rows)
        _check_letters(self._card.columns, rows)
        try:
            return self._estimator.predict(rows, self._texts, self._exact)
        except RunError as error:
            raise BadRequest(f"the model refuses these rows: {error}") from error

    def answer(self, predicted: "Predicted") -> Any:
        """Answer classes by their names."""
        values, chances = predicted
        if self._card.classes:
            values = [self._card.classes[code] for code in values]
        if self.answer_type is not Classes:
            return self.answer_type(values)
        return Classes(values, [dict(zip(self._names, row, strict=True)) for row in chances or []])


def serve(estimator: "Estimator", card_path: str) -> "Application[Any, Any]":
    """Make the Lambda function of an estimator.

    Args:
        estimator: that has been loaded.
        card_path: what `apps.build.estimator` wrote of it.
    """
    card = read_card(card_path)
    served = Served(estimator, card)

    def handler(request: Any) -> Any:
        return served.answer(served.predict(request.rows))

    def doors() -> "Mapping[str, Route]":
        from apps.doors import routes
        from apps.doors.rows import Estimated
        from apps.doors.tabular import Tabular

        model = Estimated(card, served.request_type, served.predict, served.answer)
        return routes(Tabular(model, card))

    handler.__annotations__ = {"request": served.request_type, "return": served.answer_type}
    handler.__doc__ = card.description or "Predicts, for each row of columns."
    application: Application[Any, Any] = api(facts=estimator.about)(handler)
    application.later(doors)
    return application


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
