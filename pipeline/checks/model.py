"""A model directory, read without building it: what would fail on Lambda, or surprise."""

from __future__ import annotations

import ast
import os
import re
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from pipeline.checks.finding import Finding, bad, good, note
from pipeline.cloud.record import Record
from pipeline.model.contents import LEFT_OUT

# Lambda has no GPU: these bring gigabytes that nothing can use.
GPU = {
    r"nvidia-[a-z0-9-]+": "leave it out",
    r"onnxruntime-gpu": "take onnxruntime",
    r"tensorflow(-gpu|\[and-cuda\])": "take tensorflow-cpu, or ai-edge-litert",
    r"(cupy|pycuda|triton|bitsandbytes|flash-attn)[a-z0-9-]*": "leave it out",
    r"xgboost": "take xgboost-cpu",
    r"faiss-gpu": "take faiss-cpu",
}
CPU_TORCH = "--index-url https://download.pytorch.org/whl/cpu"
WRITING = re.compile("[wax+]")
SLOW = 0.5  # of TIMEOUT
EXEC_MS = 1000


def model(directory: Path, settings: Mapping[str, str], newest: Record | None) -> Iterator[Finding]:
    """Look at a model directory.

    Args:
        directory: of the model.
        settings: of it, by name.
        newest: the record of its newest release, if there is one.
    """
    found = [*_requirements(directory), *_files(directory), *_code(directory)]
    found += _measured(settings, newest)
    yield from found or [good(f"nothing in {directory} is known to fail on Lambda")]


def _requirements(directory: Path) -> Iterator[Finding]:
    for file in sorted(directory.rglob("*requirements*.txt")):
        text = file.read_text(encoding="utf-8", errors="replace")
        where = file.relative_to(directory)
        for line in text.splitlines():
            name = re.split(r"[=<>!~; ]", line.strip().lower())[0]
            for pattern, way_out in GPU.items():
                if re.fullmatch(pattern, name):
                    yield note(f"{where} has {name}, which is for GPUs: Lambda has none", way_out)
            if name == "torch" and "whl/cpu" not in text and "+cpu" not in line:
                yield note(
                    f"{where} has torch with CUDA, 2 GB that Lambda cannot use",
                    f"put {CPU_TORCH} above it",
                )


def _files(directory: Path) -> Iterator[Finding]:
    for path in _paths(directory):
        mode = path.lstat().st_mode
        needed = stat.S_IROTH | (stat.S_IXOTH if path.is_dir() else 0)
        if not stat.S_ISLNK(mode) and mode & needed != needed:
            yield note(
                f"{path} is not for others to read, and Lambda runs as another user: where the"
                " Dockerfile copies it as it is, the function cannot read it",
                f"chmod {'o+rx' if path.is_dir() else 'o+r'} '{path}'",
            )


def _paths(directory: Path) -> Iterator[Path]:
    for root, folders, files in os.walk(directory):
        folders[:] = [name for name in folders if name not in LEFT_OUT]
        yield from (Path(root, name) for name in (*folders, *files))


def _code(directory: Path) -> Iterator[Finding]:
    for file in _paths(directory / "app"):
        if file.suffix == ".py":
            try:
                tree = ast.parse(file.read_text(encoding="utf-8"))
            except (SyntaxError, ValueError) as error:
                yield bad(f"{file} is not Python: {error}", "mend the line that it names")
                continue
            yield from _writes(file, tree)


def _writes(file: Path, tree: ast.AST) -> Iterator[Finding]:
    """Find files that code opens to write anywhere but in /tmp, where their names are literal."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "open"):
            continue
        path, mode = (_text(one) for one in (*node.args[:2], None, None)[:2])
        mode = mode or next((_text(one.value) for one in node.keywords if one.arg == "mode"), "")
        if path and WRITING.search(mode) and not path.startswith("/tmp/"):
            yield bad(
                f"{file} line {node.lineno} writes {path}: on Lambda only /tmp can be written to",
                f"write to /tmp/{Path(path).name}",
            )


def _text(node: ast.expr | None) -> str:
    is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return str(node.value) if is_text and isinstance(node, ast.Constant) else ""


def _measured(settings: Mapping[str, str], newest: Record | None) -> Iterator[Finding]:
    """Compare the settings with what the check of the newest release measured."""
    if newest is None:
        return
    timeout_ms, first_ms = int(settings["TIMEOUT"]) * EXEC_MS, newest.origin.golden_ms
    if first_ms > timeout_ms * SLOW:
        yield note(
            f"the first answer of release {newest.release} took {first_ms:,.0f} ms in the check,"
            f" and TIMEOUT={settings['TIMEOUT']} allows {timeout_ms:,}",
            "a longer TIMEOUT, or more MEMORY_SIZE, in model.env",
        )
    peak_mib, memory_mb = newest.origin.peak_mib, int(settings["MEMORY_SIZE"])
    if peak_mib > memory_mb:
        yield bad(
            f"release {newest.release} took {peak_mib} MiB in the check, and MEMORY_SIZE is"
            f" {memory_mb}",
            f"MEMORY_SIZE={-(-peak_mib * 5 // 4)} in model.env",
        )
