"""scripts/audit, with pip-audit itself, against a service on the loopback."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.model_directory import REPOSITORY
from tests.pins import pins

from .osv import Osv, serving

LOCKS = [str(path.with_suffix(".txt")) for path in REPOSITORY.glob("[!.]*/**/*.in")]


@pytest.fixture
def osv() -> Iterator[Osv]:
    with serving(Osv()) as service:
        yield service


def audit(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["bash", str(REPOSITORY / "scripts" / "audit"), *arguments]
    return subprocess.run(command, capture_output=True, text=True)


def test_every_locked_package_of_this_system_is_looked_up(osv: Osv) -> None:
    ran = audit("-u", osv.url)
    assert ran.returncode == 0, ran.stderr
    assert "No vulnerability is known" in ran.stdout
    wanted = {(name.lower().replace("_", "-"), pin) for name, pin in pins(*LOCKS).items()}
    assert {("awslambdaric", "4.2.2"), ("torch", "2.13.0+cpu"), ("awscli", "1.46.3")} <= osv.asked
    assert len(wanted - osv.asked) < 10  # those of other systems and Pythons


def test_a_known_vulnerability_is_shown_and_fails(osv: Osv) -> None:
    osv.known["msgspec", "0.22.0"] = "PYSEC-0000-1"
    ran = audit("-u", osv.url, str(REPOSITORY / "serving/requirements.txt"))
    assert ran.returncode == 1
    assert "PYSEC-0000-1" in ran.stdout and "99.0" in ran.stdout
    assert "pin a fixed version" in ran.stderr


def test_requirements_without_hashes_are_looked_up_too(osv: Osv, tmp_path: Path) -> None:
    (tmp_path / "my requirements.txt").write_text("lightgbm==4.7.0\n")
    assert audit("-u", osv.url, str(tmp_path / "my requirements.txt")).returncode == 0
    assert osv.asked == {("lightgbm", "4.7.0")}


def test_a_service_that_cannot_be_reached_is_no_clean_bill(tmp_path: Path) -> None:
    url = "http://127.0.0.1:1/v1/query"
    ran = audit("-u", url, str(REPOSITORY / "serving/requirements.txt"))
    assert ran.returncode == 3
    assert f"was not looked up: run this where {url} can be reached" in ran.stderr


def test_a_file_that_is_not_there_is_named() -> None:
    ran = audit("absent.txt")
    assert ran.returncode == 2 and "there is no file absent.txt" in ran.stderr


def test_no_other_script_looks_anything_up() -> None:
    for name in ("check", "test", "bench"):
        assert "scripts/audit" not in (REPOSITORY / "scripts" / name).read_text()
