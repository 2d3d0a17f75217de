"""Runs a model on texts of any number: in batches of like length, each padded to its longest."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from apps.text.card import Card
from engines.tensor import KINDS, Tensor, nested, pack

if TYPE_CHECKING:
    from engines.engine import Engine

INT64 = KINDS[7]
# Padding included; more at once is not faster on a few cores, and takes memory in proportion.
MAX_BATCH_TOKENS = 4096


class Batches:
    """A model that takes tokens and gives a row of numbers for each text."""

    def __init__(self, engine: "Engine", card: Card) -> None:
        """Take an engine that has loaded the model.

        Args:
            engine: its inputs are `input_ids` and `attention_mask`, its output has a row a text.
            card: of the model.
        """
        self._engine, self._pad = engine, card.pad
        self._kind = engine.outputs[0].kind

    def rows(self, texts: Sequence[Sequence[int]]) -> list[list[float]]:
        """Run the model on the tokens of texts; a row for each, in their order."""
        found: list[list[float]] = [[]] * len(texts)
        for positions in batches([len(text) for text in texts]):
            rows = self._run([texts[position] for position in positions])
            for position, row in zip(positions, rows, strict=True):
                found[position] = row
        return found

    def _run(self, texts: Sequence[Sequence[int]]) -> list[list[float]]:
        longest = max(map(len, texts))
        ids: list[int] = []
        mask: list[int] = []
        for text in texts:
            padding = longest - len(text)
            ids += [*text, *[self._pad] * padding]
            mask += [1] * len(text) + [0] * padding
        shape = (len(texts), longest)
        given = {"input_ids": ids, "attention_mask": mask}
        inputs = [Tensor(shape, pack(INT64, given[port.name])) for port in self._engine.inputs]
        rows: list[list[float]] = nested(self._kind, self._engine.run(inputs)[0])
        return rows


def batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Put texts of like length together.

    Args:
        lengths: of the texts, in tokens.

    Yields:
        positions of texts, whose number times the longest is at most `MAX_BATCH_TOKENS`, or one.
    """
    batch: list[int] = []
    for position in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and (len(batch) + 1) * lengths[position] > MAX_BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(position)
    if batch:
        yield batch
