"""A booster's file behind `apps.tabular`, in this process."""

import json
from pathlib import Path
from typing import Any

from msgspec.json import encode

from apps.build.card import make_card
from apps.build.columns import Told
from apps.tabular import serve
from engines.lightgbm import Booster as Lightgbm
from engines.xgboost import Booster as Xgboost


def handler_of(path: Path, told: Told | None = None) -> Any:
    """The Lambda function of a model's file, as its image would have it."""
    engine: Any = Lightgbm(path) if path.suffix == ".txt" else Xgboost(path)
    card = path.with_suffix(".card")
    card.write_bytes(encode(make_card(engine, told or Told())))
    return serve(engine, str(card))


def answer_of(handler: Any, rows: Any) -> Any:
    """What a direct call of rows is answered with, as JSON has it."""
    return json.loads(json.dumps(handler({"rows": rows}, None)))


def with_null(table: Any) -> list[list[float | None]]:
    """The rows of an array as a request has them."""
    return [[None if value != value else value for value in row] for row in table.tolist()]
