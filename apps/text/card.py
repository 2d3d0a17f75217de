"""What a build found out about a model of texts: `card.json`."""

from typing import Literal

from msgspec import Struct
from msgspec.json import decode

# A vector for a text; of labels the chance of each, of which one or several hold; or a number each.
Gives = Literal["embeddings", "label", "labels", "numbers"]


class Card(Struct, forbid_unknown_fields=True):
    """A model of texts.

    Attributes:
        gives: what it gives for a text.
        size: of an embedding; the number of labels.
        max_tokens: that a text may have, those that the tokenizer adds included.
        pad: the token that makes texts of a batch equally long.
        lowercase: whether a text is put into lower case first.
        labels: in the order of the model's outputs; empty for embeddings.
        pooling: how the vectors of tokens become one, put behind each other where there are
            several ways; empty for labels.
        normalize: whether an embedding has the length 1.
        transformer: the folder of the transformer in the model's directory.
    """

    gives: Gives
    size: int
    max_tokens: int
    pad: int
    lowercase: bool = False
    labels: list[str] = []
    pooling: list[Literal["cls", "max", "mean", "mean_sqrt_len_tokens"]] = []
    normalize: bool = False
    transformer: str = ""


def read_card(path: str) -> Card:
    """Read what a build wrote.

    Raises:
        msgspec.DecodeError: it is not a card.
    """
    with open(path, "rb") as file:
        return decode(file.read(), type=Card)
