"""Letters that look the same: é is one character, or an e and an accent that is put on it.

Imported where a value is none of its column's categories. Source: https://unicode.org/reports/tr15/
"""

from collections.abc import Sequence
from functools import cache
from typing import Any
from unicodedata import is_normalized, normalize

from apps.card import Category


def hint(value: Any, categories: Sequence[Category]) -> str:
    """Say that a category has the letters of a value that is none; empty if none has.

    The model would take the two for different ones, and a person sees one.
    """
    if not isinstance(value, str):
        return ""
    category = _by_letters(tuple(categories)).get(normalize("NFC", value))
    if category is None:
        return ""
    forms = [form for form in ("NFC", "NFD") if is_normalized(form, category)]
    form = forms[0] if forms else "that it was trained with"
    return f"a category has these letters, in the Unicode form {form}: send that"


@cache  # there are as many as columns
def _by_letters(categories: tuple[Category, ...]) -> dict[str, str]:
    return {normalize("NFC", one): one for one in categories if isinstance(one, str)}
