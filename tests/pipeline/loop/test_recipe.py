"""What of a Dockerfile holds without Docker."""

import pytest

from pipeline.loop.instructions import Copy
from pipeline.loop.recipe import Install, read_recipe
from tests.commands import REPOSITORY

# Two requirements files for the app and one for its build, as Dockerfiles with locks have them.
LOCKED = """
ARG VERSION=3.11
FROM python:${VERSION} AS build
COPY serving/requirements.txt /tmp/serving/
COPY app/requirements.txt /tmp/app/
COPY export.txt /tmp/
# A comment \\
RUN if ls /tmp/wheels; then export PIP_NO_INDEX=1; fi \\
    # another one
    && pip --python /opt/venv install --no-deps --require-hashes \\
        -r /tmp/serving/requirements.txt \\
    && pip --python /opt/venv install -r /tmp/app/requirements.txt \\
    && { pip --python /opt/build install -r /tmp/export.txt || true; }
FROM python:${VERSION} AS base
ARG MODEL
ARG THREADS=2
ENV MODEL=${MODEL} OMP_NUM_THREADS="${THREADS}"
WORKDIR /var/task
FROM base
COPY --from=build /opt/venv /opt/venv
COPY serving/ ./serving/
COPY ["app/", "/var/task/"]
COPY variants/a.py variants/b.py ./
COPY notes.txt /var/tasks/
RUN python -m apps.build.card "${MODEL}" card.json > /tmp/said && python -m golden "$@"
ENV PATH=/opt/venv/bin:${PATH} HOME=/tmp
CMD ["main.answer"]
"""


def test_requirements_are_installed_as_the_image_installs_those_of_its_app() -> None:
    assert read_recipe(LOCKED, {}).installs == [
        Install("serving/requirements.txt", dependencies=False),
        Install("app/requirements.txt", dependencies=True),
    ]


def test_what_is_copied_to_the_task_is_known_wherever_a_stage_works() -> None:
    assert read_recipe(LOCKED, {}).copies == [
        Copy(["serving/"], "serving/"),
        Copy(["app/"], ""),
        Copy(["variants/a.py", "variants/b.py"], ""),
    ]


def test_variables_take_build_arguments_and_are_inherited() -> None:
    found = read_recipe(LOCKED, {"MODEL": "m.ubj"})
    assert found.variables == {"MODEL": "m.ubj", "OMP_NUM_THREADS": "2"}
    assert found.steps == [["apps.build.card", "m.ubj", "card.json"]]
    assert found.handler == "main.answer"


def test_the_environment_that_reads_a_model_is_that_of_the_loop() -> None:
    found = read_recipe((REPOSITORY / "starters" / "sklearn" / "Dockerfile").read_text(), {})
    files = ["serving/requirements.txt", "app/requirements.txt", "requirements-golden.txt"]
    assert found.installs == [Install(file, dependencies=False) for file in files]
    assert [words[0] for words in found.steps] == ["apps.build.estimator"]


def test_what_is_left_to_the_images_build_is_named() -> None:
    found = read_recipe((REPOSITORY / "pytorch-example" / "Dockerfile").read_text(), {})
    assert found.unfollowed == ["engines.torch.build"]


def test_a_dockerfile_that_says_nothing_of_it_has_a_handler_app() -> None:
    found = read_recipe("FROM scratch\n", {})
    assert found.handler == "app.handler" and not found.installs and not found.copies


@pytest.mark.parametrize(
    ("file", "requirements", "packages"),
    [
        ("base-example/Dockerfile", "app/requirements.txt", ["serving/"]),
        ("xgboost-example/Dockerfile", "app/requirements.txt", ["serving/", "engines/"]),
        ("xgboost-example/Dockerfile.onnx", "variants/onnx/requirements.txt", ["engines/onnx/"]),
        ("starters/tabular/Dockerfile", "app/requirements.txt", ["apps/"]),
    ],
)
def test_the_dockerfiles_of_the_repository_are_understood(
    file: str, requirements: str, packages: list[str]
) -> None:
    found = read_recipe((REPOSITORY / file).read_text(), {})
    assert requirements in [install.file for install in found.installs]
    targets = [copy.target for copy in found.copies]
    assert "" in targets and {*packages} <= {*targets}
