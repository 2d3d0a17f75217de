"""The log of a deployed model, on the local AWS."""

import json
import os
import re
import signal
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable

import pytest

from tests.e2e.model import Model
from tests.local.instance import REPOSITORY

pytestmark = pytest.mark.docker
ERUPTION = {"eruption_minutes": 3.6}


def test_the_log_is_followed_filtered_and_drawn(new_model: Callable[..., Model]) -> None:
    model = new_model("watched model")
    nothing = model.pipeline("-o")
    assert nothing.returncode == 1 and "nothing is deployed in stage dev" in nothing.stderr
    model.deploy("-r", "-p", "-d")
    (release,) = model.releases()

    following = model.start("-o", str(model.directory))
    assert following.stdout
    model.post(ERUPTION)
    first = json.loads(following.stdout.readline())
    assert (first["status"], first["release"], first["cold_start"]) == (200, release, True)
    model.post(ERUPTION)
    second = json.loads(following.stdout.readline())
    assert second["request_id"] != first["request_id"] and not second["cold_start"]
    os.killpg(following.pid, signal.SIGTERM)
    following.communicate(timeout=60)

    one_call = model.start("-o", first["request_id"], str(model.directory))
    assert one_call.stdout and json.loads(one_call.stdout.readline()) == first
    os.killpg(one_call.pid, signal.SIGTERM)
    one_call.communicate(timeout=60)

    drawn = model.pipeline("-o", "dashboard")
    assert drawn.returncode == 0, drawn.stderr
    rows = {row.split("  ")[0]: row for row in drawn.stdout.splitlines()}
    assert re.search("at most [12] in five minutes", rows["requests"])
    assert "at most 1 in five minutes" in rows["cold starts"]
    assert f"^ {release}" in drawn.stdout
    picture = REPOSITORY / ".build" / "boards" / f"{model.function_stack}.svg"
    assert ElementTree.parse(picture).getroot().tag.endswith("svg")
    picture.unlink()
