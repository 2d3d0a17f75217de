"""Releases that go back and on to the next stage, on the local AWS."""

import json
import urllib.request
from collections.abc import Callable

import pytest

from tests.e2e.model import Model
from tests.local.instance import Instance

pytestmark = pytest.mark.docker
NewModel = Callable[..., Model]
ON_TO_PROD = ("-s", "prod", "-r", "-i", "dev", "-d", "-t")


def manifest(instance: Instance, repository: str, digest: str) -> bytes:
    """What the registry itself has under a digest."""
    token = instance.aws("ecr", "get-authorization-token")["authorizationData"][0]
    url = f"{token['proxyEndpoint']}/v2/{repository}/manifests/{digest}"
    headers = {
        "Authorization": f"Basic {token['authorizationToken']}",
        "Accept": "application/vnd.docker.distribution.manifest.v2+json",
    }
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
        content: bytes = answer.read()
    return content


def live_digest(model: Model, stage: str) -> str:
    """The digest of the image behind the alias of a stage."""
    words = ("lambda", "get-function", "--function-name", f"{model.name}-{stage}")
    uri: str = model.aws(*words, "--qualifier", "live")["Code"]["ResolvedImageUri"]
    return uri.partition("@")[2]


def test_prod_gets_the_very_image_of_dev_and_each_goes_back_by_itself(
    new_model: NewModel, instance: Instance
) -> None:
    model = new_model("promoted model")
    model.deploy("-r", "-p", "-d")
    first = live_digest(model, "dev")

    refused = model.pipeline(*ON_TO_PROD)
    assert refused.returncode == 1 and "allow it: export ALLOW_DIRTY=yes" in refused.stderr
    assert model.status(f"{model.function_stack[:-4]}-prod") == "NONE"

    said = model.deploy(*ON_TO_PROD, ALLOW_DIRTY="yes")
    assert live_digest(model, "prod") == first
    contents = [manifest(instance, f"{model.name}-{stage}", first) for stage in ("dev", "prod")]
    assert contents[0] == contents[1] and "mounted" in said and "docker push" not in said

    model.change(20.0)
    model.deploy("-p", "-d", "-t")
    second = live_digest(model, "dev")
    assert second != first and live_digest(model, "prod") == first
    model.deploy(*ON_TO_PROD, ALLOW_DIRTY="yes")
    assert live_digest(model, "prod") == second

    listed = model.pipeline("-i").stdout.splitlines()
    newest, oldest = (line.split("\t") for line in listed)
    assert newest[1] == "dev, prod" and oldest[1] == "" and oldest[0] < newest[0]
    assert newest[2].startswith("no commit") and newest[4].endswith(" MB")

    model.deploy("-d", "-i", "previous", "-t")
    assert live_digest(model, "dev") == first and live_digest(model, "prod") == second
    went_back = model.pipeline("-i").stdout.splitlines()
    assert [line.split("\t")[1] for line in went_back] == ["prod", "dev"]
    model.deploy("-d", "-i", "previous")
    assert live_digest(model, "dev") == second


def test_a_record_tells_where_the_release_comes_from(new_model: NewModel) -> None:
    model = new_model("told model")
    model.deploy("-r", "-p")
    (release,) = model.releases()
    bucket = model.outputs(f"{model.name}-registry-dev")["BucketName"]
    key = f"sam_templates/{model.name}-lambda/releases/{release}.json"
    file = model.directory.parent / "record.json"
    model.aws("s3api", "get-object", "--bucket", bucket, "--key", key, str(file))
    origin = json.loads(file.read_text())["origin"]
    assert origin["by"].startswith("arn:aws:") and origin["golden_ms"] > 0
    described = model.aws("ecr", "describe-images", "--repository-name", f"{model.name}-dev")
    assert origin["image_bytes"] == described["imageDetails"][0]["imageSizeInBytes"] > 0
    assert origin["commit"] == "" and not origin["clean"]
