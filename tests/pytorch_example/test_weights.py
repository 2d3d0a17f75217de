import hashlib
import pickle
import re
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from tests.pytorch_example.conftest import test_data as data_file
from tests.pytorch_example.parts import part

weights = part("network.weights")
MobileNetV2 = part("network.mobilenet").MobileNetV2
CONTENT = b"weights"
SHA256 = hashlib.sha256(CONTENT).hexdigest()
OTHER_WAYS = ("WEIGHTS_FILE=", "pytorch-example/weights/", "WEIGHTS=dog-breeds")


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """The address of a server of the folder tmp_path / "served"."""
    (tmp_path / "served").mkdir()
    handler = partial(Quiet, directory=tmp_path / "served")
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as http:
        threading.Thread(target=http.serve_forever).start()
        yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "weights"
    made.mkdir()
    return made


class Trap:
    """Unpickled without care, it writes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return Path.touch, (self.path,)


def test_the_official_file_is_the_one_that_torchvision_downloads() -> None:
    assert weights.URL == "https://download.pytorch.org/models/mobilenet_v2-b0353104.pth"


def test_a_file_that_is_named_comes_before_all_others(folder: Path, tmp_path: Path) -> None:
    (folder / "mine.pth").touch()
    named = tmp_path / "named.pth"
    named.touch()
    assert weights.find(str(named), folder, tmp_path) == named


def test_the_file_in_the_folder_is_used_instead_of_a_download(folder: Path, tmp_path: Path) -> None:
    (folder / "mine.pth").touch()
    assert weights.find("", folder, tmp_path, "http://127.0.0.1:9/") == folder / "mine.pth"


def test_two_files_in_the_folder_are_an_error_with_their_names(folder: Path) -> None:
    for name in ("a.pth", "b.pth"):
        (folder / name).touch()
    with pytest.raises(weights.WeightsError, match=r"a\.pth, b\.pth"):
        weights.find("", folder, folder)


def test_without_a_file_one_is_downloaded(server: str, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "served" / "net.pth").write_bytes(CONTENT)
    found = weights.find("", folder, tmp_path, f"{server}/net.pth", SHA256)
    weights.check(found, SHA256)
    assert found.read_bytes() == CONTENT


@pytest.mark.parametrize("name", weights.KNOWN)
def test_a_download_under_the_official_name_must_be_the_official_file_as_a_whole(
    name: str, server: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forged = weights.KNOWN[name][:8] + "0" * 56  # what hours of computing find
    (tmp_path / "served" / name).write_bytes(CONTENT)
    found = weights.find("", folder, tmp_path, f"{server}/{name}")
    monkeypatch.setattr(
        weights.hashlib, "sha256", lambda _: SimpleNamespace(hexdigest=lambda: forged)
    )
    with pytest.raises(weights.WeightsError, match=f"should be {weights.KNOWN[name]}: "):
        weights.check(found)


def test_the_known_files_have_the_digits_that_torchvision_has_in_their_names() -> None:
    assert weights.URL.rpartition("/")[2] in weights.KNOWN
    for name, digest in weights.KNOWN.items():
        assert re.fullmatch("[0-9a-f]{64}", digest) and name.endswith(f"-{digest[:8]}.pth")


def test_a_file_that_is_not_there_is_an_error_with_the_other_ways(folder: Path) -> None:
    with pytest.raises(weights.WeightsError, match=r"absent\.pth is no file") as error:
        weights.find("absent.pth", folder, folder)
    assert all(way in str(error.value) for way in OTHER_WAYS)


@pytest.mark.parametrize("name", ["absent.pth", "http://127.0.0.1:1/closed.pth"])
def test_a_failed_download_is_an_error_with_the_other_ways(
    server: str, folder: Path, name: str
) -> None:
    url = name if name.startswith("http") else f"{server}/{name}"
    with pytest.raises(weights.WeightsError, match=f"cannot download {url}") as error:
        weights.find("", folder, folder, url, SHA256)
    assert all(way in str(error.value) for way in OTHER_WAYS)


def test_a_download_without_a_checksum_is_refused(folder: Path) -> None:
    for name in ("net.pth", f"net-{SHA256[:8]}.pth"):
        with pytest.raises(weights.WeightsError, match=f"WEIGHTS_SHA256 must .*/{name}"):
            weights.find("", folder, folder, f"http://127.0.0.1:1/{name}")


def test_a_file_whose_name_has_another_checksum_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "net-00000000.pth"
    path.write_bytes(CONTENT)
    with pytest.raises(weights.WeightsError, match="should be 00000000…"):
        weights.check(path)


def test_the_checksum_of_a_file_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.pth"
    path.write_bytes(CONTENT)
    weights.check(path)
    assert SHA256 in capsys.readouterr().out


def test_a_file_with_another_checksum_than_asked_for_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.pth"
    path.write_bytes(CONTENT)
    weights.check(path, SHA256)
    with pytest.raises(weights.WeightsError, match="another file"):
        weights.check(path, "0" * 64)


@pytest.mark.parametrize("sha256", ["abc", SHA256[:8], SHA256[:-1], SHA256.upper(), SHA256 + "0"])
def test_what_is_no_checksum_is_not_taken_for_one(tmp_path: Path, sha256: str) -> None:
    path = tmp_path / "mine.pth"
    path.write_bytes(CONTENT)
    with pytest.raises(weights.WeightsError, match="WEIGHTS_SHA256 must be"):
        weights.check(path, sha256)


def test_torchvision_s_state_dict_fills_the_network() -> None:
    path = data_file("mobilenet_v2-imagenet.pth")
    network = MobileNetV2(1000)
    weights.fill(network, path)
    bias = torch.load(path, weights_only=True)["classifier.1.bias"]
    assert torch.equal(network.state_dict()["classifier.1.bias"], bias)


def test_code_in_a_file_is_not_run(tmp_path: Path) -> None:
    path, sprung = tmp_path / "trap.pth", tmp_path / "sprung"
    torch.save({"features": Trap(sprung)}, path)
    with pytest.raises(weights.WeightsError, match=r"trap\.pth is not a state_dict"):
        weights.fill(MobileNetV2(1000), path)
    assert not sprung.exists()
    pickle.loads(pickle.dumps(Trap(sprung)))  # it would have
    assert sprung.exists()


@pytest.mark.parametrize(
    "content", [CONTENT, b"", None], ids=["text", "nothing", "another network"]
)
def test_what_are_not_this_network_s_weights_is_refused(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "other.pth"
    if content is None:
        torch.save(MobileNetV2(19).state_dict(), path)
    else:
        path.write_bytes(content)
    with pytest.raises(weights.WeightsError, match=r"other\.pth is not a state_dict"):
        weights.fill(MobileNetV2(1000), path)
