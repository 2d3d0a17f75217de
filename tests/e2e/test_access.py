"""Each door, and who may call through it, on the local AWS."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import NamedTuple

import pytest

from tests.e2e.model import Model

pytestmark = pytest.mark.docker
NewModel = Callable[..., Model]
ERUPTION = {"eruption_minutes": 3.6}
JSON = {"Content-Type": "application/json"}


class Answered(NamedTuple):
    """The status of an answer, and its message, if it has one."""

    status: int
    message: str


def asked(url: str, method: str = "POST", **headers: str) -> Answered:
    """Ask a model without anything that the pipeline knows."""
    body = json.dumps(ERUPTION).encode() if method == "POST" else None
    message = urllib.request.Request(url, body, {**JSON, **headers}, method=method)
    try:
        with urllib.request.urlopen(message, timeout=60) as answer:
            return Answered(answer.status, "")
    except urllib.error.HTTPError as error:
        said = {key.lower(): value for key, value in json.loads(error.read()).items()}
        return Answered(error.code, said["message"])


def deployed(model: Model, stage: str = "dev", **settings: str) -> str:
    """Deploy and ask as the pipeline does; the URL."""
    ran = model.pipeline("-s", stage, "-d", "-t", "-y", **settings)
    assert ran.returncode == 0 and '"waiting_minutes":72.1' in ran.stdout, ran.stderr
    return ran.stdout.splitlines()[0]


def test_each_door_lets_in_who_may_call_and_nobody_else(new_model: NewModel) -> None:
    model = new_model("door model")
    model.deploy("-r", "-p", "-d")
    before = model.api_url

    refused = model.pipeline("-d", DOOR="http")
    assert refused.returncode == 1 and f"{before} stops answering" in refused.stderr
    assert asked(before).status == 200

    for door in ("http", "url", "rest"):
        url = deployed(model, DOOR=door)
        assert asked(url).status == 200 and asked(url, "GET").status == 200
    assert asked(url.replace("/predict", "/elsewhere")).status == 404

    for door, words in (("rest", "Missing Authentication Token"), ("http", "Forbidden")):
        url = deployed(model, DOOR=door, AUTH="iam")
        assert asked(url) == (403, words) and asked(url, "GET").status == 200
        assert asked(url, Authorization="Bearer token").status == 403
    url = deployed(model, DOOR="url", AUTH="iam")
    assert asked(url) == asked(url, "GET") == (403, "Forbidden")


def test_a_deploy_that_opens_a_closed_model_asks_first(new_model: NewModel) -> None:
    model = new_model("closed model")
    model.deploy("-r", "-p")
    model.deploy("-d", AUTH="key")
    refused = model.pipeline("-d")
    assert refused.returncode == 1 and "anyone may call the model" in refused.stderr
    assert asked(model.api_url).status == 403
    model.deploy("-d", "-y")
    assert asked(model.api_url).status == 200


def test_prod_asks_for_a_key_which_one_command_shows(new_model: NewModel) -> None:
    model = new_model("keyed model")
    made = model.pipeline("-s", "prod", "-r", "-p", "-d", "-t", ALLOW_DIRTY="yes")
    assert made.returncode == 0, made.stderr
    url = made.stdout.splitlines()[-2]
    shown = model.pipeline("-s", "prod", "-k")
    key = shown.stdout.strip()
    assert len(key) >= 20 and key not in made.stdout + made.stderr + shown.stderr
    words = "The API key is missing or unknown: send yours in the header x-api-key"
    for wrong in ({}, {"x-api-key": key[:-1]}):
        assert asked(url, **wrong) == (403, words)
    assert asked(url, "GET") == (403, words)
    with_key = {"x-api-key": key}
    assert asked(url, **with_key).status == asked(url, "GET", **with_key).status == 200
    assert "20 at once are the most" in made.stderr

    refused = model.pipeline("-s", "prod", "-d", ALLOW_DIRTY="yes", RESERVED_CONCURRENCY="90000")
    assert refused.returncode == 1 and "more than this account can give" in refused.stderr
    assert asked(url, **with_key).status == 200


def test_what_does_not_go_together_is_refused_before_anything_is_made(new_model: NewModel) -> None:
    model = new_model("mixed model")
    ran = model.pipeline("-r", "-p", "-d", DOOR="http", AUTH="key")
    assert ran.returncode == 1 and "only a REST API knows API keys" in ran.stderr
    assert model.status(f"{model.name}-registry-dev") == "NONE"


def test_a_longer_request_than_the_setting_says_is_told_its_limit(new_model: NewModel) -> None:
    model = new_model("short model")
    model.deploy("-r", "-p", "-d", "-t", MAX_REQUEST_BYTES="100")
    assert asked(model.api_url).status == 200
    long = json.dumps({**ERUPTION, "x": "y" * 100}).encode()
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(urllib.request.Request(model.api_url, long, JSON))
    assert error.value.code == 413 and "the limit is 100" in error.value.read().decode()
