"""Requests that clients sent, and which a later version must answer alike, on the local AWS."""

import base64
import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from local.credentials import credentials
from local.guard.functions import key_of
from local.state import read
from tests.e2e.clients import Clients
from tests.e2e.model import Model
from tests.local.attack import Answer, send, signed

pytestmark = pytest.mark.docker
NewModel = Callable[..., Model]
LONG = {"eruption_minutes": 5.0}
SETTINGS = {"DEPLOYMENT": "checked", "THROTTLING_RATE": "5000", "THROTTLING_BURST": "5000"}


def recorded(model: Model) -> dict[str, Any]:
    """The recorded requests, by key."""
    bucket = model.outputs(f"{model.name}-registry-dev")["BucketName"]
    listed = model.aws("s3api", "list-objects-v2", "--bucket", bucket, "--prefix", "recorded/")
    keys = [one["Key"] for one in listed.get("Contents", [])]
    found = {}
    for key in keys:
        file = model.directory.parent / "recorded.json"
        model.aws("s3api", "get-object", "--bucket", bucket, "--key", key, str(file))
        found[f"{bucket}/{key}"] = json.loads(file.read_text())
    return found


def ask_as_function(model: Model, method: str, path: str) -> Answer:
    """Ask S3 with the function's own credentials."""
    instance, name = model.instance, f"{model.name}-dev"
    key = key_of(name, credentials(read({"LOCAL_AWS_STATE": str(instance.folder)})))
    named = {"AWS_ACCESS_KEY_ID": key.key_id, "AWS_SECRET_ACCESS_KEY": key.secret}
    body = b"{}" if method == "PUT" else b""
    headers = signed(named, "s3", method, instance.endpoint + path, body, X_Amz_Security_Token=name)
    return send(instance.api_port, method, path, body, headers)


def test_a_version_that_answers_a_clients_request_otherwise_never_goes_live(
    new_model: NewModel,
) -> None:
    model = new_model("recorded model")
    model.deploy("-r", "-p", "-d", RECORD="5", **SETTINGS)
    with Clients(model.api_url, LONG, count=1) as clients:
        deadline = time.monotonic() + 60
        while not recorded(model) and time.monotonic() < deadline:
            time.sleep(1)
    assert clients.statuses() == {200}
    (place, kept), *_ = recorded(model).items()
    assert json.loads(base64.b64decode(kept["body"])) == LONG
    assert kept["content_type"] == "application/json" and kept["query"] == {}

    elsewhere = f"/{place.partition('/')[0]}/elsewhere.json"
    assert ask_as_function(model, "PUT", f"/{place.rpartition('/')[0]}/99.json")[0] == 200
    for method, path in (("GET", f"/{place}"), ("PUT", elsewhere), ("DELETE", f"/{place}")):
        status, refusal = ask_as_function(model, method, path)
        assert status == 403 and b"role does not allow s3:" in refusal

    before = model.post(LONG)
    app = model.directory / "app" / "app.py"
    longer = "    if request.eruption_minutes == 5.0:\n        return Answer(1.0)\n"
    text = app.read_text()
    app.write_text(text.replace("    return Answer(predict", f"{longer}    return Answer(predict"))
    ran = model.pipeline("-p", "-d", RECORD="5", **SETTINGS)
    assert ran.returncode == 1 and "beside the live version" in ran.stderr, ran.stderr
    assert "\nrecorded/" in ran.stderr and "99.json is not a recorded request" in ran.stderr
    assert model.post(LONG) == before
    said = model.deploy("-d", RECORD="5", ANSWERS_MAY_DIFFER="yes", **SETTINGS)
    assert "are other ones than until now" in said
    assert model.post(LONG) == {"waiting_minutes": 1.0}
