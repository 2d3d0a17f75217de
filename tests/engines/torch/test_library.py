"""PyTorch's library, in processes that have not imported torch."""

import os
import subprocess
import sys
from ctypes import byref, c_int64, c_void_p
from pathlib import Path

import pytest

from engines.errors import ModelError, RunError
from engines.torch import Network, library
from engines.torch.card import read_card, write_card
from tests.engines.torch.compiled import Compiled
from tests.model_directory import REPOSITORY

HEAVY = {"torch", "numpy", "sympy", "msgspec", "pathlib", "asyncio"}


def run_python(code: str, *arguments: str, **environment: str) -> list[str]:
    """What a new Python prints that runs code, as words."""
    ran = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=REPOSITORY,
        env={**os.environ, **environment},
        check=True,
        capture_output=True,
        text=True,
    )
    return ran.stdout.split()


def test_without_torch_the_error_says_how_to_install_it(
    layers: Compiled, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "find_spec", lambda name: None)
    with pytest.raises(ModelError, match="pip install -r requirements"):
        Network(layers.path)


def test_nothing_is_imported_that_running_does_not_need(layers: Compiled) -> None:
    code = (
        "import sys; from engines.torch import Network; Network(sys.argv[1]); print(*sys.modules)"
    )
    loaded = set(run_python(code, str(layers.path)))
    assert "engines.torch.network" in loaded
    assert not {name for name in loaded if name.split(".")[0] in HEAVY}


THREADS = """
import ctypes, sys
from engines.torch import Network
network = Network(sys.argv[1], *map(int, sys.argv[2:]))
number = ctypes.c_uint32()
network._torch._library.torch_get_num_threads(ctypes.byref(number))
print(number.value)
"""


@pytest.mark.parametrize("threads", ["1", "2"])
def test_pytorch_has_the_threads_that_are_asked_for(layers: Compiled, threads: str) -> None:
    assert run_python(THREADS, str(layers.path), threads, OMP_NUM_THREADS="7") == [threads]


def test_pytorch_has_a_thread_for_each_vcpu_that_comes_with_the_memory(layers: Compiled) -> None:
    memory = {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "3538"}
    assert run_python(THREADS, str(layers.path), **memory) == ["2"]


LEAK = """
import sys
from engines.errors import RunError
from engines.tensor import Tensor
from engines.torch import Network

def resident_kib():
    lines = open("/proc/self/status").read().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))

network = Network(sys.argv[1])
x, y = Tensor((7, 9), bytes(252)), Tensor((7, 6), bytes(168))

def run():
    network.run([x, y])
    try:
        network.run([x, Tensor((6, 6), bytes(144))])
    except RunError:
        pass

for _ in range(3000): run()  # until the heap has its size
before = resident_kib()
for _ in range(20000): run()
print(resident_kib() - before)
"""


def test_runs_leave_no_memory_behind(shapes: Compiled) -> None:
    (grown_kib,) = run_python(LEAK, str(shapes.path))
    assert int(grown_kib) < 1024  # a tensor that stays has 200 bytes without its elements


@pytest.mark.parametrize("content", [None, b"", b"not a library"])
def test_a_file_that_is_missing_or_not_a_library_is_refused_with_its_name(
    tmp_path: Path, layers: Compiled, content: bytes | None
) -> None:
    path = tmp_path / "network.so"
    path.with_suffix(".json").write_bytes(layers.path.with_suffix(".json").read_bytes())
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelError, match=r"cannot load network\.so"):
        Network(path)


def test_another_library_is_refused_as_a_network(tmp_path: Path, layers: Compiled) -> None:
    path = tmp_path / "network.so"
    subprocess.run(["gcc", "-shared", "-x", "c", "/dev/null", "-o", path], check=True)
    path.with_suffix(".json").write_bytes(layers.path.with_suffix(".json").read_bytes())
    with pytest.raises(ModelError, match=r"network\.so has no function AOTInductor"):
        Network(path)


def test_a_network_of_another_pytorch_is_refused(tmp_path: Path, layers: Compiled) -> None:
    path = tmp_path / "network.so"
    path.write_bytes(layers.path.read_bytes())
    write_card(read_card(layers.path)._replace(torch="2.9"), path)
    with pytest.raises(ModelError, match=r"torch 2\.9 compiled the network, 2\.13 is here"):
        Network(path)


def test_what_pytorch_refuses_is_an_error_with_its_own_words() -> None:
    torch, one, made = library.Torch(threads=1), (c_int64 * 1)(1), c_void_p()
    less_than_none = (c_int64 * 1)(-1)
    with pytest.raises(RunError, match="negative dimension -1"):
        float32 = torch.dtype("float32")
        torch.call("aoti_torch_empty_strided", 1, less_than_none, one, float32, 0, 0, byref(made))
