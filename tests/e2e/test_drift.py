"""What has changed in the requests of a deployed model, on the local AWS."""

import json
import subprocess
import sys
import urllib.request
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable

import numpy as np
import pytest

from tests.e2e.model import Model
from tests.local.instance import REPOSITORY

pytestmark = pytest.mark.docker
SETTINGS = {"DRIFT": "on", "THROTTLING_RATE": "5000", "THROTTLING_BURST": "5000"}


def minutes(seed: int, middle: float) -> list[float]:
    """Lengths of eruptions, within the model's bounds."""
    found = np.random.default_rng(seed).normal(middle, 0.4, 250).clip(1.5, 5.5)
    return [round(one, 3) for one in found.tolist()]


def ask(model: Model, lengths: list[float]) -> None:
    url, headers = model.api_url, {"Content-Type": "application/json"}
    for one in lengths:
        body = json.dumps({"eruption_minutes": one}).encode()
        with urllib.request.urlopen(urllib.request.Request(url, body, headers)) as answer:
            assert answer.status == 200


def drift(model: Model) -> dict[str, str]:
    """The reading of each column."""
    ran = model.pipeline("-o", "drift", **SETTINGS)
    assert ran.returncode == 0, ran.stderr
    rows = [line.split() for line in ran.stdout.splitlines()[1:]]
    words = ("little", "some", "much")
    return {" ".join(row[:2]): next(word for word in row if word in words) for row in rows}


def test_a_day_is_compared_with_training_and_with_the_release_before(
    new_model: Callable[..., Model],
) -> None:
    model = new_model("drifting model")
    model.deploy("-r", "-p", "-d", **SETTINGS)
    without = model.pipeline("-o", "drift")
    assert without.returncode == 1 and "set DRIFT=on" in without.stderr

    ask(model, minutes(0, 3.0))
    nothing = model.pipeline("-o", "drift")
    assert nothing.returncode == 1 and "there is nothing to compare with" in nothing.stderr
    training = model.directory.parent / "training.csv"
    training.write_text("eruption_minutes\n" + "".join(f"{x}\n" for x in minutes(1, 3.0)))
    command = [sys.executable, "-m", "pipeline", "baseline", "--training", str(training)]
    subprocess.run([*command, str(model.directory)], cwd=REPOSITORY, check=True)
    kept = (model.directory / "drift.json").read_text()
    assert "eruption_minutes" in kept and not any(str(x) in kept for x in minutes(1, 3.0))
    column, answer = "request eruption_minutes", "answer waiting_minutes"
    assert drift(model) == {column: "little", answer: "little"}
    assert "unchanged" in model.deploy("-p", **SETTINGS)  # the file is not in the image

    ask(model, minutes(2, 4.5))
    assert drift(model) == {column: "much", answer: "much"}
    picture = REPOSITORY / ".build" / "boards" / f"{model.function_stack}-drift.svg"
    assert ElementTree.parse(picture).getroot().tag.endswith("svg")
    picture.unlink()

    (model.directory / "drift.json").unlink()
    model.change(34.0)
    model.deploy("-p", "-d", **SETTINGS)
    ask(model, minutes(3, 2.0))
    assert drift(model) == {column: "much", answer: "much"}
