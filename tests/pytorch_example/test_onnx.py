from tests.model_directory import REPOSITORY
from tests.pytorch_example.parts import part


def pins(path: str) -> set[str]:
    return {line for line in (REPOSITORY / path).read_text().splitlines() if "==" in line}


def test_the_engine_s_image_has_the_same_packages_but_for_the_engine() -> None:
    found = pins("pytorch-example/variants/onnx/requirements.txt")
    native = pins("pytorch-example/app/requirements.txt")
    assert {pin.split("==")[0] for pin in native - found} == {"torch"}
    assert {pin.split("==")[0] for pin in found - native} == {"onnxruntime"}
    assert found - native <= pins("onnx-example/app/requirements.txt")
    assert found - native <= pins("pytorch-example/variants/onnx/requirements-export.txt")


def test_the_photographs_compared_are_of_all_kinds_and_of_the_network_s_size() -> None:
    shown = list(part("network.photographs").photographs(224))
    assert {tuple(pixels.shape) for pixels in shown} == {(1, 224, 224, 3)}
    assert len({pixels.numpy().tobytes() for pixels in shown}) == 4
    assert [pixels.float().mean().item() for pixels in shown[:2]] == [0, 255]
