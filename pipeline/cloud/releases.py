"""Release records in the bucket: `<prefix>/releases/<release>.json`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from pipeline.cloud.aws import ask, tell
from pipeline.cloud.record import Record, parse_record, releases_in
from pipeline.errors import ReleaseError

SHOWN = 5


class Releases(NamedTuple):
    """The releases of one model.

    Attributes:
        bucket: where the records are.
        prefix: the model's part of it.
        scratch: a folder of this run, which keeps what was fetched: a record never changes.
    """

    bucket: str
    prefix: str
    scratch: Path

    def names(self) -> list[str]:
        """List the releases, oldest first."""
        command = ("s3api", "list-objects-v2", "--bucket", self.bucket)
        listing = ask(*command, "--prefix", f"{self.prefix}/releases/")
        return releases_in((one["Key"] for one in listing.get("Contents", [])), self.prefix)

    def fetch(self, name: str) -> Record:
        """Read a release's record.

        Raises:
            ReleaseError: there is no such release, or its record cannot be fetched or read.
        """
        file = self.scratch / f"{name}.json"
        if not file.is_file() and not self._copy(self._uri(name), str(file)):
            raise self._missing(name)
        return parse_record(file.read_text(encoding="utf-8"))

    def fetch_all(self, names: Sequence[str]) -> dict[str, Record]:
        """Read the records of several releases in one call; those that can be read, by name."""
        included = [word for name in names for word in ("--include", f"{name}.json")]
        folder = f"s3://{self.bucket}/{self.prefix}/releases/"
        words = ("s3", "cp", "--only-show-errors", "--recursive", folder, str(self.scratch))
        tell(*words, "--exclude", "*", *included)
        found = {}
        for name in names:
            try:
                found[name] = parse_record((self.scratch / f"{name}.json").read_text("utf-8"))
            except (OSError, ReleaseError):
                continue  # its name is known all the same
        return found

    def save(self, record: Record) -> None:
        """Write a new release's record.

        Raises:
            ReleaseError: it cannot be written; the reason was shown.
        """
        file = self.scratch / f"{record.release}.json"
        file.write_text(record.as_json(), encoding="utf-8")
        if not self._copy(str(file), self._uri(record.release)):
            file.unlink()
            raise ReleaseError(
                "the release was not recorded; the reason stands above. Run the same command again"
            )

    def _uri(self, name: str) -> str:
        return f"s3://{self.bucket}/{self.prefix}/releases/{name}.json"

    def _copy(self, source: str, destination: str) -> bool:
        return tell("s3", "cp", "--only-show-errors", source, destination)

    def _missing(self, name: str) -> ReleaseError:
        names = self.names()
        if name in names:
            return ReleaseError(
                f"the record of release {name} cannot be fetched; the reason stands above"
            )
        newest = ", ".join(reversed(names[-SHOWN:])) or "there are none"
        return ReleaseError(f"there is no release {name}. The newest ones: {newest}")
