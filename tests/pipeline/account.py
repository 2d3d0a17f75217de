"""An AWS account and a Docker that answer from a table, and a model: what the steps work on."""

import json
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline.cloud.record import Record, new_record
from pipeline.model.directory import read_model
from pipeline.model.origin import Origin
from pipeline.options import Options
from tests.commands import Commands

DIGEST = "sha256:" + "a" * 64
RELEASE = "20260131T120000Z-0123456789abcdef"
# Of whichever stack was asked for.
MISSING = (
    "for word; do case $word in my-model-*-dev) missing=$word ;; esac; done;"
    ' echo "ValidationError: Stack with id $missing does not exist" >&2; exit 254'
)
NO_IMAGE = "echo 'An error occurred (ImageNotFoundException)' >&2; exit 254"
IMAGE = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
REGISTRY = {
    "RepositoryUri": "host/my-model-dev",
    "RepositoryName": "my-model-dev",
    "BucketName": "b",
}
API = {
    "ApiUrl": "https://api/dev/predict",
    "FunctionName": "my-model-dev",
    "Release": RELEASE,
}


def says(value: Any) -> str:
    """Lines of sh that print a JSON value."""
    return f"printf '%s' {shlex.quote(json.dumps(value))}"


# Parameters by which the project knows its own stacks.
OURS = {
    "Project": "my-model",
    "Stage": "dev",
    "UntaggedImageDays": "1",
    "Release": RELEASE,
    "VersionKey": "",
}


def stack(outputs: Mapping[str, str], status: str = "CREATE_COMPLETE", **parameters: str) -> str:
    """What the CLI says of a stack of this project."""
    return anyones_stack(outputs, status, {**OURS, **parameters})


def anyones_stack(outputs: Mapping[str, str], status: str, parameters: Mapping[str, str]) -> str:
    """What the CLI says of a stack."""
    found = {
        "StackStatus": status,
        "Outputs": [{"OutputKey": k, "OutputValue": v} for k, v in outputs.items()],
        "Parameters": [{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()],
    }
    return says({"Stacks": [found]})


def image(media_type: str = IMAGE) -> str:
    """What the CLI says of an image of the repository."""
    found = {"imageDigest": DIGEST, "imageManifestMediaType": media_type}
    return says({"imageDetails": [found]})


def live(digest: str = DIGEST) -> str:
    """What the CLI says of the version behind the alias."""
    return says({"Code": {"ResolvedImageUri": f"host/my-model-dev@{digest}"}})


class Account:
    """Stubs of `aws` and `docker` on the PATH, and a model directory with a space in its path."""

    def __init__(self, folder: Path) -> None:
        self.commands = Commands(folder)
        self.commands.link("sh", "cp", "cat")
        self.commands.stub("docker")
        self.model = folder / "my model"
        self.model.mkdir()
        (self.model / "Dockerfile").write_text("FROM scratch\n")
        (self.model / "example.json").write_text('{"request": {"x": 1}, "answer": {"y": 2}}')
        (self.model / "model.env").write_text("MEMORY_SIZE=512\n")
        self.record_file = folder / "record.json"
        self.release(self.record())
        self.answer({})

    def record(self) -> Record:
        """The record of the model as it is."""
        model = read_model(self.model, "Dockerfile", {})
        record = new_record(model, "my-model", "0123456789abcdef", DIGEST, "", Origin())
        return record._replace(release=RELEASE)

    def parameters(self) -> dict[str, str]:
        """The template's parameters by which the record is deployed to `dev`."""
        found = self.record().parameters("dev", "host/my-model-dev", {})
        return {**found, "RecordTo": "b/recorded/sam_templates/my-model-lambda"}

    def release(self, record: Record) -> None:
        """Put a record into the bucket, in place of the one that is there."""
        self.record_file.write_text(record.as_json())

    def answer(self, answers: Mapping[str, str]) -> None:
        """Say what `aws` does at a call with these words in it; the first that fits counts."""
        fetch = f'for to; do :; done; cp {shlex.quote(str(self.record_file))} "$to"'
        keys = [
            f"{prefix}/releases/{RELEASE}.json" for prefix in ("p", "sam_templates/my-model-lambda")
        ]
        usual = {
            "s3 cp --only-show-errors s3:": fetch,
            "describe-stacks*my-model-registry": stack(REGISTRY),
            "describe-stacks*my-model-lambda": stack(API),
            "describe-images": image(),
            "list-objects-v2": says({"Contents": [{"Key": key} for key in keys]}),
            "get-function": live(),
            "get-alias": says({"FunctionVersion": "1"}),
            "list-versions-by-function": says({"Versions": []}),
            "get-caller-identity": says({"Arn": "arn:aws:iam::1:user/ada"}),
            "list-images": says({"imageIds": [{"imageDigest": "d", "imageTag": "t"}]}),
        }
        rules = {
            **answers,
            **{words: then for words, then in usual.items() if words not in answers},
        }
        cases = "".join(f"*{shlex.quote(words)}*) {then} ;;\n" for words, then in rules.items())
        cases = cases.replace("*my-model-", "'*'my-model-")
        self.commands.stub("aws", f'case "$*" in\n{cases}esac')

    def calls(self, *words: str) -> list[str]:
        """The calls of stubs that have all these words in them."""
        return [call for call in self.commands.called() if all(word in call for word in words)]

    def forget_calls(self) -> None:
        """Begin to note calls anew."""
        self.commands.calls.write_text("")

    def options(self, **more: Any) -> Options:
        """What a step is told of the model in the stage dev."""
        return Options(**{"stage": "dev", "directory": self.model, **more})
