"""The loop as a user runs it, from the command to answers, with no Docker on the PATH."""

import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import xgboost

from pipeline.loop.events import FAILURE, TOO_LONG
from pipeline.model.golden import MAX_EVENT_BYTES
from tests.commands import REPOSITORY
from tests.pages import code_blocks, text_of
from tests.pipeline.loop.conftest import Try

XGBOOST = REPOSITORY / "xgboost-example"
GOLDEN = json.loads((XGBOOST / "example.json").read_text())
PAGE = "https://app.example.com"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A copy of base-example, in a path with a space."""
    folder = tmp_path / "my models" / "my-model"
    shutil.copytree(REPOSITORY / "base-example", folder)
    return folder


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_it_says_the_golden_answer_and_the_curl_and_a_line_for_each_request(trying: Try) -> None:
    loop = trying(REPOSITORY / "base-example")
    loop.wait_for(r'\{"waiting_minutes":72\.10\d+\}\n')
    loop.wait_for(r"status 200, [\d.,]+ ms: the golden answer\n")
    curl = loop.wait_for(r"curl -H 'Content-Type: application/json' -d '(.+)' (http:.+)\n")
    assert json.loads(curl[1]) == {"eruption_minutes": 3.6} and curl[2] == loop.url
    assert loop.post({"eruption_minutes": 3.6})[0] == 200
    loop.wait_for(r"POST /predict 200 [\d.]+ ms\n")
    status, answer = loop.post({"eruption_minutes": "x"})
    assert status == 400 and answer["message"].startswith("eruption_minutes: expected")
    loop.wait_for(r"POST /predict 400 [\d.]+ ms\n")
    assert "docker" not in loop.said


def without_times(said: str) -> str:
    """An output without what differs from run to run: times and the port."""
    return re.sub(r"[\d.,]+ ms|127\.0\.0\.1:\d+", "…", said).strip()


def test_the_docs_show_what_it_says(trying: Try, model: Path) -> None:
    loop = trying(model)
    loop.wait_for(r"curl .+\n")
    begun = loop.said[loop.said.index("== Try: ") :]
    shown = code_blocks(text_of("docs/try.md"))[1]
    assert without_times(begun.replace(str(model), "my-model")) == without_times(shown)
    (answer,) = re.findall(r"^\{.+\}$", begun, re.MULTILINE)
    assert answer in text_of("base-example/README.md")


def test_an_engine_of_the_repository_gives_its_golden_answer(trying: Try) -> None:
    loop = trying(XGBOOST)
    loop.wait_for(": the golden answer")
    assert loop.post(GOLDEN["request"])[1]["message"] == GOLDEN["answer"]["message"]


def test_a_models_file_answers_as_its_library_without_a_golden_request(
    trying: Try, tmp_path: Path
) -> None:
    file = tmp_path / "Boston v1.ubj"
    shutil.copy(XGBOOST / "app" / "model.ubj", file)
    loop = trying(file)
    loop.wait_for("an XGBoost model")
    loop.wait_for("There is no golden request")
    loop.wait_for("The comparison with the model's own library comes with -p, in Docker")
    row = GOLDEN["request"]["input_X"]
    booster = xgboost.Booster(model_file=file)
    right = booster.inplace_predict([row])
    status, answer = loop.post({"rows": [row]})
    assert (status, answer) == (200, {"predictions": pytest.approx([float(right[0])], abs=1e-6)})
    said = len(loop.said)
    (tmp_path / "columns.json").write_text('{"classes": ["a"]}')
    loop.wait_for("columns.json names classes, but the model predicts numbers", said)
    assert loop.post({"rows": [row]})[0] == 503


def test_a_plain_package_of_pip_is_installed(trying: Try, model: Path) -> None:
    with (model / "app" / "requirements.txt").open("a") as file:
        file.write("packaging==26.0\n")
    edit(model / "app" / "app.py", "from serving", "import packaging\nfrom serving")
    trying(model).wait_for(": the golden answer")


def test_a_broken_edit_shows_its_traceback_and_is_answered_until_it_is_mended(
    trying: Try, model: Path
) -> None:
    loop = trying(model)
    request = {"eruption_minutes": 3.6}
    assert loop.post(request)[0] == 200
    app = model / "app" / "app.py"
    edit(app, "line = load()", "line = lad()")
    status, answer = loop.post(request)
    assert (status, "the app does not run" in answer["message"]) == (503, True)
    assert f'File "{app}", line ' in loop.wait_for(r"(?s)Traceback.+NameError: .+lad")[0]
    edit(app, "line = lad()", "line = (1.0, 2.0)")
    assert loop.post(request) == (200, {"waiting_minutes": pytest.approx(8.2)})
    loop.wait_for(r"NOT the golden answer\. answer\.waiting_minutes is 8\.2, must be 72\.101")


def test_a_change_is_loaded_without_a_request(trying: Try, model: Path) -> None:
    loop = trying(model)
    loop.wait_for("the golden answer")
    edit(model / "app" / "model.py", "intercept + slope", "0 * intercept + slope")
    loop.wait_for("NOT the golden answer")
    edit(model / "model.env", "API_PATH=/predict", "API_PATH=/geyser")
    loop.wait_for(r"http://127\.0\.0\.1:\d+/geyser\n")
    edit(model / "model.env", "MEMORY_SIZE=1536", "MEMORY_SIZE=1")
    loop.wait_for("pipeline: MEMORY_SIZE must be a whole number")


ENVIRONMENT = """
import os
def handler(event, context):
    names = ("NAME", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "API_PATH", "MODEL_NAME", "OMP_NUM_THREADS",
             "SECRET", "LAMBDA_TASK_ROOT")
    found = {name: os.environ.get(name) for name in names}
    if event["path"].endswith("slow"):
        import time; time.sleep(60)
    if event["path"].endswith("dead"):
        os._exit(1)
    if event["path"].endswith("raise"):
        raise ValueError("the secret")
    if event["path"].endswith("bare"):
        return found
    import json
    return {"statusCode": 200, "body": json.dumps({**found, "base64": event["isBase64Encoded"]})}
"""


def test_a_handler_has_lambdas_variables_limits_and_ends(trying: Try, model: Path) -> None:
    (model / "app" / "app.py").write_text(ENVIRONMENT)
    edit(model / "model.env", "TIMEOUT=10", "TIMEOUT=1\nENV_NAME=value\nTHREADS=3")
    (model / "example.json").unlink()
    loop = trying(model, SECRET="of this user")
    loop.wait_for("There is no golden request")
    status, found = loop.send(b"\xff\xd8", {"Content-Type": "image/jpeg"})
    assert found.pop("LAMBDA_TASK_ROOT").startswith(str(REPOSITORY / ".build"))
    assert (status, found) == (200, {
        "NAME": "value", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1536", "API_PATH": "/predict",
        "MODEL_NAME": "my-model", "OMP_NUM_THREADS": "3", "SECRET": None, "base64": True,
    })  # fmt: skip
    plain = {"Content-Type": "text/plain"}
    failure = (502, {"message": FAILURE})
    assert loop.send(b"x" * MAX_EVENT_BYTES, plain) == (413, {"message": TOO_LONG})
    assert loop.send(b"", plain, "/slow") == (504, {"message": "no answer within 1 seconds"})
    assert loop.send(b"", plain, "/dead") == failure
    loop.wait_for("the process ended by itself, with status 1")
    assert loop.send(b"", plain, "/raise") == failure
    loop.wait_for("ValueError: the secret")
    assert loop.send(b"", plain, "/bare") == failure
    loop.wait_for("the handler must return statusCode")
    assert loop.send(b"", plain)[0] == 200


def test_a_page_asks_only_where_cors_origins_names_it(trying: Try, model: Path) -> None:
    loop = trying(model)
    request = {"eruption_minutes": 3.6}
    assert loop.post(request, Origin=PAGE)[0] == 403
    assert loop.post(request, Host="rebound.example:80")[0] == 403
    with (model / "model.env").open("a") as file:
        file.write(f"CORS_ORIGINS={PAGE}\n")
    said = len(loop.said)
    loop.wait_for("the golden answer", said)
    assert loop.post(request, Origin=PAGE)[0] == 200


def test_an_interrupt_ends_it_with_all_that_it_has_made(trying: Try, model: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    edit(
        model / "app" / "app.py",
        "line = load",
        "import os\nprint(os.getpid(), 'in', os.getcwd())\nline = load",
    )
    loop = trying(model, "--port", str(port))
    assert loop.url == f"http://127.0.0.1:{port}/predict"
    pid, folder = loop.wait_for(r"(\d+) in (\S+)/task\n").groups()
    assert Path(folder).is_dir()
    assert loop.end(signal.SIGINT) == -signal.SIGINT
    assert not Path(folder).exists() and not Path(f"/proc/{pid}").exists()
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", port))


def test_the_second_start_takes_seconds(trying: Try) -> None:
    trying(REPOSITORY / "base-example").wait_for("the golden answer")
    started = time.monotonic()
    trying(REPOSITORY / "base-example").wait_for("the golden answer")
    assert time.monotonic() - started < 10


def test_a_path_where_nothing_is_ends_at_once(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pipeline", "try", str(tmp_path / "none.ubj")]
    ran = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=60)
    assert ran.returncode == 1
    assert f"there is no file or directory {tmp_path / 'none.ubj'}" in ran.stderr
