from pathlib import Path

import pytest

from machine import host_certificates


def pem(name: str, line_end: str = "\n") -> str:
    lines = ["-----BEGIN CERTIFICATE-----", f"{name}AAAA", "BBBB", "-----END CERTIFICATE-----", ""]
    return line_end.join(lines)


def test_only_the_certificates_that_the_image_lacks_are_copied(tmp_path: Path) -> None:
    bundle, known = tmp_path / "bundle.crt", tmp_path / "known.crt"
    bundle.write_text("# ours\n" + pem("both", "\r\n") + pem("ours") + pem("also") + pem("ours"))
    known.write_text(pem("both") + pem("theirs"))
    copies = tmp_path / "copies"
    copies.mkdir()
    assert host_certificates.copy_unknown(bundle, known, copies) == 2
    assert {file.name: file.read_text() for file in copies.iterdir()} == {
        "host-1.crt": pem("ours"),
        "host-2.crt": pem("also"),
    }


def test_a_machine_without_a_bundle_adds_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known = tmp_path / "known.crt"
    known.write_text(pem("theirs"))
    assert host_certificates.main([str(tmp_path / "none"), str(known), str(tmp_path)]) == 0
    assert capsys.readouterr().out == "0\n"
    assert list(tmp_path.glob("host-*")) == []


def test_missing_arguments_are_bad_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert host_certificates.main([]) == 2
    assert capsys.readouterr().err.startswith("usage: ")
