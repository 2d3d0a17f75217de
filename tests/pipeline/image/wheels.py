"""Small wheels in a folder, as a package index that needs no network."""

import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path


def write_wheel(
    folder: Path,
    name: str,
    tag: str = "py3-none-any",
    files: Mapping[str, bytes] | None = None,
    requires: Iterable[str] = (),
) -> Path:
    """Writes a wheel that pip takes.

    Args:
        folder: where to.
        name: distribution and version, like demo-1.0.
        tag: Python, ABI and platform, like cp311-cp311-manylinux_2_28_x86_64.
        files: what it holds beside its metadata, by path.
        requires: requirements of it.
    """
    distribution, version = name.split("-")
    metadata = ["Metadata-Version: 2.1", f"Name: {distribution}", f"Version: {version}"]
    metadata += [f"Requires-Dist: {requirement}" for requirement in requires]
    wheel = ["Wheel-Version: 1.0", "Root-Is-Purelib: false", f"Tag: {tag}"]
    path = folder / f"{name}-{tag}.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for inside, content in (files or {}).items():
            archive.writestr(inside, content)
        archive.writestr(f"{name}.dist-info/METADATA", "\n".join(metadata) + "\n")
        archive.writestr(f"{name}.dist-info/WHEEL", "\n".join(wheel) + "\n")
        archive.writestr(f"{name}.dist-info/RECORD", "")
    return path
