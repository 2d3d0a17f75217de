"""Runs of the pipeline from outside the clone, and requests to what they deploy."""

import json
import subprocess
import urllib.error
import urllib.request
from typing import Any

from tests.local.instance import REPOSITORY, Instance

TIMEOUT_SECONDS = 600
LOCAL = ("-l", "-s", "dev")


def run(instance: Instance, *flags: str) -> subprocess.CompletedProcess[str]:
    """Run the pipeline, whether it succeeds or not."""
    return subprocess.run(
        ["bash", str(REPOSITORY / "pipeline.sh"), *flags],
        cwd="/",
        env=instance.settings,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
    )


def deploy(instance: Instance, *flags: str) -> subprocess.CompletedProcess[str]:
    """Run the pipeline in the stage dev of the local AWS; it must succeed."""
    ran = run(instance, *LOCAL, *flags)
    assert ran.returncode == 0, ran.stderr
    return ran


def post(url: str, request: Any) -> tuple[int, Any]:
    """Send a JSON request; the status, and the JSON of the answer."""
    body = json.dumps(request).encode()
    headers = {"Content-Type": "application/json"}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers)) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())
