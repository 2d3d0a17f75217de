"""What every Dockerfile of an image holds to, as it is written."""

import re

import pytest

from tests.model_directory import REPOSITORY

FOLDERS = ("base-example", "xgboost-example", "onnx-example", "pytorch-example", "benchmarks")
GIVEN = ("sklearn-example", "tensorflow-example", "starters")


def found(*folders: str) -> list[str]:
    """The Dockerfiles in some folders."""
    paths = (path for name in folders for path in sorted((REPOSITORY / name).rglob("Dockerfile*")))
    return [str(path.relative_to(REPOSITORY)) for path in paths]


NAMES = found(*FOLDERS)
EXAMPLES = [name for name in NAMES if not name.startswith("benchmarks")]
# A user's own file, or one that a user may take the hashes out of.
OWN = "/tmp/app/requirements.txt"
COMPILED = [
    "{ python -m compileall -q -j 0 --invalidation-mode unchecked-hash /opt/venv/lib"
    " || echo 'The files of packages named above stay without bytecode.'; }",
    "python -m compileall -q --invalidation-mode unchecked-hash /var/task",
]


def instructions(name: str) -> list[str]:
    """The instructions of a Dockerfile, each on one line."""
    lines = (REPOSITORY / name).read_text().splitlines()
    text = "\n".join(line for line in lines if not line.startswith("#"))
    return re.sub(r"\s*\\\n\s+", " ", text).splitlines()


def commands(name: str) -> list[str]:
    """What the instructions run, each command on its own."""
    runs = [line[4:] for line in instructions(name) if line.startswith("RUN ")]
    return [command.strip() for run in runs for command in run.split(" && ")]


def test_the_dockerfiles_are_found() -> None:
    assert len(NAMES) == 15 and len(EXAMPLES) == 8 and len(found(*GIVEN)) == 7


@pytest.mark.parametrize("name", NAMES)
def test_what_is_installed_from_an_index_has_a_hash_but_for_what_a_user_writes(name: str) -> None:
    installed = [
        line for line in commands(name) if re.search(r"\bpip .*(install|wheel)\b.* -r", line)
    ]
    assert installed
    for line in installed:
        assert "--require-hashes" in line or line.endswith(f"-r {OWN}")


@pytest.mark.parametrize("name", NAMES)
def test_whatever_is_installed_without_an_index_was_made_in_the_build(name: str) -> None:
    for line in commands(name):
        if re.search(r"\bpip .*install\b", line) and " -r " not in line:
            assert line.endswith(" /tmp/compiled/xgboost-*.whl")


@pytest.mark.parametrize("name", [*NAMES, *found(*GIVEN)])
def test_the_last_step_makes_the_image_bare_and_the_golden_request_comes_after_it(
    name: str,
) -> None:
    lines = instructions(name)
    place = max(place for place, line in enumerate(lines) if line.startswith("RUN "))
    assert lines[place].endswith("sh /var/task/serving/bare.sh")
    golden = [] if name.startswith("benchmarks") else ["COPY example.json /var/task/"]
    assert lines[place + 1 : place + 2 + len(golden)] == [*golden, "USER 993:990"]
    assert not [line for line in lines[place + 2 :] if line.startswith(("COPY ", "ADD "))]


@pytest.mark.parametrize("name", NAMES)
def test_packages_keep_their_tests_but_for_simplejson(name: str) -> None:
    text = "\n".join(commands(name))
    removed = set(re.findall(r"rm -rf? (\S*tests)", text))
    assert "-name tests" not in text
    assert removed <= {"/opt/venv/lib/python*/site-packages/simplejson/tests"}


@pytest.mark.parametrize("name", EXAMPLES)
def test_of_packages_what_compiles_is_compiled_and_of_the_app_all(name: str) -> None:
    assert [line for line in commands(name) if "compileall" in line] == COMPILED


@pytest.mark.parametrize("name", EXAMPLES)
def test_no_image_has_what_only_builds_of_engines_need(name: str) -> None:
    copied = [
        line for line in instructions(name) if "/var/task/engines/" in line and "COPY" in line
    ]
    assert all(
        re.fullmatch(r"COPY engines/(\w+/)?\*\.py /var/task/engines/(\w+/)?", line)
        for line in copied
    )


def used_rooms(name: str) -> set[str]:
    """The rooms of serving/ that a model's code imports, or what an image has of apps/."""
    folder = (REPOSITORY / name).parent
    files = [file for file in folder.rglob("*.py") if ".build" not in file.parts]
    for line in instructions(name):
        if found := re.fullmatch(r"COPY (apps/\S*) /var/task/\S+", line):
            pattern = found[1] + ("**/*.py" if found[1].endswith("/") else "")
            files += [file for file in REPOSITORY.glob(pattern) if "/build/" not in str(file)]
    if not any(line.startswith("COPY apps/images/") for line in instructions(name)):
        files = [file for file in files if file.parts[-2:] != ("doors", "photographs.py")]
    texts = "\n".join(file.read_text() for file in files)
    return set(re.findall(r"^\s*from serving\.(photographs|urls)\b", texts, re.MULTILINE))


@pytest.mark.parametrize("name", [*EXAMPLES, *found(*GIVEN)])
def test_an_image_has_the_rooms_of_serving_that_its_app_uses_and_no_other(name: str) -> None:
    lines = [line for line in instructions(name) if line.endswith(" /var/task/serving/")]
    assert lines == ["COPY serving/*.py serving/*.sh /var/task/serving/"]
    copied = re.findall(r"^COPY serving/(\w+)/ ", "\n".join(instructions(name)), re.MULTILINE)
    assert {*copied} == {"page", *used_rooms(name)}


@pytest.mark.parametrize("name", [*EXAMPLES, *found(*GIVEN)])
def test_no_image_has_what_only_debuggers_read_of_the_runtime(name: str) -> None:
    assert [line for line in commands(name) if re.search(r"serving/strip\.py /opt/venv$", line)]
    assert re.search(r"rm (-\w+ )?.*\bserving/strip\.py", "\n".join(commands(name)))
