import re

import pytest

from tests.pins import pins

from .conftest import DIRECTORY
from .dockerfiles import stages

OTHERS = ["Dockerfile.onnx", "Dockerfile.source", "Dockerfile.conda"]
WITH_XGBOOST = ["Dockerfile.source", "Dockerfile.conda"]


def test_every_dockerfile_is_looked_at() -> None:
    found = {path.name for path in DIRECTORY.glob("Dockerfile*")}
    assert found == {"Dockerfile", *OTHERS}


@pytest.mark.parametrize("name", OTHERS)
def test_the_last_stage_is_the_same_for_every_engine(name: str) -> None:
    assert stages(name)[-1] == stages("Dockerfile")[-1]


@pytest.mark.parametrize("name", OTHERS)
def test_the_base_is_chosen_in_the_same_way(name: str) -> None:
    arguments = stages("Dockerfile")[0]
    assert stages(name)[0][: len(arguments)] == arguments


@pytest.mark.parametrize("name", WITH_XGBOOST)
def test_the_predictions_are_compared_with_the_image_s_own_once_it_is_complete(name: str) -> None:
    *_, last_copy, comparison = stages(name)[-2]
    assert last_copy.startswith("COPY ")
    assert comparison.startswith("RUN ")
    assert comparison.endswith(
        "&& /opt/native/bin/python -m export.parity /opt/venv/bin/python /var/task boston.csv"
    )


@pytest.mark.parametrize("name", WITH_XGBOOST)
def test_what_else_the_image_has_is_what_the_other_one_has(name: str) -> None:
    (installed,) = (line for line in stages(name)[-2] if "pip --python /opt/venv install" in line)
    assert re.findall(r"/opt/venv install [^&]*-r (\S+)", installed) == ["serving/requirements.txt"]
    assert pins("xgboost-example/app/requirements.txt").keys() == {"xgboost-cpu"}


def test_the_source_is_of_the_version_that_the_wheel_has_with_its_hash() -> None:
    wheel = pins("xgboost-example/app/requirements.txt")["xgboost-cpu"]
    text = (DIRECTORY / "variants/source/xgboost.txt").read_text()
    (requirement,) = (line for line in text.splitlines() if line.startswith("xgboost"))
    assert re.fullmatch(rf"xgboost=={re.escape(wheel)} --hash=sha256:[0-9a-f]{{64}}", requirement)
    assert "\n--no-binary xgboost\n" in text
