from pathlib import Path

import pytest

from pipeline import measure
from pipeline.errors import FunctionError
from pipeline.image import base, build
from pipeline.image.function import Function
from pipeline.memory.cost import Point
from pipeline.memory.sweep import Sweep
from pipeline.options import Options
from tests.pipeline.account import Account
from tests.pipeline.test_push import DOCKER

FOUND = Sweep([Point(512, 2, 2, 2, 3.7)], {}, 30)


@pytest.fixture(autouse=True)
def docker(account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "emulator").touch()
    monkeypatch.setenv("RIE_PATH", str(tmp_path / "emulator"))
    account.commands.stub("docker", DOCKER)
    for module in (base, build):
        monkeypatch.setattr(module, "start_docker", lambda: None)


def sweeping(monkeypatch: pytest.MonkeyPatch) -> list[Function]:
    """The functions that are measured, by a sweep that measures nothing."""
    swept: list[Function] = []

    def sweep(functions: list[Function], _rounds: int) -> dict[str, Sweep]:
        swept.extend(functions)
        return {"any": FOUND}

    monkeypatch.setattr(measure, "sweep", sweep)
    return swept


def test_measuring_builds_and_checks_the_image_and_asks_nothing_of_aws(
    account: Account, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    swept = sweeping(monkeypatch)
    (account.model / "Dockerfile.other").write_text("FROM scratch\n")
    measure.run(Options(directory=account.model, dockerfile="Dockerfile.other"))
    (function,) = swept
    assert function.image.startswith("lambda-bench/my-model:")
    assert not account.calls("aws ") and not account.calls("docker push")
    (built,), (ran,) = account.calls("docker build"), account.calls("docker run")
    called = account.commands.called()
    assert called.index(built) < called.index(ran)
    assert "Dockerfile.other" in built and f"--tag {function.image}" in built
    assert account.calls("docker image rm", function.image)
    assert "For model.env: MEMORY_SIZE=512" in capfd.readouterr().out


def test_the_check_has_all_memory_since_the_question_is_how_much_to_take(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    swept = sweeping(monkeypatch)
    measure.run(Options(directory=account.model))
    (function,) = swept
    assert account.calls("docker run", "--memory 10240m")
    assert function.settings["MEMORY_SIZE"] == "512"


def test_a_sweep_that_fails_leaves_no_image(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise FunctionError("no container runs")

    monkeypatch.setattr(measure, "sweep", fail)
    with pytest.raises(FunctionError, match="no container runs"):
        measure.run(Options(directory=account.model))
    assert account.calls("docker image rm", "lambda-bench/my-model:")
