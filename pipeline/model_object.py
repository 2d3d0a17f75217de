"""A model's file outside the image: an object of S3, by MODEL_URI and MODEL_URI_SHA256.

`-m FILE` with SWAP=s3 puts it into the stage's bucket, `<prefix>/models/<SHA-256>/<name>`. What
is released is the image of the newest release with these two settings, checked as any other.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from pipeline.cloud.aws import ask, tell
from pipeline.commands import note
from pipeline.errors import AwsError, GivenError, ReleaseError, SettingsError
from pipeline.model.directory import Model

FOLDER = "models"
UNSAFE = re.compile(r"[^A-Za-z0-9._=+-]")  # in a key that is part of a policy
READER = "model_file("
MIB = 1 << 20
LINE = "from serving.model_file import model_file; load(model_file('/var/task/model.ubj'))"


class ModelObject(NamedTuple):
    """An object that is a model's file."""

    uri: str
    sha256: str

    def in_settings(self, settings: Mapping[str, str]) -> dict[str, str]:
        """Give settings by which a function takes its model from here."""
        return {**settings, "MODEL_URI": self.uri, "MODEL_URI_SHA256": self.sha256}


def require_reader(model: Model) -> None:
    """Refuse a model whose app would not look at MODEL_URI: the image's file would answer.

    Raises:
        SettingsError: no code of the directory calls `model_file`.
    """
    files = model.directory.rglob("*.py")
    if not any(READER in file.read_text(encoding="utf-8", errors="replace") for file in files):
        raise SettingsError(
            "the app does not take its model from MODEL_URI. Load it as xgboost-example does:"
            f" {LINE}. Without code of your own, take SWAP=layer"
        )


def require_room(file: Path, settings: Mapping[str, str]) -> None:
    """Refuse a file that does not fit into /tmp.

    Raises:
        SettingsError: it is larger than EPHEMERAL_STORAGE_SIZE.
    """
    size_mib = file.stat().st_size / MIB
    if size_mib >= int(settings["EPHEMERAL_STORAGE_SIZE"]):
        raise SettingsError(
            f"{file.name} has {size_mib:,.0f} MiB, and the function's /tmp"
            f" {settings['EPHEMERAL_STORAGE_SIZE']}: set a larger EPHEMERAL_STORAGE_SIZE"
        )


def object_of(file: Path, bucket: str, prefix: str) -> ModelObject:
    """Name the object that a file is in a bucket, whether it is there or not."""
    sha256 = _sha256(file)
    return ModelObject(f"s3://{bucket}/{prefix}/{FOLDER}/{sha256}/{_key_of(file.name)}", sha256)


def _key_of(name: str) -> str:
    return UNSAFE.sub("-", name)


def _sha256(file: Path) -> str:
    found = hashlib.sha256()
    with file.open("rb") as content:
        for piece in iter(lambda: content.read(MIB), b""):
            found.update(piece)
    return found.hexdigest()


def upload(file: Path, to: ModelObject) -> None:
    """Put a file into its place, if it is not there.

    Raises:
        ReleaseError: it cannot be written; the reason was shown.
    """
    if _is_there(to):
        note(f"unchanged: {to.uri} is in the bucket")
    elif not tell("s3", "cp", "--only-show-errors", str(file), to.uri):
        raise ReleaseError(
            "the model's file was not uploaded; the reason stands above. Run the same command again"
        )


def _is_there(to: ModelObject) -> bool:
    bucket, _, key = to.uri.partition("://")[2].partition("/")
    try:
        ask("s3api", "head-object", "--bucket", bucket, "--key", key)
    except AwsError as error:
        if "404" in str(error) or "Not Found" in str(error):
            return False
        raise
    return True


def fetch(settings: Mapping[str, str], scratch: Path) -> Path | None:
    """Fetch the model's file that settings name; None where they name none.

    Args:
        settings: of a model or a release.
        scratch: a folder of this run.

    Raises:
        GivenError: it cannot be fetched, or is another file.
    """
    uri, sha256 = settings.get("MODEL_URI", ""), settings.get("MODEL_URI_SHA256", "")
    if not uri:
        return None
    file = scratch / f"model-{sha256}" / uri.rpartition("/")[2]
    file.parent.mkdir(exist_ok=True)
    if not file.is_file() and not tell("s3", "cp", "--only-show-errors", uri, str(file)):
        raise GivenError(f"{uri} cannot be fetched; the reason stands above")
    found = _sha256(file)
    if found != sha256:
        raise GivenError(f"{uri} has the SHA-256 {found}, and MODEL_URI_SHA256 is {sha256}")
    return file
