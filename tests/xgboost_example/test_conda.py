import re

import pytest
import yaml

from tests.pins import pins

from .conftest import DIRECTORY
from .dockerfiles import stages
from .images import files_of


def environment() -> dict[str, list[str]]:
    """What is installed from conda-forge."""
    text = (DIRECTORY / "variants/conda/environment.yml").read_text()
    found: dict[str, list[str]] = yaml.safe_load(text)
    return found


def test_the_library_is_of_the_version_that_the_wheel_has_without_cuda() -> None:
    version = pins("xgboost-example/app/requirements.txt")["xgboost-cpu"]
    assert environment() == {
        "channels": ["conda-forge"],
        "dependencies": [f"libxgboost={version}=cpu_h*"],
    }


def test_micromamba_s_image_has_an_exact_version_and_the_base_s_debian_release() -> None:
    base, micromamba = stages("Dockerfile.conda")[0][1:]
    assert base.endswith("-slim-bookworm")
    assert re.fullmatch(
        r"ARG MICROMAMBA_IMAGE=mambaorg/micromamba:\d+\.\d+\.\d+-debian12-slim", micromamba
    )


def test_the_environment_is_installed_without_questions_and_without_a_cache() -> None:
    _, conda, _, _ = stages("Dockerfile.conda")
    assert conda[0] == "FROM ${MICROMAMBA_IMAGE} AS conda"
    assert conda[1] == "COPY variants/conda/environment.yml /tmp/"
    install, clean, *_ = conda[2].removeprefix("RUN ").split(" && ")
    assert install == "micromamba install --yes --name base --file /tmp/environment.yml"
    assert clean == "micromamba clean --all --yes"


def test_the_image_gets_the_libraries_alone_where_the_code_looks_for_them() -> None:
    _, conda, built, _ = stages("Dockerfile.conda")
    assert conda[-1].endswith("&& cp --no-dereference /opt/conda/lib/lib*.so* /tmp/library/")
    assert "COPY --from=conda /tmp/library/ /opt/venv/lib/" in built
    assert [line for line in built if "conda" in line] == [
        "COPY --from=conda /tmp/library/ /opt/venv/lib/"
    ]


@pytest.mark.docker
def test_the_image_has_the_library_and_no_python_package_of_xgboost(conda_image: str) -> None:
    names = {str(path) for path in files_of(conda_image)}
    assert {"/opt/venv/lib/libxgboost.so", "/opt/venv/lib/libgomp.so.1"} <= names
    assert not [name for name in names if "site-packages/xgboost" in name or "/conda" in name]
