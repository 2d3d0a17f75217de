"""The pipeline on the local AWS: a real Docker, registry, emulator and AWS CLI."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.e2e.model import Model, seconds_of

pytestmark = pytest.mark.docker
NewModel = Callable[..., Model]
ERUPTION = {"eruption_minutes": 3.6}
HOUSE = [0.95577, 0, 8.14, 0, 0.538, 6.047, 88.8, 4.4534, 4, 307, 21, 306.38, 17.28]
LOAD_SECONDS = 20
CLIENTS = 8


@pytest.mark.timing
def test_the_first_run_ends_with_a_prediction_and_the_second_changes_nothing(
    new_model: NewModel,
) -> None:
    model = new_model("xgboost-example", "xgboost-example")
    first = model.pipeline("-r", "-p", "-d", "-t")
    assert first.returncode == 0, first.stderr
    url, answer = first.stdout.splitlines()
    assert url == model.api_url
    assert json.loads(answer)["message"] == "Succesful Prediction"
    assert json.loads(answer)["prediction"] == pytest.approx(14.8, abs=1)
    version = model.outputs(model.function_stack)["FunctionVersion"]
    state = model.state()
    said: list[str] = []
    took_seconds = seconds_of(lambda: said.append(model.deploy()))
    assert took_seconds < 15
    assert said[0].count("No changes to deploy") == 2
    assert said[0].count("unchanged: ") == 2
    assert model.outputs(model.function_stack)["FunctionVersion"] == version
    assert model.state() == state
    assert model.api_url == url


def test_a_changed_model_is_live_at_the_same_url_and_an_earlier_release_comes_back(
    new_model: NewModel,
) -> None:
    model = new_model("geyser")
    model.deploy()
    url, before = model.api_url, model.post(ERUPTION)
    version, state = model.outputs(model.function_stack)["FunctionVersion"], model.state()
    (old,) = model.releases()

    model.change(intercept=10.0)
    model.deploy()
    assert model.api_url == url
    assert model.post(ERUPTION) == {"waiting_minutes": pytest.approx(10 + 10.7296 * 3.6)}
    assert model.outputs(model.function_stack)["FunctionVersion"] != version
    assert model.state().live_digest != state.live_digest

    model.deploy("-d", "-t", "-i", old)
    assert model.post(ERUPTION) == before
    assert model.state().live_digest == state.live_digest
    assert model.api_url == url

    model.deploy("-d")
    assert model.post(ERUPTION) != before


def test_two_runs_at_once_both_end_well(new_model: NewModel) -> None:
    model = new_model("twice")
    model.deploy("-r")
    runs = [model.start("-p", str(model.directory)) for _ in range(2)]
    ends = [(*run.communicate(timeout=120), run.returncode) for run in runs]
    assert [end[-1] for end in ends] == [0, 0], ends
    model.deploy("-d", "-t")
    assert model.state().images == 1


def test_a_model_that_shares_a_registry_goes_alone(new_model: NewModel) -> None:
    shared = {"TEMPLATE_REGISTRY": "shared-registry"}
    first, second = new_model("first"), new_model("second")
    for model in (first, second):
        model.deploy("-r", "-p", "-d", **shared)
    said = first.deploy("-x", "-y", **shared)
    assert "other models have releases: sam_templates/second-lambda" in said
    assert first.status(first.function_stack) == "NONE"
    second.deploy("-p", "-d", "-t", **shared)
    (image,) = second.aws("ecr", "list-images", "--repository-name", "shared-dev")["imageIds"]
    assert second.releases("shared")[0].endswith(image["imageTag"])
    second.deploy("-x", "-y", **shared)
    assert second.status("shared-registry-dev") == "NONE"


def test_each_step_runs_alone_in_a_new_shell_with_only_the_environment_in_common(
    new_model: NewModel,
) -> None:
    model = new_model("alone")
    names = {
        "TEMPLATE_REGISTRY": "alone-registry",
        "TEMPLATE_LAMBDA": "alone-lambda",
        "PREFIX_LAMBDA": "models/alone",
    }
    for flags in (["-r"], ["-p", str(model.directory)], ["-d"], ["-t"]):
        with model.start(*flags, **names) as process:
            _, stderr = process.communicate(timeout=120)
        assert process.returncode == 0, (flags, stderr)
    assert model.post(ERUPTION) == {"waiting_minutes": pytest.approx(72.101, abs=0.001)}


def test_an_image_whose_handler_raises_at_import_is_not_pushed(new_model: NewModel) -> None:
    model = new_model("raising")
    app = model.directory / "app" / "app.py"
    # Only where Lambda's variables are: the build imports the app too, and must not be what fails.
    condition = 'if "AWS_LAMBDA_FUNCTION_NAME" in __import__("os").environ:'
    app.write_text(f'{condition}\n    raise OSError("no weights")\n{app.read_text()}')
    ran = model.pipeline("-r", "-p", "-d")
    assert ran.returncode == 1
    assert "no weights" in ran.stderr and "Nothing was released" in ran.stderr
    assert model.aws("ecr", "list-images", "--repository-name", "raising-dev")["imageIds"] == []
    assert model.releases() == []
    assert model.status(model.function_stack) == "NONE"


def test_an_image_that_answers_wrongly_is_not_pushed(new_model: NewModel) -> None:
    model = new_model("wrong")
    example = json.loads((model.directory / "example.json").read_text())
    example["answer"]["waiting_minutes"] = 1.0
    (model.directory / "example.json").write_text(json.dumps(example))
    ran = model.pipeline("-r", "-p")
    assert ran.returncode == 1
    assert "answer.waiting_minutes is 72.1" in ran.stderr
    assert model.aws("ecr", "list-images", "--repository-name", "wrong-dev")["imageIds"] == []


def test_an_index_in_the_repository_is_refused_and_the_next_push_mends_it(
    new_model: NewModel,
) -> None:
    model = new_model("indexed")
    model.deploy("-r", "-p")
    listed = model.aws("ecr", "list-images", "--repository-name", "indexed-dev")
    (image,) = listed["imageIds"]
    manifests = f"http://{model.instance.registry}/v2/indexed-dev/manifests"
    replace_with_index(manifests, model.instance.authorization(), **image)
    refused = model.pipeline("-p")
    assert refused.returncode == 1
    assert "index" in refused.stderr
    model.deploy("-p", "-d", "-t")


def replace_with_index(
    manifests: str, password: dict[str, str], imageTag: str, imageDigest: str
) -> None:
    """Puts an index that holds an image in the place of its tag, as a multi-platform push would."""
    kind = "application/vnd.docker.distribution.manifest.v2+json"
    index = "application/vnd.docker.distribution.manifest.list.v2+json"
    found = urllib.request.Request(
        f"{manifests}/{imageDigest}", headers={"Accept": kind, **password}
    )
    with urllib.request.urlopen(found) as answer:
        size = len(answer.read())
    platform = {"architecture": "amd64", "os": "linux"}
    part = {"mediaType": kind, "size": size, "digest": imageDigest, "platform": platform}
    content = json.dumps({"schemaVersion": 2, "mediaType": index, "manifests": [part]}).encode()
    headers = {"Content-Type": index, **password}
    put = urllib.request.Request(f"{manifests}/{imageTag}", content, headers, method="PUT")
    with urllib.request.urlopen(put) as answer:
        assert answer.status == 201


def test_a_run_that_is_killed_in_any_step_is_finished_by_the_same_command(
    new_model: NewModel,
) -> None:
    model = new_model("killed")
    steps = ("-r", "-p", "-d", "-t")
    # Each run is killed further on, so it has finished what the one before it left half done.
    for words in (
        "+ aws cloudformation deploy --stack-name killed-registry-dev",
        "+ aws cloudformation execute-change-set",
        "+ docker build",
        "+ docker run",
        "+ docker push",
        ".json s3://",
        "+ aws cloudformation deploy --stack-name killed-lambda-dev",
        "== Live",
    ):
        model.kill_at(words, *steps)
    model.deploy(*steps)
    state = model.state()
    assert (state.registry, state.function) == ("_COMPLETE", "_COMPLETE")
    assert (state.releases, state.images) == (1, 1)
    assert model.post(ERUPTION) == {"waiting_minutes": pytest.approx(72.101, abs=0.001)}
    running = model.instance.docker("ps", "--all", "--format", "{{.Names}} {{.Image}}")
    ours = [line for line in running.splitlines() if f" {model.instance.registry}/killed" in line]
    assert not [line for line in ours if line.startswith("image-check-")]


def test_everything_that_was_made_is_removed_after_asking(new_model: NewModel) -> None:
    model = new_model("removed")
    model.deploy()
    url = model.api_url
    asked = model.pipeline("-x")
    assert asked.returncode == 1 and "Delete the function" in asked.stderr
    assert model.post(ERUPTION)
    model.deploy("-x", "-y")
    assert model.status("removed-registry-dev") == model.status("removed-lambda-dev") == "NONE"
    for kind in (["ecr", "describe-repositories"], ["s3api", "list-buckets"]):
        assert "removed" not in json.dumps(model.aws(*kind))
    for kind in (["lambda", "list-functions"], ["logs", "describe-log-groups"]):
        assert "removed" not in json.dumps(model.aws(*kind))
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(url, b"{}", timeout=10)
    assert "nothing to delete" in model.deploy("-x", "-y")


def test_eight_clients_at_once_are_all_answered_rightly(new_model: NewModel) -> None:
    model = new_model("load", "xgboost-example")
    model.deploy(THROTTLING_RATE="5000", THROTTLING_BURST="5000")
    url = model.api_url
    right = model.post({"input_X": HOUSE})
    deadline = time.monotonic() + LOAD_SECONDS
    message = json.dumps({"input_X": HOUSE}).encode()

    def client(_: int) -> int:
        answered = 0
        while time.monotonic() < deadline:
            request = urllib.request.Request(url, message, {"Content-Type": "application/json"})
            with urllib.request.urlopen(request, timeout=60) as answer:
                assert json.load(answer) == right
            answered += 1
        return answered

    with ThreadPoolExecutor(CLIENTS) as clients:
        answered = list(clients.map(client, range(CLIENTS)))
    assert min(answered) > 0 and sum(answered) > 10 * CLIENTS
