"""Models with a page: real ones, each of another kind, with the golden request of its directory."""

from pathlib import Path
from typing import Annotated, Any

import lightgbm
import numpy as np
import pandas as pd
from msgspec import Meta, Struct

from apps.build.columns import Told
from apps.card import Column
from apps.images.answering import serve_photographs
from apps.images.naming import Names
from apps.images.requests import requests
from serving import api
from serving.photographs import Allowance, Framing, pixels
from tests.apps.serving_models import handler_of

CITIES = ["Oslo", "Paris", "Rome"]


class Eruption(Struct, forbid_unknown_fields=True):
    """The length of the last eruption."""

    eruption_minutes: Annotated[float, Meta(ge=1.5, le=5.5)]
    number: int = 0


class Waiting(Struct):
    """The rest until the next eruption."""

    waiting_minutes: float


def geyser() -> Any:
    """The app of base-example, as the environment names it."""

    def handler(request: Eruption) -> Waiting:
        """Predicts when Old Faithful erupts next."""
        return Waiting(33.47 + 10.73 * request.eruption_minutes)

    return api(handler)


def customers(folder: Path) -> Any:
    """Whether a customer leaves: LightGBM, with a categorical column and missing values."""
    generator = np.random.default_rng(0)
    rows = 300
    age, city = generator.uniform(18, 90, rows), generator.choice(CITIES, rows)
    frame = pd.DataFrame(
        {"age": age, "city": pd.Categorical(city, CITIES), "visits": generator.integers(0, 9, rows)}
    )
    leaves = (age > 50) ^ (city == "Rome")
    data = lightgbm.Dataset(frame, leaves.astype(int), params={"verbose": -1})
    path = folder / "churn.txt"
    lightgbm.train({"objective": "binary", "verbose": -1}, data, 20).save_model(path)
    age_column = Column("age", unit="years", minimum=0, maximum=120)
    told = Told(
        columns=[age_column], classes=["stays", "leaves"], description="Whether a customer leaves."
    )
    return handler_of(path, told)


def photographs() -> Any:
    """Tells the colour of a photograph: the real requests and decoder, a made model."""
    framing, colours = Framing(8, 8, "stretch"), ("red", "green", "blue")

    def look(content: bytes, count: int, allowance: Allowance | None) -> list[Any]:
        found = pixels(content, framing, allowance)
        sums = [sum(found[channel::3]) for channel in range(3)]
        named = [
            [name, 100 * part / max(1, sum(sums))] for name, part in zip(colours, sums, strict=True)
        ]
        return sorted(named, key=lambda pair: -float(str(pair[1])))[:count]

    return serve_photographs(look, requests(3), Names, "Tells the colour of a photograph.", "tests")
