"""MobileNetV2, with the names and shapes of torchvision's state_dict.

Source: Sandler et al. 2018, arXiv:1801.04381, table 2.
"""

from torch import Tensor, nn
from torch.nn.functional import pad

STEM_CHANNELS = 32
FEATURES = 1280
# Table 2's bottlenecks: expansion factor t, output channels c, repeats n, stride s of the first.
STAGES = [
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
]


class Convolution(nn.Conv2d):
    """A convolution whose output side is its input's, divided by the stride and rounded up.

    Args:
        channels: of the input and the output.
        side: of the kernel, 1 or 3.
        pad_after: pad as TensorFlow's SAME does. With stride 2 on an even side that is one row and
            column of zeros after the image, where PyTorch's padding of 1 has one on either side:
            the kernels then lie one pixel further to the lower right.
    """

    def __init__(
        self, channels: tuple[int, int], side: int, stride: int, groups: int, pad_after: bool
    ) -> None:
        self.pad_after = pad_after and stride == 2
        padding = 0 if self.pad_after else side // 2
        super().__init__(*channels, side, stride, padding, groups=groups, bias=False)

    def forward(self, images: Tensor) -> Tensor:
        """Shape (N, C, H, W), H and W even where the stride is 2."""
        return super().forward(pad(images, (0, 1, 0, 1)) if self.pad_after else images)


class Layers:
    """Makes layers that pad and normalise alike."""

    def __init__(self, epsilon: float, pad_after: bool) -> None:
        self.epsilon = epsilon
        self.pad_after = pad_after

    def linear(
        self, inputs: int, outputs: int, side: int = 1, stride: int = 1, groups: int = 1
    ) -> list[nn.Module]:
        """A convolution and its batch normalisation."""
        convolution = Convolution((inputs, outputs), side, stride, groups, self.pad_after)
        return [convolution, nn.BatchNorm2d(outputs, eps=self.epsilon)]

    def activated(
        self, inputs: int, outputs: int, side: int = 1, stride: int = 1, groups: int = 1
    ) -> nn.Sequential:
        """The same, followed by ReLU6."""
        return nn.Sequential(*self.linear(inputs, outputs, side, stride, groups), nn.ReLU6())


class Bottleneck(nn.Module):
    """Expands, filters each channel alone, projects; adds its input where the shapes are equal."""

    def __init__(self, layers: Layers, inputs: int, outputs: int, stride: int, factor: int) -> None:
        super().__init__()
        hidden = inputs * factor
        expansion = [layers.activated(inputs, hidden)] if factor > 1 else []
        self.conv = nn.Sequential(
            *expansion,
            layers.activated(hidden, hidden, side=3, stride=stride, groups=hidden),
            *layers.linear(hidden, outputs),
        )
        self.residual = stride == 1 and inputs == outputs

    def forward(self, images: Tensor) -> Tensor:
        """Shape (N, inputs, H, W) to (N, outputs, H / stride, W / stride)."""
        filtered: Tensor = self.conv(images)
        return images + filtered if self.residual else filtered


class MobileNetV2(nn.Module):
    """MobileNetV2 at width 1.0.

    Args:
        classes: how many it tells apart.
        epsilon: added to the variance by batch normalisation; Keras uses 1e-3.
        pad_after: whether to pad as TensorFlow does, see `Convolution`.
    """

    def __init__(self, classes: int, epsilon: float = 1e-5, pad_after: bool = False) -> None:
        super().__init__()
        layers = Layers(epsilon, pad_after)
        self.features = nn.Sequential(
            layers.activated(3, STEM_CHANNELS, side=3, stride=2),
            *_bottlenecks(layers),
            layers.activated(STAGES[-1][1], FEATURES),
        )
        # The first stands for dropout: it does nothing here, but counts in torchvision's names.
        self.classifier = nn.Sequential(nn.Identity(), nn.Linear(FEATURES, classes))

    def forward(self, images: Tensor) -> Tensor:
        """Tells how well each class fits.

        Args:
            images: shape (N, 3, H, W), float32, RGB, normalised as in training; H and W are
                multiples of 32.

        Returns:
            shape (N, classes): logits.
        """
        logits: Tensor = self.classifier(self.features(images).mean((2, 3)))
        return logits


def _bottlenecks(layers: Layers) -> list[nn.Module]:
    blocks: list[nn.Module] = []
    inputs = STEM_CHANNELS
    for factor, outputs, repeats, stride in STAGES:
        for index in range(repeats):
            first = index == 0
            blocks.append(Bottleneck(layers, inputs, outputs, stride if first else 1, factor))
            inputs = outputs
    return blocks
