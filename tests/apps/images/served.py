"""Models of photographs as their images serve them, and as their libraries' packages answer."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from apps.build.images import ToldPhotographs, make_card
from apps.images.serving import serve
from golden.compare import differences
from golden.images import make_cases
from golden.networks import Network

RGB = {"color": "RGB", "resize": "crop"}
HALVES = {"scale": "1/127.5", "mean": 1}


def told(**fields: Any) -> ToldPhotographs:
    """What a columns.json says."""
    return msgspec.convert(fields, ToldPhotographs)


def served(engine: Any, folder: Path, **fields: Any) -> tuple[Callable[..., Any], dict[str, Any]]:
    """The handler of a model, and its card."""
    path = folder / "card.json"
    path.write_bytes(msgspec.json.encode(make_card(engine, told(**fields), str(folder))))
    return serve(engine, str(path)), json.loads(path.read_bytes())


def unlike(engine: Any, network: Network, folder: Path, **fields: Any) -> list[str]:
    """Where a model's answers differ from those of its library's package, for each picture."""
    handler, card = served(engine, folder, **fields)
    cases = make_cases(network, card)
    assert len(cases) == 12
    return [
        difference
        for case in cases
        for difference in differences(case.answer, handler(case.request, None))
    ]
