from pathlib import Path

import pytest

from pipeline.errors import PipError
from pipeline.image.requirements import check_requirements, has_hashes, included

REPOSITORY = Path(__file__).parents[3]
OURS = [
    path
    for pattern in (
        "*-example/**/*.txt",
        "benchmarks/**/*.txt",
        "serving/*.txt",
        *("starters/*/app/*.txt", "starters/text/*.txt"),
    )
    for path in REPOSITORY.glob(pattern)
    if "requirements" in path.name or path.name in ("wheels.txt", "build.txt", "torch.txt")
]


@pytest.mark.parametrize("file", OURS, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_every_requirements_file_of_the_repository_is_harmless(file: Path) -> None:
    check_requirements(file, REPOSITORY)


@pytest.mark.parametrize(
    "line",
    [
        "demo==1.0",
        "demo[extra]>=1,<2 ; python_version > '3.8'",
        "demo == 1.0 --hash=sha256:ab",
        "--extra-index-url https://example.com/simple",
        "--require-hashes",
        "# -e .",
        "demo==1.0  # why",
        "torch==2.13.0+cpu",
    ],
)
def test_names_versions_hashes_and_indexes_are_taken(tmp_path: Path, line: str) -> None:
    (tmp_path / "requirements.txt").write_text(f"{line}\n")
    check_requirements(tmp_path / "requirements.txt", tmp_path)


@pytest.mark.parametrize(
    "line",
    [
        *("-e .", "--editable=.", ".", "./demo", "/tmp/demo", "demo.whl", "sub/demo-1.0.tar.gz"),
        *("https://example.com/demo.zip", "git+https://example.com/demo", "file:///tmp/demo"),
        *(
            "demo ; python_version > '3' --no-binary demo",
            "demo @ https://example.com/demo.whl",
            "demo@file:///tmp/x",
            "--find-links .",
            "-f .",
        ),
        *("--no-binary demo", "--no-binary=:all:", "--trusted-host x", "--global-option=x"),
        *("demo==1.0 --config-settings x=y", "demo==1.0 --no-binary demo", "demo==1.0 \\\n -e ."),
    ],
)
def test_what_could_run_code_is_refused_with_its_line(tmp_path: Path, line: str) -> None:
    (tmp_path / "requirements.txt").write_text(f"first==1\n{line}\n")
    with pytest.raises(PipError, match=r"requirements\.txt line 2"):
        check_requirements(tmp_path / "requirements.txt", tmp_path)


def test_what_is_included_is_checked_too_and_may_not_lie_outside(tmp_path: Path) -> None:
    root = tmp_path / "model"
    root.mkdir()
    (root / "more.txt").write_text("-e .\n")
    (root / "requirements.txt").write_text("-r more.txt\n-c requirements.txt\n")
    with pytest.raises(PipError, match=r"more\.txt line 1"):
        check_requirements(root / "requirements.txt", root)
    (tmp_path / "outside.txt").write_text("demo\n")
    (root / "requirements.txt").write_text("--requirement=../outside.txt\n")
    with pytest.raises(PipError, match="outside the model directory"):
        check_requirements(root / "requirements.txt", root)


def test_hashes_are_seen_in_what_is_included_too_even_in_a_circle(tmp_path: Path) -> None:
    first, second = tmp_path / "first.txt", tmp_path / "second.txt"
    first.write_text("demo==1.0\n-r second.txt\n")
    second.write_text("-c first.txt\n")
    assert not has_hashes(first) and not has_hashes(second)
    second.write_text("-c first.txt\nmore==1.0 \\\n    --hash=sha256:ab\n")
    assert has_hashes(first) and has_hashes(second)


def test_a_list_of_files_is_taken_apart_even_in_a_circle(tmp_path: Path) -> None:
    names = {name: tmp_path / f"{name}.txt" for name in ("list", "one", "two", "mixed")}
    names["list"].write_text("# all\n-r one.txt\n-r two.txt\n-r mixed.txt\n")
    names["one"].write_text("a==1\n")
    names["two"].write_text("-r list.txt\n-r one.txt\n")
    names["mixed"].write_text("-r one.txt\nb==1\n")
    assert included(names["list"]) == [names["one"], names["mixed"]]
    assert included(names["one"]) == [names["one"]]


def test_a_list_with_constraints_stays_one(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("-r one.txt\n-c bounds.txt\n")
    assert included(tmp_path / "list.txt") == [tmp_path / "list.txt"]
