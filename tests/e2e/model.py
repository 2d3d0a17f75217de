"""A model on the local AWS: its directory, the pipeline run on it, and what the AWS then holds."""

import json
import os
import re
import shutil
import signal
import subprocess
import time
import urllib.request
from pathlib import Path
from typing import Any, NamedTuple

from tests.local.instance import REPOSITORY, Instance

TIMEOUT_SECONDS = 300


class State(NamedTuple):
    """What a deployed model is: equal for two deploys that ended alike."""

    registry: str
    function: str
    live_digest: str
    releases: int
    images: int


class Model:
    """A copy of a model directory and the pipeline's runs on it."""

    def __init__(self, instance: Instance, folder: Path, example: str = "base-example") -> None:
        self.aws = instance.aws
        self.instance = instance
        self.directory = folder
        shutil.copytree(REPOSITORY / example, folder)

    @property
    def name(self) -> str:
        """The project's name, which follows from the directory's."""
        return re.sub("[^a-z0-9]+", "-", self.directory.name)

    def start(self, *flags: str, **environ: str) -> subprocess.Popen[str]:
        """Starts the pipeline in a process group of its own, from outside the clone."""
        return subprocess.Popen(
            ["bash", str(REPOSITORY / "pipeline.sh"), "-l", "-s", "dev", *flags],
            cwd="/",
            env={**self.instance.settings, **environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def pipeline(self, *flags: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Runs the pipeline on the model directory, whether it succeeds or not."""
        with self.start(*flags, str(self.directory), **environ) as process:
            stdout, stderr = process.communicate(timeout=TIMEOUT_SECONDS)
        return subprocess.CompletedProcess(process.args, process.returncode, stdout, stderr)

    def deploy(self, *flags: str, **environ: str) -> str:
        """Runs the pipeline, which must succeed; what it said on the way."""
        ran = self.pipeline(*(flags or ("-r", "-p", "-d", "-t")), **environ)
        assert ran.returncode == 0, ran.stderr
        return ran.stderr

    def kill_at(self, words: str, *flags: str, **environ: str) -> None:
        """Runs the pipeline and kills it, with all it started, once it has said these words."""
        process = self.start(*flags, str(self.directory), **environ)
        assert process.stderr
        said = ""
        for line in process.stderr:
            said += line
            if words in line:
                break
        assert words in said, said
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def change(self, intercept: float) -> None:
        """Changes the model's file, and its example to fit."""
        line = json.loads((self.directory / "app" / "line.json").read_text())
        line["intercept"] = intercept
        (self.directory / "app" / "line.json").write_text(json.dumps(line))
        example = json.loads((self.directory / "example.json").read_text())
        minutes = example["request"]["eruption_minutes"]
        example["answer"]["waiting_minutes"] = intercept + line["slope"] * minutes
        (self.directory / "example.json").write_text(json.dumps(example))

    @property
    def function_stack(self) -> str:
        """The name of the stack of the function."""
        stem = re.sub("-example$", "", self.name)
        return f"{stem}-lambda-example-dev" if stem != self.name else f"{stem}-lambda-dev"

    def outputs(self, stack: str) -> dict[str, str]:
        """A stack's outputs by key."""
        described = self.aws("cloudformation", "describe-stacks", "--stack-name", stack)
        return {one["OutputKey"]: one["OutputValue"] for one in described["Stacks"][0]["Outputs"]}

    def status(self, stack: str) -> str:
        """A stack's status, NONE where there is no such stack."""
        described = self.instance.try_aws(
            "cloudformation", "describe-stacks", "--stack-name", stack
        )
        if "does not exist" in described.stderr:
            return "NONE"
        status: str = json.loads(described.stdout)["Stacks"][0]["StackStatus"]
        return status

    @property
    def api_url(self) -> str:
        """Where the API answers on this machine."""
        found = self.outputs(self.function_stack)
        api = f"{self.instance.endpoint}/restapis/{found['ApiId']}"
        return f"{api}/dev/_user_request_{found['ApiPath']}"

    def post(self, request: Any) -> Any:
        """POSTs a JSON value to the API; the answer's."""
        headers = {"Content-Type": "application/json"}
        message = urllib.request.Request(self.api_url, json.dumps(request).encode(), headers)
        with urllib.request.urlopen(message, timeout=60) as answer:
            return json.load(answer)

    def releases(self, registry: str = "") -> list[str]:
        """The names of the releases in a registry, its own by default, oldest first."""
        bucket = self.outputs(f"{registry or self.name}-registry-dev")["BucketName"]
        listed = self.aws("s3api", "list-objects-v2", "--bucket", bucket)
        return sorted(Path(one["Key"]).stem for one in listed.get("Contents", []))

    def state(self) -> State:
        """What is deployed now."""
        listed = self.aws("ecr", "list-images", "--repository-name", f"{self.name}-dev")
        live = self.aws(
            *("lambda", "get-function", "--function-name", f"{self.name}-dev"),
            *("--qualifier", "live"),
        )
        return State(
            registry=re.sub("CREATE|UPDATE", "", self.status(f"{self.name}-registry-dev")),
            function=re.sub("CREATE|UPDATE", "", self.status(self.function_stack)),
            live_digest=live["Code"]["ResolvedImageUri"].split("@")[1],
            releases=len(self.releases()),
            images=len(listed["imageIds"]),
        )


def seconds_of(action: Any) -> float:
    """How long a call takes."""
    started = time.monotonic()
    action()
    return time.monotonic() - started
