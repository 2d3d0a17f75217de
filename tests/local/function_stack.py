"""A stack with a function and its API, as the tests deploy, call and delete it."""

import json
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from tests.local.instance import Instance

TEMPLATE = Path(__file__).with_name("function.yaml")


class FunctionStack:
    """A stack of function.yaml; its name is the function's too."""

    def __init__(self, instance: Instance, name: str) -> None:
        self.instance = instance
        self.name = name
        self.template = TEMPLATE

    def try_deploy(self, image_uri: str, **parameters: str) -> subprocess.CompletedProcess[str]:
        values = {"Name": self.name, "ImageUri": image_uri, **parameters}
        return self.instance.try_aws(
            *(
                "cloudformation",
                "deploy",
                "--stack-name",
                self.name,
                "--no-fail-on-empty-changeset",
            ),
            *("--template-file", str(self.template)),
            *("--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"),
            *("--parameter-overrides", *(f"{key}={value}" for key, value in values.items())),
        )

    def deploy(self, image_uri: str, **parameters: str) -> None:
        done = self.try_deploy(image_uri, **parameters)
        assert done.returncode == 0, done.stderr + self.reasons()

    def delete(self) -> None:
        self.instance.aws("cloudformation", "delete-stack", "--stack-name", self.name)

    def status(self) -> str:
        stacks = self.instance.aws("cloudformation", "describe-stacks", "--stack-name", self.name)
        return str(stacks["Stacks"][0]["StackStatus"])

    def reasons(self) -> str:
        """The reasons in the stack's events."""
        events = self.instance.aws(
            "cloudformation", "describe-stack-events", "--stack-name", self.name
        )
        return "\n".join(event.get("ResourceStatusReason", "") for event in events["StackEvents"])

    def output(self, key: str) -> str:
        stacks = self.instance.aws("cloudformation", "describe-stacks", "--stack-name", self.name)
        outputs = {one["OutputKey"]: one["OutputValue"] for one in stacks["Stacks"][0]["Outputs"]}
        return str(outputs[key])

    def url(self) -> str:
        return f"{self.instance.endpoint}/restapis/{self.output('ApiId')}/live/_user_request_"

    def configuration(self) -> Any:
        return self.instance.aws(
            "lambda", "get-function-configuration", "--function-name", self.name
        )

    def containers(self) -> list[str]:
        """The containers that the function runs in."""
        wanted = f"label=local-aws.function={self.name}"
        return self.instance.docker("ps", "--quiet", "--filter", wanted).split()


def call(url: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
    """The status and the body of an answer, be it an error or not."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, named), timeout=30) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def says(url: str) -> Any:
    """What the image that answers was built to say."""
    status, body = call(url)
    assert status == 200, body
    return json.loads(body)["says"]
