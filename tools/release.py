"""Release records: what was pushed, with all that a later step needs to deploy and to try it.

    release.py record --digest D --tag T --dockerfile F --example example.json [--newest R]
    release.py show record.json
    release.py parameters record.json --stage dev --repository-uri URI --template template.yaml
    release.py unreleased record.json
    release.py retired --deployed RELEASE < names

A record is an object `<prefix>/releases/<release>.json` in the bucket. A release is named
`<UTC time>-<image tag>`, so that its keys sort by age and name the images that they need.
"""

from __future__ import annotations

import argparse
import datetime
import hashlib
import json
import os
import re
import shlex
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from example import ExampleError, read_example
from settings import SETTINGS, SettingsError, settings

KEPT = 30
TIME = "%Y%m%dT%H%M%SZ"
NAME = re.compile(r"\d{8}T\d{6}Z-(?P<tag>[0-9a-f]+)")


class ReleaseError(Exception):
    """A record that cannot be read or used."""


def record(
    digest: str,
    tag: str,
    dockerfile: str,
    example: Path,
    environ: Mapping[str, str],
    newest: str = "",
) -> dict[str, Any]:
    """A new record of an image that was pushed.

    Args:
        digest: the image's, `sha256:` and 64 hex digits.
        tag: the image's; the name of the release ends with it.
        dockerfile: what the image was built from.
        example: the file `example.json`.
        environ: the settings by name, and `PROJECT`.
        newest: the newest release until now; the new one's name comes behind it.

    Raises:
        ExampleError, SettingsError: from the example or the settings.
    """
    values = settings({}, environ)
    return {
        "release": f"{_time_after(newest)}-{tag}",
        "project": environ["PROJECT"],
        "digest": digest,
        "dockerfile": dockerfile,
        "settings": {one.name: values[one.name] for one in SETTINGS if one.parameter},
        "example": read_example(example)._asdict(),
    }


def _time_after(newest: str) -> str:
    """The time in UTC, or the second after the newest release where that is later.

    A machine whose clock was fast must not keep its release the newest for ever.
    """
    now = datetime.datetime.now(datetime.timezone.utc)
    if NAME.fullmatch(newest):
        last = datetime.datetime.strptime(newest[:16] + "+0000", f"{TIME}%z")
        now = max(now, last + datetime.timedelta(seconds=1))
    return now.strftime(TIME)


def read_record(path: Path) -> dict[str, Any]:
    """A record from its file.

    Raises:
        ReleaseError: not a record that this version of the pipeline wrote.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        known = {
            "release",
            "project",
            "digest",
            "dockerfile",
            "settings",
            "example",
        } <= found.keys()
    except (OSError, ValueError, AttributeError) as error:
        raise ReleaseError(
            f"the release record cannot be read ({error}); push again with -p"
        ) from error
    if not known:
        raise ReleaseError("the release record has not all its fields; push again with -p")
    return dict(found)


def same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two records deploy the same: all but the time at which they were made."""
    return {**one, "release": None} == {**other, "release": None}


def parameters(
    found: Mapping[str, Any],
    stage: str,
    repository_uri: str,
    template: bytes,
    environ: Mapping[str, str],
) -> dict[str, str]:
    """The parameters of `template.yaml` that deploy a record; an exported setting wins.

    Raises:
        SettingsError: an exported setting that breaks its rule.
    """
    # The architecture is the image's, whatever is exported.
    exported = {name: value for name, value in environ.items() if name != "ARCHITECTURE"}
    values = settings(found["settings"], exported)
    chosen = {setting.parameter: values[setting.name] for setting in SETTINGS if setting.parameter}
    chosen.update(
        Project=found["project"],
        Stage=stage,
        ImageUri=f"{repository_uri}@{found['digest']}",
        Release=found["release"],
    )
    key = hashlib.sha256(json.dumps(chosen, sort_keys=True).encode() + template)
    return {**chosen, "VersionKey": key.hexdigest()}


def retired(names: Iterable[str], deployed: str) -> list[str]:
    """The tags of images that neither the newest 30 releases nor the deployed one need.

    Args:
        names: names of releases; anything else is passed over.
        deployed: the release that is deployed.
    """
    found = (NAME.fullmatch(name) for name in sorted(names))
    tags = [match["tag"] for match in found if match]
    return sorted(set(tags[:-KEPT]) - set(tags[-KEPT:]) - {deployed.rpartition("-")[2]})


def _print_record(options: argparse.Namespace) -> None:
    newest = options.newest.stem if options.newest else ""
    made = record(
        options.digest, options.tag, options.dockerfile, options.example, os.environ, newest
    )
    if not (options.newest and _is_same(made, options.newest)):
        print(json.dumps(made, indent=2))


def _is_same(made: Mapping[str, Any], newest: Path) -> bool:
    try:
        return same(made, read_record(newest))
    except ReleaseError:  # a broken record is mended by a new one
        return False


def _print_assignments(options: argparse.Namespace) -> None:
    found = read_record(options.record)
    print(f"RELEASE_NAME={shlex.quote(found['release'])}")
    for name in ("digest", "dockerfile"):
        print(f"RELEASE_{name.upper()}={shlex.quote(found[name])}")
    print(f"RELEASE_REQUEST={shlex.quote(shlex.quote(json.dumps(found['example']['request'])))}")


def _print_parameters(options: argparse.Namespace) -> None:
    found, template = read_record(options.record), options.template.read_bytes()
    chosen = parameters(found, options.stage, options.repository_uri, template, os.environ)
    print("\n".join(f"{name}={value}" for name, value in chosen.items()))


def _print_unreleased(options: argparse.Namespace) -> None:
    released = read_record(options.record)["settings"]
    for name, value in settings({}, os.environ).items():
        if name in released and released[name] != value:
            print(f"note: the release has {name}={released[name]}, model.env {value}: push with -p")


def _print_retired(options: argparse.Namespace) -> None:
    for tag in retired(sys.stdin.read().split(), options.deployed):
        print(tag)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="release.py", description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True)
    new = commands.add_parser("record", help="print a new record")
    for name in ("--digest", "--tag", "--dockerfile"):
        new.add_argument(name, required=True)
    new.add_argument("--example", required=True, type=Path)
    new.add_argument("--newest", type=Path, help="print nothing if this record deploys the same")
    new.set_defaults(run=_print_record)
    show = commands.add_parser("show", help="print a record's fields as shell assignments")
    show.add_argument("record", type=Path)
    show.set_defaults(run=_print_assignments)
    deploy = commands.add_parser("parameters", help="print the parameters of template.yaml")
    deploy.add_argument("record", type=Path)
    for name in ("--stage", "--repository-uri"):
        deploy.add_argument(name, required=True)
    deploy.add_argument("--template", required=True, type=Path)
    deploy.set_defaults(run=_print_parameters)
    unreleased = commands.add_parser("unreleased", help="print settings that are not in a record")
    unreleased.add_argument("record", type=Path)
    unreleased.set_defaults(run=_print_unreleased)
    old = commands.add_parser("retired", help="print the tags of images that can go")
    old.add_argument("--deployed", required=True)
    old.set_defaults(run=_print_retired)
    return parser


def main(arguments: list[str]) -> int:
    """Runs one of the commands above; 1 and a message where it cannot."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except (ReleaseError, ExampleError, SettingsError, OSError) as error:
        sys.exit(f"release: {error}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
