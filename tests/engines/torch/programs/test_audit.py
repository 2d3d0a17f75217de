"""What a `.pt2` file may hold: nothing that PyTorch runs while it loads it."""

import contextlib
import json
import os
import pickle
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import torch

from engines.torch.build.description import DescriptionError
from engines.torch.build.program.audit import MODEL, SAMPLE, TENSORS, audit

from .models import doubled, encoder

WEIGHTS = next(iter(TENSORS))
Change = Callable[[dict[str, bytes]], object]


class Touch:
    """A pickle that makes a file when it is loaded."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.path),)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return doubled(tmp_path / "model.pt2")


def changed(model: Path, change: Change) -> Path:
    """The file with other members, by their names below its folder."""
    with ZipFile(model) as archive:
        members = {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}
    change(members)
    path = model.with_name("changed.pt2")
    with ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(f"changed/{name}", content)
    return path


def load_by_pytorch(path: Path) -> None:
    """Load a file without looking at it; what comes of it is damaged in any case."""
    with contextlib.suppress(Exception):
        torch.export.load(path)


def in_program(change: Callable[[Any], None], member: str = MODEL) -> Change:
    """A change of the JSON of a member."""

    def apply(members: dict[str, bytes]) -> None:
        program = json.loads(members[member])
        change(program)
        members[member] = json.dumps(program).encode()

    return apply


def test_what_pytorch_writes_passes_and_tells_its_version(tmp_path: Path, model: Path) -> None:
    for path in (model, encoder(tmp_path / "encoder.pt2")):
        assert audit(path)["torch_version"] == torch.__version__


def test_sample_inputs_that_pytorch_would_unpickle_are_refused_unrun(
    model: Path, tmp_path: Path
) -> None:
    def change(members: dict[str, bytes]) -> None:
        members[SAMPLE] = pickle.dumps(Touch(tmp_path / "ran"))

    path = changed(model, change)
    with pytest.raises(DescriptionError, match="sample inputs in the file are a pickle"):
        audit(path)
    assert not (tmp_path / "ran").exists()
    load_by_pytorch(path)
    assert (tmp_path / "ran").exists(), "PyTorch runs such code no longer: is the audit needed?"


def test_a_size_that_pytorch_would_evaluate_is_refused_unrun(model: Path, tmp_path: Path) -> None:
    evil = f"__import__('os').mkdir({str(tmp_path / 'ran')!r})"

    def change(program: Any) -> None:
        text = json.dumps(program)
        found = re.search(r'"expr_str": "[^"]*"', text)
        assert found
        program.update(json.loads(text.replace(found[0], f'"expr_str": {json.dumps(evil)}')))

    path = changed(model, in_program(change))
    with pytest.raises(DescriptionError, match="the program has the size"):
        audit(path)
    assert not (tmp_path / "ran").exists()
    load_by_pytorch(path)
    assert (tmp_path / "ran").exists(), "PyTorch runs such code no longer: is the audit needed?"


def _node(program: Any) -> Any:
    return program["graph_module"]["graph"]["nodes"][0]


def _call(program: Any) -> Any:
    return program["graph_module"]["module_call_graph"][0]["signature"]


REFUSED: dict[str, tuple[Change, str]] = {
    "a function of Python": (
        in_program(lambda p: _node(p).update(target="torch.os.system")),
        "calls torch.os.system, which is no operator",
    ),
    "an operator of one's own": (
        in_program(lambda p: _node(p).update(target="torch.ops.mine.add.default")),
        "calls mine.add.default, .*torch.onnx.export makes",
    ),
    "an operator that reads files": (
        in_program(lambda p: _node(p).update(target="torch.ops.aten.from_file.default")),
        "calls aten.from_file.default",
    ),
    "a name that is code": (
        in_program(lambda p: _node(p).update(name="a = print()")),
        "has the name 'a = print",
    ),
    "an argument that is code": (
        in_program(lambda p: _call(p).update(forward_arg_names=["x=print()"])),
        "has the argument",
    ),
    "a condition on the inputs": (
        in_program(lambda p: p.update(guards_code=["L['x'].size()[0] % 2 == 0"])),
        "takes only inputs with .*% 2 == 0",
    ),
    "a condition that is code": (
        in_program(lambda p: p.update(guards_code=["L['x'].size()[0] == print() or 3"])),
        "takes only inputs with",
    ),
    "a type of Python's": (
        in_program(
            lambda p: _call(p).update(
                out_spec='[1, {"type": "collections.defaultdict", "context": "{}",'
                ' "children_spec": []}]'
            )
        ),
        "takes or gives collections.defaultdict",
    ),
    "an object of a class": (
        in_program(lambda p: p["graph_module"]["graph"].update(custom_obj_values={"a": {}})),
        "holds an object of a class",
    ),
    "a weight that is a pickle": (
        in_program(lambda p: p["config"]["weight"].update(use_pickle=True), WEIGHTS),
        "weight is a pickle, and loading it runs whatever code",
    ),
    "a file of another kind": (
        lambda members: members.update({"data/aotinductor/model/a.so": b""}),
        "the file has changed/data/aotinductor/model/a.so",
    ),
    "weights as older versions had them": (
        lambda members: members.update({"data/weights/model.pt": b""}),
        "export and save the network by PyTorch 2.13",
    ),
    "a list that is missing": (lambda members: members.pop(WEIGHTS), "is damaged"),
    "JSON of something else": (in_program(lambda p: p.pop("graph_module")), "is damaged"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_may_run_code_is_refused_by_name(name: str, model: Path) -> None:
    change, message = REFUSED[name]
    with pytest.raises(DescriptionError, match=message):
        audit(changed(model, change))
