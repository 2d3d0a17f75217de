import hashlib
import io
import tarfile
from pathlib import Path

import pytest

from pipeline.errors import PipError
from pipeline.image.wheelhouse import fill
from tests.pipeline.image.wheels import write_wheel


def requirements(folder: Path, *lines: str) -> list[Path]:
    file = folder / "requirements.txt"
    file.write_text("\n".join(lines) + "\n")
    return [file]


@pytest.mark.parametrize(("architecture", "machine"), [("x86_64", "x86_64"), ("arm64", "aarch64")])
def test_the_wheels_are_those_of_the_image_and_of_all_that_they_need(
    architecture: str, machine: str, index: Path, tmp_path: Path
) -> None:
    for python in ("310", "311", "312"):
        for platform in ("x86_64", "aarch64"):
            tag = f"cp{python}-cp{python}-manylinux_2_28_{platform}"
            write_wheel(index, "demo-1.0", tag, requires=["pure>=2"])
    write_wheel(index, "pure-2.0")
    wanted = requirements(tmp_path, "demo==1.0")
    names = fill(wanted, tmp_path / "wheels", "3.11", architecture)
    assert names == [
        f"demo-1.0-cp311-cp311-manylinux_2_28_{machine}.whl",
        "pure-2.0-py3-none-any.whl",
    ]
    assert sorted(file.name for file in (tmp_path / "wheels").iterdir()) == names


@pytest.mark.parametrize(
    "platform", ["manylinux2010", "manylinux2014", "manylinux_2_17", "manylinux_2_36", "linux"]
)
def test_a_wheel_for_any_glibc_that_debian_12_has_is_found(
    platform: str, index: Path, tmp_path: Path
) -> None:
    wheel = write_wheel(index, "demo-1.0", f"cp39-abi3-{platform}_x86_64")
    wanted = requirements(tmp_path, "demo")
    assert fill(wanted, tmp_path / "wheels", "3.11", "x86_64") == [wheel.name]


@pytest.mark.parametrize("platform", ["manylinux_2_39_x86_64", "musllinux_1_2_x86_64"])
def test_a_wheel_that_debian_12_cannot_load_is_not_taken(
    platform: str, index: Path, tmp_path: Path
) -> None:
    write_wheel(index, "demo-1.0", f"cp311-cp311-{platform}")
    with pytest.raises(PipError, match="demo has no wheel"):
        fill(requirements(tmp_path, "demo"), tmp_path / "wheels", "3.11", "x86_64")


def test_a_package_without_wheels_is_named_and_the_folder_is_left_as_it_was(
    index: Path, tmp_path: Path
) -> None:
    write_wheel(index, "first-1.0")
    with tarfile.open(index / "only_source-1.0.tar.gz", "w:gz") as archive:
        archive.addfile(tarfile.TarInfo("only_source-1.0/PKG-INFO"), io.BytesIO())
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    (wheels / "before-1.0-py3-none-any.whl").touch()
    wanted = requirements(tmp_path, "first==1.0", "only-source==1.0")
    with pytest.raises(
        PipError,
        match=r"only-source==1\.0.* has no wheel for Python 3\.11 on arm64 Linux",
    ):
        fill(wanted, wheels, "3.11", "arm64")
    assert [file.name for file in wheels.iterdir()] == ["before-1.0-py3-none-any.whl"]


def test_a_second_run_replaces_the_wheels_of_the_first_and_nothing_else(
    index: Path, tmp_path: Path
) -> None:
    write_wheel(index, "demo-1.0")
    write_wheel(index, "demo-2.0")
    wheels = tmp_path / "wheels"
    fill(requirements(tmp_path, "demo==1.0"), wheels, "3.11", "x86_64")
    (wheels / ".gitkeep").touch()
    fill(requirements(tmp_path, "demo==2.0"), wheels, "3.11", "x86_64")
    assert sorted(file.name for file in wheels.iterdir()) == [
        ".gitkeep",
        "demo-2.0-py3-none-any.whl",
    ]


def test_requirements_that_are_not_there_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(PipError, match=r"there is no file .*missing\.txt; WHEELS_FOR names it"):
        fill([tmp_path / "missing.txt"], tmp_path / "wheels", "3.11", "x86_64")
    assert not (tmp_path / "wheels").exists()


def locked(wheel: Path) -> str:
    name, version, *_ = wheel.name.split("-")
    return f"{name}=={version} --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}"


def test_a_wheel_of_another_hash_than_the_lock_s_is_refused(index: Path, tmp_path: Path) -> None:
    wheel = write_wheel(index, "demo-1.0")
    wanted = requirements(tmp_path, locked(wheel).replace(" --hash", " \\\n    --hash"))
    assert fill(wanted, tmp_path / "wheels", "3.11", "x86_64") == [wheel.name]
    write_wheel(index, "demo-1.0", files={"demo.py": b"other"})
    with pytest.raises(PipError, match="DO NOT MATCH THE HASHES"):
        fill(wanted, tmp_path / "wheels", "3.11", "x86_64")


def test_a_line_without_a_hash_among_others_is_explained(index: Path, tmp_path: Path) -> None:
    wheel = write_wheel(index, "demo-1.0")
    write_wheel(index, "more-1.0")
    wanted = requirements(tmp_path, locked(wheel), "more==1.0")
    with pytest.raises(PipError, match=r"requirements\.txt has hashes for some .* scripts/lock"):
        fill(wanted, tmp_path / "wheels", "3.11", "x86_64")


def test_files_with_hashes_and_files_without_are_downloaded_together(
    index: Path, tmp_path: Path
) -> None:
    (tmp_path / "locked").mkdir()
    locks = requirements(tmp_path / "locked", locked(write_wheel(index, "demo-1.0")))
    write_wheel(index, "more-1.0")
    names = fill([*requirements(tmp_path, "more"), *locks], tmp_path / "wheels", "3.11", "x86_64")
    assert names == ["demo-1.0-py3-none-any.whl", "more-1.0-py3-none-any.whl"]


def test_of_a_lock_no_more_is_downloaded_than_it_names(index: Path, tmp_path: Path) -> None:
    wheel = write_wheel(index, "demo-1.0", requires=["large"])
    write_wheel(index, "large-1.0")
    (lock,) = requirements(tmp_path, locked(wheel))
    including = tmp_path / "wheels.txt"
    including.write_text("-r requirements.txt\n")
    for file in (lock, including):
        assert fill([file], tmp_path / "wheels", "3.11", "x86_64") == [wheel.name]
