"""Networks and the files that `torch.export.save` writes of them."""

import warnings
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.export import Dim

OPEN = Dim.DYNAMIC


class Convolutions(nn.Module):
    """Classes of small images, and what they are told by."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            *(nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(8, 16, 3, 2, 1), nn.ReLU(), nn.AdaptiveAvgPool2d(1)),
        )
        self.head = nn.Linear(16, 5)

    def forward(self, image: Tensor, scale: float, is_kept: bool = True) -> dict[str, Tensor]:
        """Shape (n, 3, 16, 16) to (n, 5) and (n, 16)."""
        features = self.layers(image).flatten(1) * scale
        return {"scores": self.head(features), "features": features if is_kept else features[:0]}


class Encoder(nn.Module):
    """Tokens, with a table of 64 places."""

    def __init__(self) -> None:
        super().__init__()
        self.words, self.places = nn.Embedding(50, 16), nn.Embedding(64, 16)
        self.layer = nn.TransformerEncoderLayer(16, 4, 32, dropout=0.0, batch_first=True)

    def forward(self, ids: Tensor, mask: Tensor, bias: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Shapes (n, l), (n, l) and () to (n, 16), (n, l, 16) and (n, l)."""
        embedded = self.words(ids) + self.places(torch.arange(ids.shape[1]))
        made = self.layer(embedded, src_key_padding_mask=~mask)
        pooled = (made * mask.unsqueeze(-1)).sum(1) / mask.sum(1, keepdim=True)
        return pooled + bias, [made, ids == 0]


def saved(path: Path, network: nn.Module, inputs: tuple[Any, ...], shapes: Any = None) -> Path:
    """Export a network, and save it."""
    with warnings.catch_warnings(action="ignore"):
        program = torch.export.export(network.eval(), inputs, dynamic_shapes=shapes)
        torch.export.save(program, path)
    return path


def convolutions(path: Path) -> Path:
    """The file of `Convolutions`, with an open batch."""
    torch.manual_seed(0)
    shapes = ({0: Dim("n", min=1, max=64)}, None)
    return saved(path, Convolutions(), (torch.rand(4, 3, 16, 16), 2.0), shapes)


def encoder(path: Path) -> Path:
    """The file of `Encoder`, with an open batch and an open length."""
    torch.manual_seed(0)
    inputs = torch.randint(0, 50, (3, 7)), torch.ones(3, 7, dtype=torch.bool), torch.tensor(0.5)
    return saved(path, Encoder(), inputs, ({0: OPEN, 1: OPEN}, {0: OPEN, 1: OPEN}, None))


class Doubled(nn.Module):
    """The least network with a weight."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.tensor([2.0]))

    def forward(self, x: Tensor) -> Tensor:
        """Any shape."""
        return x * self.weight


def doubled(path: Path) -> Path:
    """The file of `Doubled`."""
    return saved(path, Doubled(), (torch.ones(2, 3),), ({0: OPEN},))
