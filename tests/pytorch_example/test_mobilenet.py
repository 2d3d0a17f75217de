from typing import Any

import torch

from tests.pytorch_example.parts import part

mobilenet = part("network.mobilenet")
PARAMETERS = 3_504_872  # https://docs.pytorch.org/vision/stable/models/generated/torchvision.models.mobilenet_v2.html

# torchvision's blocks features.1 to features.17: channels in, after the expansion, and out.
BLOCKS = [
    *((32, 32, 16), (16, 96, 24), (24, 144, 24), (24, 144, 32), (32, 192, 32), (32, 192, 32)),
    *((32, 192, 64), (64, 384, 64), (64, 384, 64), (64, 384, 64), (64, 384, 96), (96, 576, 96)),
    *((96, 576, 96), (96, 576, 160), (160, 960, 160), (160, 960, 160), (160, 960, 320)),
]


def layer(convolution: str, normalisation: str, *shape: int) -> dict[str, tuple[int, ...]]:
    """Names and shapes of a convolution without bias and its batch normalisation."""
    names = ("weight", "bias", "running_mean", "running_var")
    arrays = {f"{normalisation}.{name}": (shape[0],) for name in names}
    counter: dict[str, tuple[int, ...]] = {f"{normalisation}.num_batches_tracked": ()}
    return {f"{convolution}.weight": shape} | arrays | counter


def torchvision_shapes() -> dict[str, tuple[int, ...]]:
    """The names and shapes in the state_dict of torchvision's mobilenet_v2."""
    shapes = layer("features.0.0", "features.0.1", 32, 3, 3, 3)
    shapes |= layer("features.18.0", "features.18.1", 1280, 320, 1, 1)
    for number, (inputs, hidden, outputs) in enumerate(BLOCKS, start=1):
        conv = f"features.{number}.conv"
        first = int(number > 1)  # the first block expands nothing
        if first:
            shapes |= layer(f"{conv}.0.0", f"{conv}.0.1", hidden, inputs, 1, 1)
        shapes |= layer(f"{conv}.{first}.0", f"{conv}.{first}.1", hidden, 1, 3, 3)
        shapes |= layer(f"{conv}.{first + 1}", f"{conv}.{first + 2}", outputs, hidden, 1, 1)
    return shapes | {"classifier.1.weight": (1000, 1280), "classifier.1.bias": (1000,)}


def centred(pad_after: bool) -> Any:
    """A convolution of stride 2 that picks the pixel under its kernel's centre."""
    convolution = mobilenet.Convolution((1, 1), side=3, stride=2, groups=1, pad_after=pad_after)
    with torch.no_grad():
        convolution.weight.zero_()
        convolution.weight[0, 0, 1, 1] = 1
    return convolution


def test_names_and_shapes_are_those_of_torchvision() -> None:
    weights = mobilenet.MobileNetV2(1000).state_dict()
    assert {name: tuple(array.shape) for name, array in weights.items()} == torchvision_shapes()


def test_it_has_as_many_parameters_as_torchvision_says() -> None:
    network = mobilenet.MobileNetV2(1000)
    assert sum(array.numel() for array in network.parameters()) == PARAMETERS


def test_each_photograph_gets_a_logit_for_each_class() -> None:
    with torch.inference_mode():
        assert mobilenet.MobileNetV2(19).eval()(torch.zeros(2, 3, 160, 160)).shape == (2, 19)


def test_stride_2_looks_at_even_pixels_in_pytorch_and_at_odd_ones_in_tensorflow() -> None:
    image = torch.arange(36.0).view(1, 1, 6, 6)
    with torch.no_grad():
        assert torch.equal(centred(pad_after=False)(image), image[:, :, ::2, ::2])
        assert torch.equal(centred(pad_after=True)(image), image[:, :, 1::2, 1::2])
