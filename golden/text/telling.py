"""What a person reads about a model of texts before the first request."""

from typing import Any

SHOWN = 40  # labels
PRECISIONS = {"exact": " How far it is off:", "int8": " Its weights are int8. What that changes:"}


def told(card: dict[str, Any], precision: str) -> str:
    """Describe a card."""
    case = " It is put into lower case first." if card["lowercase"] else ""
    return (
        f"A text has at most {card['max_tokens']} tokens; a longer one is refused, or its end left"
        f" out with `truncate`.{case} {_gives(card)}{PRECISIONS[precision]}\n\n"
    )


def _gives(card: dict[str, Any]) -> str:
    gives, names = card["gives"], ", ".join(card.get("labels", [])[:SHOWN])
    if gives == "embeddings":
        length = ", of length 1" if card["normalize"] else ""
        ways = " and ".join(card["pooling"])
        return f"An embedding has {card['size']} numbers, by pooling {ways}{length}."
    if gives == "label":
        return f"One of the labels {names} is predicted for each text."
    if gives == "labels":
        return f"Any of the labels {names} are predicted for each text."
    return f"A number is predicted for each of {names}."
