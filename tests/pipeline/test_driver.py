"""pipeline.sh: its flags, what goes with what, and the order of the steps."""

from pathlib import Path

import pytest

from tests.pipeline.driver import RELEASE, Driver


@pytest.fixture
def driver(tmp_path: Path) -> Driver:
    return Driver(tmp_path)


def test_help_goes_to_stdout_and_fits_a_screen(driver: Driver) -> None:
    result = driver.run("-h")
    assert (result.returncode, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines[0].startswith("Usage: bash pipeline.sh")
    assert len(lines) <= 24 and max(map(len, lines)) <= 80


@pytest.mark.parametrize(
    ("flags", "complaint"),
    [
        ("-r", "give the stage"),
        ("-s test -r", "not 'test'"),
        ("-s", "-s needs a value"),
        ("-s dev", "nothing to do"),
        ("-s dev -z", "unknown flag -z"),
        ("-s dev -x -r", "-x goes with no other step"),
        ("-s dev -t -i R", "-i goes with -d"),
        (f"-s dev -p -d -i {RELEASE}", "leave -p out"),
        ("-s dev -p one two", "more than one model directory"),
        ("-s dev -d -f Dockerfile", "-f and -w go with -p"),
        ("-b", "-b goes with -p and the model directory"),
        ("-b -s test -p", "not 'test'"),
        ("-b -p -r", "-b goes with -p, -f and -w only"),
        ("-l -s dev -b -p -d", "leave -r, -d, -t and -x out"),
        ("-n", "-n needs a value"),
        ("-n mine -s dev -p one", "-n goes with -p only"),
        ("-n mine -b -p one", "-n goes with -p only"),
        ("-b -x", "leave -r, -d, -t and -x out"),
    ],
)
def test_bad_usage_is_explained_and_does_nothing(
    driver: Driver, flags: str, complaint: str
) -> None:
    result = driver.run(*flags.split())
    assert result.returncode == 2
    assert complaint in result.stderr and "Usage:" in result.stderr
    assert not driver.commands.called()


def test_the_steps_run_in_their_order_whatever_the_order_of_the_flags(driver: Driver) -> None:
    result = driver.run("-t", "-d", "-p", "my model", "-r", "-s", "dev")
    assert result.returncode == 0, result.stderr
    assert driver.steps() == [
        "registry --check-model --stage dev my model",
        "push --stage dev my model",
        f"deploy --release {RELEASE} --stage dev my model",
        "ask --stage dev my model",
    ]


def test_a_run_prints_the_url_and_the_answer(driver: Driver) -> None:
    result = driver.run("-s", "dev", "-p", "my model", "-d", "-t")
    assert result.stdout == 'https://api/dev/predict\n{"y": 2}\n'


def test_each_step_starts_one_interpreter(driver: Driver) -> None:
    driver.run("-s", "dev", "-r", "-p", "-d", "-t", "my model")
    assert len(driver.commands.called()) == 4


def test_a_step_that_fails_ends_the_run(driver: Driver) -> None:
    driver.commands.stub("python3", '[ "$2" != push ]')
    result = driver.run("-s", "dev", "-r", "-p", "my model", "-d")
    assert result.returncode == 1
    assert [step.split()[0] for step in driver.steps()] == ["registry", "push"]


def test_options_reach_the_steps_that_they_are_for(driver: Driver) -> None:
    driver.run("-s", "dev", "-p", "-f", "Dockerfile.onnx", "-w", "my model")
    driver.run("-s", "prod", "-d", "-i", RELEASE)
    driver.run("-s", "dev", "-x", "-y", "my model")
    assert driver.steps() == [
        "push --dockerfile Dockerfile.onnx --wheels --stage dev my model",
        f"deploy --release {RELEASE} --stage prod",
        "delete --yes --stage dev my model",
    ]


def test_measuring_needs_no_stage_and_no_scratch(driver: Driver) -> None:
    driver.run("-b", "-p", "my model", "-f", "Dockerfile.onnx")
    assert driver.steps() == ["measure --dockerfile Dockerfile.onnx my model"]


def test_the_local_aws_is_started_and_named_to_every_step(driver: Driver) -> None:
    local = driver.root / "local" / "aws"
    local.parent.mkdir()
    local.write_text('#!/bin/sh\n[ "$1" = file ] && echo "/a state/use.json"\n')
    local.chmod(0o755)
    driver.run("-l", "-s", "dev", "-r", "-t", "my model")
    assert [step.partition(" --local ")[2] for step in driver.steps()] == [
        "/a state/use.json my model"
    ] * 2


def test_a_directory_that_is_not_there_is_refused_before_anything_is_started(
    driver: Driver,
) -> None:
    result = driver.run("-l", "-s", "dev", "-r", "-p", "nowhere")
    assert result.returncode == 1
    assert result.stderr == "pipeline: there is no file or directory nowhere\n"


def test_what_a_run_keeps_is_removed_in_the_end(driver: Driver) -> None:
    driver.run("-s", "dev", "-d", "my model")
    assert list((driver.root / ".build").iterdir()) == []


def test_a_missing_python_is_named(driver: Driver) -> None:
    (driver.commands.folder / "python3").unlink()
    result = driver.run("-s", "dev", "-r", "my model")
    assert result.returncode == 1
    assert "python3 is missing. Install Python 3.9 or newer" in result.stderr


def test_an_exported_cdpath_leads_nowhere_else(driver: Driver) -> None:
    result = driver.run("-s", "dev", "-t", "my model", CDPATH=str(driver.folder))
    assert result.returncode == 0, result.stderr
