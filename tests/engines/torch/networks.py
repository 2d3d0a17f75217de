"""Networks of every kind, small, described as a user would."""

from typing import Any

import torch
from torch import Generator, Tensor, nn

from engines.tensor import KINDS
from engines.torch.build.description import Described, Input

KINDS_OF_NUMBERS = [kind.name for kind in KINDS.values() if kind.code]
LETTERS = 50
CHANNELS = 8


class Layers(nn.Module):
    """Layers of all sorts, an output each."""

    def __init__(self) -> None:
        super().__init__()
        self.table = nn.Embedding(LETTERS, CHANNELS)
        self.plane = nn.Sequential(nn.Conv2d(3, 4, 3, 2, 1), nn.BatchNorm2d(4), nn.ReLU())
        self.line = nn.Conv1d(CHANNELS, 4, 3, padding=1, groups=2)
        self.recurrent = nn.LSTM(CHANNELS, 6, batch_first=True, bidirectional=True)
        self.attention = nn.MultiheadAttention(CHANNELS, 2, batch_first=True)
        self.encoder = nn.TransformerEncoderLayer(CHANNELS, 2, 16, batch_first=True)

    def forward(
        self, images: Tensor, steps: Tensor, letters: Tensor, padding: Tensor
    ) -> dict[str, Tensor]:
        """Shapes (batch, 3, 12, 12), (batch, 5, CHANNELS), (batch, letters), (batch, letters)."""
        words = self.table(letters)
        attended, weights = self.attention(words, words, words, padding)
        query = words.unsqueeze(1)
        return {
            "embedding": words,
            "convolution_2d": self.plane(images),
            "convolution_1d": self.line(words.transpose(1, 2)),
            "lstm": self.recurrent(steps)[0],
            "attention": attended,
            "weights": weights,
            "encoder": self.encoder(words, src_key_padding_mask=padding),
            "dot_products": nn.functional.scaled_dot_product_attention(query, query, query),
        }


def _padding(shape: tuple[int, ...], generator: Generator) -> Tensor:
    """Which letters are left out; never the first, since attention to nothing is not a number."""
    mask = torch.rand(shape, generator=generator) > 0.6
    mask[:, :1] = False
    return mask


def layers() -> Described:
    """With a batch and a length that are open."""
    inputs = {
        "images": Input(torch.float32, ("batch", 3, 12, 12)),
        "steps": Input(torch.float32, ("batch", 5, CHANNELS)),  # a number that LSTMs must know
        "letters": Input(torch.int64, ("batch", "letters"), values=(0, LETTERS - 1)),
        "padding": Input(torch.bool, ("batch", "letters"), draw=_padding),
    }
    names = ["embedding", "convolution_2d", "convolution_1d", "lstm", "attention", "weights"]
    outputs = [*names, "encoder", "dot_products"]
    return Described(Layers().eval(), inputs, outputs, {"batch": (1, 5), "letters": (1, 30)})


class Kinds(nn.Module):
    """Numbers of every kind in and out: as they are, and in another order."""

    def forward(self, *numbers: Tensor) -> tuple[Tensor, ...]:
        """Each of shape (n, 3)."""
        squared = numbers[KINDS_OF_NUMBERS.index("float64")].square() + 0.1
        halved = numbers[KINDS_OF_NUMBERS.index("float16")] * 0.5
        most = numbers[KINDS_OF_NUMBERS.index("int32")].argmax(1)
        return (*(tensor.flip(0) for tensor in numbers), squared, halved, most)


def kinds() -> Described:
    """An input and an output of each kind."""
    inputs = {
        name: Input(getattr(torch, name), ("n", 3), values=None if "float" in name else (0, 1))
        for name in KINDS_OF_NUMBERS
    }
    outputs = [*(f"{name}_flipped" for name in KINDS_OF_NUMBERS), "squared", "halved", "most"]
    return Described(Kinds().eval(), inputs, outputs, {"n": (1, 6)})


class Shapes(nn.Module):
    """Outputs whose elements lie in other orders than their places, or are few or none."""

    def forward(self, x: Tensor, y: Tensor) -> tuple[Tensor, ...]:
        """Shapes (rows, columns) and (rows, 6)."""
        transposed = (x + 1).t()
        return (
            transposed,
            (y * 2)[:, 1::2],
            y[:, :1].exp().expand(-1, 4),
            (x + y[:, :1]).unsqueeze(0).permute(2, 0, 1),
            x.sum(),
            x[:0] * 3,
            x,
            torch.stack([x, x + 1], -1)[..., 0],
            x.masked_select(x > 0),
        )


def shapes() -> Described:
    """With sizes that may be 0."""
    inputs = {
        "x": Input(torch.float32, ("rows", "columns")),
        "y": Input(torch.float32, ("rows", 6)),
    }
    names = ["transposed", "every_second", "expanded", "permuted", "sum", "none", "same", "picked"]
    sizes = {"rows": (0, 7), "columns": (0, 9)}
    return Described(Shapes().eval(), inputs, [*names, "positive"], sizes)


def eager(described: Described, inputs: list[Tensor]) -> list[Tensor]:
    """What PyTorch computes line by line."""
    with torch.inference_mode():
        outputs: Any = described.network(*inputs)
    return list(outputs.values() if isinstance(outputs, dict) else outputs)
