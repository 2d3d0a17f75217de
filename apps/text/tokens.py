"""Texts as the numbers of their tokens, by the Rust library of Hugging Face's `tokenizers`.

An image keeps the library alone: the wheel's Python package imports what no prediction needs.
"""

from collections.abc import Sequence

from tokenizers.tokenizers import Tokenizer

from apps.text.card import Card
from serving import BadRequest
from serving.log import counts


class Tokens:
    """A tokenizer, with the length that its model takes."""

    def __init__(self, path: str, card: Card) -> None:
        """Load a `tokenizer.json`; what it says of padding and truncation is not used."""
        self._tokenizer = Tokenizer.from_file(path)
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._most, self._lowercase = card.max_tokens, card.lowercase

    def read(self, texts: Sequence[str], field: str, truncate: bool = False) -> list[list[int]]:
        """Make tokens of texts, and count them for the log.

        Args:
            texts: of a request.
            field: that they stand in, for the caller.
            truncate: whether the end of a text that is too long is left out.

        Raises:
            BadRequest: a text has more tokens than the model takes, or none.
        """
        found = []
        for position, text in enumerate(texts):
            ids = self._ids(text)
            if truncate and len(ids) > self._most:
                ids = self._truncated(text)
            if not 0 < len(ids) <= self._most:
                raise BadRequest(f"{field}[{position}] {self._problem(len(ids))}")
            found.append(ids)
        counts.tokens = sum(map(len, found))
        return found

    def _ids(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer.encode(text.lower() if self._lowercase else text).ids
        return ids

    def _truncated(self, text: str) -> list[int]:
        """Leave out the end, but not the tokens that the tokenizer adds there."""
        self._tokenizer.enable_truncation(self._most)
        try:
            return self._ids(text)
        finally:
            self._tokenizer.no_truncation()

    def _problem(self, length: int) -> str:
        if not length:
            return "has no tokens: send a text with words"
        return (
            f"has {length} tokens, the model takes at most {self._most}: shorten the text, or let"
            ' its end be left out with "truncate": true'
        )
