from tests.pins import pins
from tests.pytorch_example.parts import part


def test_the_engine_s_image_has_the_same_packages_but_for_the_engine() -> None:
    engine = pins("onnx-example/app/requirements.txt")
    found = pins("pytorch-example/variants/onnx/requirements.txt")
    assert engine.keys() == {"onnxruntime"}
    assert found == {**pins("pytorch-example/app/requirements.txt"), **engine}
    export = pins("pytorch-example/variants/onnx/requirements-export.txt")
    assert engine.items() <= export.items()


def test_the_photographs_compared_are_of_all_kinds_and_of_the_network_s_size() -> None:
    shown = list(part("network.photographs").photographs(224))
    assert {tuple(pixels.shape) for pixels in shown} == {(1, 224, 224, 3)}
    assert len({pixels.numpy().tobytes() for pixels in shown}) == 4
    assert [pixels.float().mean().item() for pixels in shown[:2]] == [0, 255]
