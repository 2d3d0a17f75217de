"""Answers requests for rows of named columns, by any engine of tabular data.

    {"rows": [{"age": 34, "city": "Paris"}, {"age": null, "city": "Rome"}]}
    {"rows": [[34, "Paris"], [null, "Rome"]]}

`null` is a missing value. The answer has a prediction for each row, in their order:

    {"predictions": ["stays", "leaves"], "probabilities": [{"stays": 0.9, "leaves": 0.1}, …]}
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from apps.card import read_card
from apps.predictions import answer_type, answers
from apps.table import Table
from serving import api

if TYPE_CHECKING:
    from engines.engine import Engine
    from serving.application import Application
    from serving.routes import Route


def serve(engine: "Engine", card_path: str) -> "Application[Any, Any]":
    """Make the Lambda function of a model.

    Args:
        engine: that has loaded it, of one input and one output.
        card_path: what `apps.build.card` wrote of it.
    """
    card = read_card(card_path)
    table = Table(card.columns, engine.inputs[0].kind)
    answer = answers(card, engine.outputs[0].kind)

    def handler(request: Any) -> Any:
        return answer(engine.run([table.tensor(request.rows)])[0])

    handler.__annotations__ = {"request": table.request_type, "return": answer_type(card)}
    handler.__doc__ = card.description or "Predicts, for each row of columns."
    application: Application[Any, Any] = api(facts=engine.about)(handler)

    def doors() -> "Mapping[str, Route]":
        from apps.doors import routes
        from apps.doors.rows import Computed
        from apps.doors.tabular import Tabular

        return routes(Tabular(Computed(engine, table, answer), card))

    application.later(doors)
    return application
