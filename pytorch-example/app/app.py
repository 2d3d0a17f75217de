"""Names what is on photographs: `POST {"input_url": "https://…"}`, or the photograph itself."""

from typing import Any

from model import load

from apps.images.answering import serve_photographs
from apps.images.naming import Names, best
from apps.images.requests import requests
from serving.photographs import Allowance, pixels

model = load()


def name(content: bytes, count: int, allowance: Allowance | None) -> list[Any]:
    """Names what is on one photograph."""
    percents = model.predict(pixels(content, model.framing, allowance))
    return best(model.labels, percents, count)


handler = serve_photographs(
    name,
    requests(len(model.labels)),
    Names,
    "Names what is on one photograph, or on each of several.",
    user_agent="pytorch-example",
    facts=model.about,
)
