"""Requests that the function kept in the bucket, with RECORD: `recorded/<prefix>/<number>.json`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pipeline.cloud.aws import tell
from pipeline.commands import note
from pipeline.errors import ReleaseError
from pipeline.image.function import body_event

FOLDER = "recorded"


def folder(bucket: str, prefix: str) -> str:
    """Name the place of a model's recorded requests, `bucket/folder`."""
    return f"{bucket}/{FOLDER}/{prefix}"


def recorded(place: str, path: str, scratch: Path) -> dict[str, dict[str, Any]]:
    """Fetch what was recorded, as events that the function takes, by the names of the objects.

    Args:
        place: as `folder` names it.
        path: that the model answers on.
        scratch: a folder of this run.

    Raises:
        ReleaseError: they cannot be fetched; the reason was shown.
    """
    fetched = scratch / FOLDER
    fetched.mkdir(exist_ok=True)
    if not tell("s3", "cp", "--only-show-errors", "--recursive", f"s3://{place}/", str(fetched)):
        raise ReleaseError(
            "the recorded requests cannot be fetched; the reason stands above. Run the same command"
            " again, or do without them: export RECORD=0"
        )
    found = {}
    for file in sorted(fetched.glob("*.json")):
        try:
            found[file.name] = _event(path, json.loads(file.read_text(encoding="utf-8")))
        except (ValueError, TypeError, KeyError) as error:
            note(f"s3://{place}/{file.name} is not a recorded request, and is not asked: {error!r}")
    return found


def _event(path: str, fields: Any) -> dict[str, Any]:
    return body_event(path, fields["content_type"], fields["query"], fields["body"])
