"""The description that a command line names, and what of it is for the app."""

import json
from importlib import import_module
from pathlib import Path

from engines.torch.build.description import Described, DescriptionError


def described_by(function: str) -> Described:
    """Call a function named as MODULE:FUNCTION.

    Raises:
        DescriptionError: there is none of that name, or it returns something else.
    """
    module, colon, name = function.partition(":")
    if not colon:
        raise DescriptionError(f"the function must be named as MODULE:FUNCTION, got {function}")
    described = getattr(import_module(module), name, None)
    if described is None:
        raise DescriptionError(f"{module} has no function {name}")
    returned = described()
    if not isinstance(returned, Described):
        raise DescriptionError(f"{function} must return a Described, got {type(returned).__name__}")
    return returned


def write_app_card(described: Described, out: Path) -> None:
    """Write card.json, what the app has to know, into a folder that is there."""
    if described.card is not None:
        text = json.dumps(dict(described.card), ensure_ascii=False)
        (out / "card.json").write_text(text + "\n")
