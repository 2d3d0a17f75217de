from pathlib import Path

import pytest

from tests.pytorch_example.parts import part

libtorch = part("libtorch")
SHAPE = (1, 224, 224, 3)


def test_without_torch_the_error_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libtorch, "find_spec", lambda name: None)
    with pytest.raises(libtorch.NetworkError, match="pip install -r requirements"):
        libtorch.Network(Path("network.so"), SHAPE, threads=1)


@pytest.mark.parametrize("content", [None, b"", b"not a library"])
def test_a_file_that_is_missing_or_no_library_is_refused_with_its_name(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "network.so"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(OSError, match=r"network\.so"):
        libtorch.Network(path, SHAPE, threads=1)


def test_what_pytorch_refuses_is_an_error() -> None:
    with pytest.raises(libtorch.NetworkError, match="its reason is in the log"):
        libtorch._check(1)
    libtorch._check(0)
