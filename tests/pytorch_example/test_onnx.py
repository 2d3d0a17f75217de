import pytest

from tests.model_directory import REPOSITORY
from tests.pytorch_example.parts import DIRECTORY, part

exporting = part("export.exporting")
NATIVE = [30.0, 25.0, 20.0, 10.0, 7.0, 5.0, 2.0, 1.0]


class Network:
    """The sizes of the network, as far as making images needs them."""

    side = 224
    resize = 256


def pins(path: str) -> set[str]:
    return {line for line in (REPOSITORY / path).read_text().splitlines() if "==" in line}


def test_the_engine_s_image_has_the_same_packages_but_for_the_engine() -> None:
    found = pins("pytorch-example/variants/onnx/requirements.txt")
    native = pins("pytorch-example/app/requirements.txt")
    assert {pin.split("==")[0] for pin in native - found} == {"torch"}
    assert {pin.split("==")[0] for pin in found - native} == {"onnxruntime"}
    assert found - native <= pins("onnx-example/app/requirements.txt")
    assert found - native <= pins("pytorch-example/variants/onnx/requirements-export.txt")


def test_the_images_compared_are_of_all_kinds_and_of_the_network_s_size(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.syspath_prepend(DIRECTORY / "app")
    images = dict(exporting.images(Network()))
    assert len(images) == len(set(images.values())) == 8
    assert {len(pixels) for pixels in images.values()} == {3 * 224 * 224}
    assert "the example" in images


def test_the_same_labels_within_half_a_point_are_taken() -> None:
    served = [29.6, 25.4, *NATIVE[2:]]
    assert exporting.compare("noise", NATIVE, served) == pytest.approx(0.4)


CLOSE = [percent / 1000 for percent in NATIVE]
SWAPPED = [CLOSE[1], CLOSE[0], *CLOSE[2:]]


@pytest.mark.parametrize(
    ("native", "served"),
    [
        (NATIVE, [NATIVE[0] + 0.51, *NATIVE[1:]]),
        (NATIVE, [*NATIVE[:-1], float("inf")]),
        (NATIVE, [float("nan"), *NATIVE[1:]]),
        (CLOSE, SWAPPED),
    ],
    ids=["half a point more", "infinite", "no number", "another order"],
)
def test_another_answer_is_refused_with_the_image_s_name(
    native: list[float], served: list[float]
) -> None:
    with pytest.raises(exporting.ExportError, match=r"^noise 3: .* points apart"):
        exporting.compare("noise 3", native, served)
