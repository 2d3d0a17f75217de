"""The PyTorch example behind its API, with real weights and photographs."""

import base64
import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import expect

from local.containers import LABEL
from tests.e2e.model import Model
from tests.local.instance import Instance
from tests.page.conftest import Open
from tests.page.gestures import drop, predict

pytestmark = pytest.mark.docker
TESTDATA = Path(__file__).parents[3] / "shared" / "testdata"
WEIGHTS = TESTDATA / "mobilenet_v2-imagenet.pth"
LABELS = {
    "dog.jpg": "Samoyed, Samoyede",
    "cat_720p.jpg": "Egyptian cat",
    "hot_dog.jpg": "hotdog, hot dog, red hot",
}
JSON = "application/json"
BOUNDARY = "between-the-parts"
FILE_PORT = 8000


class Answer(NamedTuple):
    """A status and the JSON value of a body."""

    status: int
    body: Any


class Api:
    """The deployed example, and a server of photographs that its functions can reach."""

    def __init__(self, model: Model, files: str) -> None:
        self.url, self.files = model.api_url, files
        labels = (f"local-aws.function={model.name}-dev", f"{LABEL}={model.instance.folder}")
        self.filters = [word for label in labels for word in ("--filter", f"label={label}")]
        self.docker = model.instance.docker

    def post(self, body: bytes, content_type: str, query: str = "") -> Answer:
        """Sends a body, whatever the status of the answer."""
        request = urllib.request.Request(self.url + query, body, {"Content-Type": content_type})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return Answer(answer.status, json.load(answer))
        except urllib.error.HTTPError as error:
            return Answer(error.code, json.load(error))

    def ask(self, **fields: Any) -> Answer:
        """Sends a JSON object."""
        return self.post(json.dumps(fields).encode(), JSON)

    def memory_mib(self) -> float:
        """What the function's containers use, without the files that the kernel keeps for them.

        Requests that overlap have a container each.
        """
        containers = self.docker("ps", "--quiet", *self.filters).split()
        lines = self.docker("stats", "--no-stream", "--format", "{{.MemUsage}}", *containers)
        return sum(float(line.split()[0].removesuffix("MiB")) for line in lines.splitlines())


@pytest.fixture(scope="module")
def files(instance: Instance, base_image: str) -> Iterator[str]:
    """Host and port of a server of the photographs, in a container of its own."""
    command = ("run", "--detach", "--rm", "--volume", f"{TESTDATA}:/files:ro", base_image)
    serve = ("python3", "-m", "http.server", str(FILE_PORT), "--directory", "/files")
    container = instance.docker(*command, *serve)
    address = "{{.NetworkSettings.IPAddress}}"
    yield f"{instance.docker('inspect', '--format', address, container)}:{FILE_PORT}"
    instance.docker("rm", "--force", container)


@pytest.fixture(scope="module")
def api(instance: Instance, files: str, tmp_path_factory: pytest.TempPathFactory) -> Api:
    """The example, deployed with the weights of the test data."""
    folder = tmp_path_factory.mktemp("models") / "pytorch-example"
    model = Model(instance, folder, "pytorch-example")
    settings = {"WEIGHTS_FILE": str(WEIGHTS), "URL_ALLOW_LIST": files, "THROTTLING_RATE": "1000"}
    # The index of PyTorch's builds may be out of reach where the wheel is on the machine.
    model.deploy("-r", "-p", "-d", "-t", **settings, PIP_RETRIES="0")
    return Api(model, files)


needs_testdata = pytest.mark.skipif(not WEIGHTS.exists(), reason=f"{WEIGHTS} is not there")


@needs_testdata
@pytest.mark.parametrize("name", LABELS)
def test_a_photograph_is_named_alike_whichever_way_it_comes(api: Api, name: str) -> None:
    photograph = (TESTDATA / name).read_bytes()
    form = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="image"; filename="{name}"\r\n'
        "Content-Type: image/jpeg\r\n\r\n"
    ).encode()
    whole_form = form + photograph + f"\r\n--{BOUNDARY}--\r\n".encode()
    answers = [
        api.ask(input_url=f"http://{api.files}/{name}"),
        api.ask(input_image=base64.b64encode(photograph).decode()),
        api.post(photograph, "image/jpeg"),
        api.post(whole_form, f"multipart/form-data; boundary={BOUNDARY}"),
    ]
    assert [answer.status for answer in answers] == [200] * 4, answers
    assert all(answer.body == answers[0].body for answer in answers)
    assert answers[0].body[0][0] == LABELS[name]
    assert len(answers[0].body) == 5


@needs_testdata
def test_a_photograph_dropped_on_the_page_is_named(api: Api, open_page: Open) -> None:
    page = open_page(api.url)
    drop(page, TESTDATA / "dog.jpg", "image/jpeg")
    predict(page)
    assert page.inner_text("#times").startswith("Status 200")
    assert page.locator(".bar-name").all_inner_texts()[0] == LABELS["dog.jpg"]
    drop(page, Path(__file__), "image/jpeg")
    page.click("#send")
    expect(page.locator("#form")).to_contain_text("is not a JPEG, PNG, WebP or GIF file")


@needs_testdata
def test_several_urls_are_answered_each_with_its_own(api: Api) -> None:
    urls = [f"http://{api.files}/{name}" for name in (*LABELS, "nothing.jpg")]
    answer = api.ask(input_urls=urls, n_predictions=1)
    assert answer.status == 200
    assert [entry[0][0] for entry in answer.body[:3]] == list(LABELS.values())
    assert set(answer.body[3]) == {"message"}


@needs_testdata
@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9001/2018-06-01/runtime/invocation/next",
        "http://127.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::ffff:169.254.169.254]/",
        "http://2130706433/",
        "http://localhost/",
        "http://172.17.0.1/",
        "file:///etc/passwd",
    ],
)
def test_an_address_that_is_not_public_is_refused_and_nothing_is_told_of_it(
    api: Api, url: str
) -> None:
    answer = api.ask(input_url=url)
    assert answer.status in (400, 422)
    assert set(answer.body) == {"message"}
    host = urllib.parse.urlsplit(url).hostname
    assert not host or host not in answer.body["message"]


@needs_testdata
def test_nothing_leaks_over_200_good_and_bad_requests(api: Api) -> None:
    photograph = (TESTDATA / "dog.jpg").read_bytes()
    mixed = [
        lambda: api.post(photograph, "image/jpeg"),
        lambda: api.post(photograph[:9000], "image/jpeg"),
        lambda: api.ask(input_url=f"http://{api.files}/cat_720p.jpg"),
        lambda: api.ask(input_url="http://127.0.0.1/"),
        lambda: api.post(b"no photograph", "image/png"),
    ]
    expected = [200, 400, 200, 400, 400]
    after_50 = 0.0
    for number in range(200):
        assert mixed[number % 5]().status == expected[number % 5]
        if number == 49:
            after_50 = api.memory_mib()
    assert api.memory_mib() <= after_50 * 1.1
