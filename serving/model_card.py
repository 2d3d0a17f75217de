"""The model card: what a model is, of what it was made, and what its author says of it.

`about.json` beside the app is the author's: an object such as

    {"description": "…", "licence": "MIT", "metrics": {"rmse": 2.9}, "links": {"paper": "https://…"}}

Imported when a caller asks for the card, not before.
"""

import os
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from serving.digests import DIGESTS

ABOUT = "about.json"
Facts = Callable[[], Mapping[str, Any]]


def model_card(name: str, release: str, description: str, facts: Facts) -> dict[str, Any]:
    """Gather what is known of a model; its author's words give way to what was measured.

    Args:
        name: the model's.
        release: that is deployed, empty where there is none.
        description: what the handler says that it does.
        facts: what the app knows: its engine, inputs and outputs.

    Raises:
        msgspec.DecodeError: a file is not the JSON that it should be.
    """
    said = _read(ABOUT, dict[str, Any]) or {}
    files = (_read(DIGESTS, list[Any]) or []) + _outside()
    known = {"name": name, "release": release, **facts(), "files": files or None}
    card = {"description": description, **said, **known}
    first = ("name", "release", "description")
    ordered = {key: card[key] for key in (*first, *card)}
    return {key: value for key, value in ordered.items() if value not in (None, "")}


def _outside() -> list[dict[str, str]]:
    """Tell of the model's file where it is not in the image."""
    uri = os.environ.get("MODEL_URI", "")
    name, sha256 = uri.rpartition("/")[2], os.environ.get("MODEL_URI_SHA256", "")
    return [{"name": name, "sha256": sha256}] if uri else []


def _read(name: str, type_: Any) -> Any:
    """Read a JSON file that lies beside the app, None without one."""
    try:
        with open(os.path.join(os.environ.get("LAMBDA_TASK_ROOT", ""), name), "rb") as file:
            return msgspec.json.decode(file.read(), type=type_)
    except FileNotFoundError:
        return None
