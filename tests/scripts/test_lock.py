"""scripts/lock, with uv itself, with an index on the loopback."""

import hashlib
import re
import subprocess
import threading
from collections.abc import Iterable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.model_directory import REPOSITORY
from tests.pins import pins
from tests.pipeline.image.wheels import write_wheel

PLATFORMS = ("manylinux_2_28_x86_64", "manylinux_2_28_aarch64", "macosx_11_0_arm64")
AS_LOCKED = """\
# Made from requirements.in by `bash scripts/lock`

--extra-index-url https://example.com/simple

demo==1.0 \\
    --hash=sha256:{hash}
    # via -r requirements.in
pure==2.0 \\
    --hash=sha256:{hash}
    # via demo
"""
AS_ASKED = "# Why.\n--extra-index-url https://example.com/simple\nDemo==1.0  # why\n"


def lock(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["bash", str(REPOSITORY / "scripts" / "lock"), *arguments]
    return subprocess.run(command, capture_output=True, text=True)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """An `.in` file with a lock that fits it, in a folder with a space."""
    folder = tmp_path / "my model"
    folder.mkdir()
    (folder / "requirements.in").write_text(AS_ASKED)
    (folder / "requirements.txt").write_text(AS_LOCKED.format(hash="0" * 64))
    return folder / "requirements.in"


class Index:
    """A package index: https://peps.python.org/pep-0503/."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, name: str, tag: str = "py3-none-any", requires: Iterable[str] = ()) -> str:
        """Put a wheel there; its hash as a lock has it."""
        project = self.folder / name.split("-")[0]
        project.mkdir(exist_ok=True)
        wheel = write_wheel(project, name, tag, requires=requires)
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        with (project / "index.html").open("a") as page:
            page.write(f'<a href="{wheel.name}#sha256={digest}">{wheel.name}</a>\n')
        return f"--hash=sha256:{digest}"


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    """uv's only source of packages."""
    made = Index(tmp_path / "index")
    made.folder.mkdir()
    handler = partial(Quiet, directory=made.folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as http:
        threading.Thread(target=http.serve_forever).start()
        monkeypatch.setenv("UV_DEFAULT_INDEX", f"http://127.0.0.1:{http.server_port}/")
        monkeypatch.setenv("UV_NO_CACHE", "1")
        yield made
        http.shutdown()


def test_every_lock_of_the_repository_fits_its_source() -> None:
    checked = lock("--check")
    assert (checked.returncode, checked.stderr) == (0, "")


def test_every_requirements_file_with_pins_has_a_source_but_for_what_is_said_here() -> None:
    found = (path for path in REPOSITORY.glob("[!.]*/**/*.txt") if ".venv" not in path.parts)
    files = {path for path in found if "==" in path.read_text()}
    by_hand = {
        str(path.relative_to(REPOSITORY)) for path in files if not path.with_suffix(".in").is_file()
    }
    # Each package has its hash: a source distribution, weights and models that are only read.
    hashed = (
        "xgboost-example/variants/source/xgboost.txt",
        "pytorch-example/network/dog-breeds.txt",
        "tests/requirements-models.txt",
    )
    assert by_hand == {*hashed}
    assert all("--hash=sha256:" in (REPOSITORY / path).read_text() for path in hashed)


def test_a_package_that_several_sources_name_has_one_version() -> None:
    versions: dict[str, set[str]] = {}
    for path in REPOSITORY.glob("[!.]*/**/*.in"):
        for name, version in pins(str(path)).items():
            versions.setdefault(name.lower(), set()).add(version)
    assert len(versions) > 40
    assert {name for name, found in versions.items() if len(found) > 1} == set()


def test_torch_is_pytorch_s_own_wheel_in_each_lock_on_both_architectures() -> None:
    # Of the wheel for x86_64, and of that for aarch64, in PyTorch's own index.
    official = {
        "6746dbcbeb526eb61330b76b41ff1b4eb848951103a892eeb080dfa2b264667b",
        "84453b69508ec79902f899c5ed9495acb9e2bbe9fda5f1d5d6f19e3c3842e1a7",
    }
    locks = [*REPOSITORY.glob("[!.]*/**/torch.txt")]
    assert len(locks) == 5
    for path in locks:
        assert official <= set(re.findall(r"sha256:([0-9a-f]{64})", path.read_text()))


def test_a_lock_that_fits_is_taken(source: Path) -> None:
    assert lock("--check", str(source)).returncode == 0


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("Demo==1.0", "Demo==1.1", "lacks demo==1.1"),
        ("Demo==1.0", "", "has demo==1.0, unlike requirements.in"),
        ("Demo==1.0", "Demo==1.0\nmore==1", "lacks more==1"),
        ("--extra-index-url https://example.com/simple", "", "has other indexes"),
    ],
)
def test_a_source_that_has_changed_is_named_with_what_to_do(
    source: Path, before: str, after: str, fault: str
) -> None:
    source.write_text(AS_ASKED.replace(before, after))
    checked = lock("--check", str(source))
    assert checked.returncode == 1
    assert fault in checked.stderr and "run bash scripts/lock" in checked.stderr


@pytest.mark.parametrize("hash_", ["0" * 63, "0" * 8])
def test_a_package_without_a_whole_hash_is_named(source: Path, hash_: str) -> None:
    source.with_suffix(".txt").write_text(AS_LOCKED.format(hash=hash_))
    assert "has no hash of pure==2.0" in lock("--check", str(source)).stderr


def test_a_missing_lock_is_named(source: Path) -> None:
    source.with_suffix(".txt").unlink()
    assert "requirements.txt is missing" in lock("--check", str(source)).stderr


def test_a_lock_has_what_is_needed_with_the_hashes_of_all_platforms(
    source: Path, index: Index
) -> None:
    hashes = [index.add("demo-1.0", f"cp311-cp311-{tag}", ["pure"]) for tag in PLATFORMS]
    hashes.append(index.add("pure-2.0"))
    source.write_text("demo==1.0\n")
    source.with_suffix(".txt").unlink()
    made = lock(str(source))
    assert made.returncode == 0, made.stderr
    text = source.with_suffix(".txt").read_text()
    assert sorted(re.findall(r"--hash=\S+", text)) == sorted(hashes)
    assert "127.0.0.1" not in text
    assert lock("--check", str(source)).returncode == 0
    assert text.startswith("# Made from requirements.in by `bash scripts/lock`")


def test_an_option_of_a_source_is_given_to_uv(source: Path, index: Index) -> None:
    index.add("demo-1.0", requires=["pure"])
    source.write_text("# lock: --no-deps\ndemo==1.0\n")
    source.with_suffix(".txt").unlink()
    assert lock(str(source)).returncode == 0
    assert "pure" not in source.with_suffix(".txt").read_text()


def test_a_lock_that_cannot_be_made_stays_and_is_named(source: Path, index: Index) -> None:
    before = source.with_suffix(".txt").read_text()
    source.write_text("absent==1.0\n")
    made = lock(str(source))
    assert made.returncode == 1
    assert "requirements.in is as it was: uv's reason stands above" in made.stderr
    assert source.with_suffix(".txt").read_text() == before
