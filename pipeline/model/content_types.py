"""The content types that a model takes, beside those that its API passes on as bytes.

API Gateway makes text of a body, and spoils it, unless its content type is one of the API's
BinaryMediaTypes. Those are literals in the template, since SAM reads them when it transforms; the
model names its own in its OpenAPI document. The check before the push compares the two.

`*/*` in the template would cover all, but at a price for every call: JSON would come in base64 as
well, so its limit would fall from 6 MB to 4.5 MB.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from itertools import takewhile
from typing import Any

from pipeline.errors import ContentTypeError

TEXTS = ("application/json", "text/*")  # which arrive as they were sent
COMMENT = re.compile(r"(^|\s)#.*")
KEY = re.compile(r"\bBinaryMediaTypes[\"']?\s*:\s*(?P<value>.*)")
ITEM = re.compile(r"(?P<indent>\s*)-\s+(?P<value>.*)")
CONTENT_TYPE = re.compile(r"[\w.+*-]+(/|~1)[\w.+*-]+")
# HTTP APIs, function URLs and load balancers tell bytes from text by themselves.
REST_API = re.compile(
    r"\bType[\"']?\s*:\s*[\"']?(AWS::Serverless::Api|AWS::ApiGateway::RestApi|Api)[\"']?\s*($|[,}])",
    re.MULTILINE,
)


def check(document: object, template: str) -> None:
    """Check that the API passes on every content type that the model takes.

    Args:
        document: what the model answers at `…/openapi.json`, decoded.
        template: the text of template.yaml.

    Raises:
        ContentTypeError: the template lacks one; the message says what to add.
    """
    lacking = missing(document, template)
    if lacking:
        escaped = ", ".join(content_type.replace("/", "~1") for content_type in lacking)
        raise ContentTypeError(
            f"the model takes {', '.join(lacking)}, but the API would make text of such a body:"
            f" add {escaped} to BinaryMediaTypes in template.yaml"
        )


def missing(document: object, template: str) -> list[str]:
    """List the content types that the model takes and the API would spoil, sorted.

    Args:
        document: what the model answers at `…/openapi.json`, decoded; anything else takes none.
        template: the text of template.yaml.

    Raises:
        ContentTypeError: BinaryMediaTypes is not a list that is written out.
    """
    if not REST_API.search(_without_comments(template)):
        return []
    passed = binary_media_types(template)
    arriving = {*passed, *TEXTS}
    taken = set(_request_types(document))
    return sorted(one for one in taken if not any(fnmatchcase(one, other) for other in arriving))


def _request_types(document: object) -> Iterator[str]:
    for path in _mapping(document, "paths").values():
        for method in path if isinstance(path, dict) else ():
            body = _mapping(_mapping(path, method), "requestBody")
            yield from (name.lower() for name in _mapping(body, "content"))


def _mapping(value: object, key: str) -> dict[str, Any]:
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def binary_media_types(template: str) -> set[str]:
    """Read the BinaryMediaTypes of a template, with `/` in place of `~1`.

    Args:
        template: its text, YAML or JSON; the lists in it must be written out.

    Raises:
        ContentTypeError: a list is not written out; the message has the line.
    """
    found = set()
    lines = _without_comments(template).splitlines()
    for number, line in enumerate(lines, start=1):
        key = KEY.search(line)
        for item in _items(key["value"], lines[number:]) if key else ():
            found.add(_content_type(item, number))
    return found


def _without_comments(template: str) -> str:
    return "\n".join(COMMENT.sub("", line) for line in template.splitlines())


def _items(value: str, below: Sequence[str]) -> list[str]:
    """The items of `[a, b]`, or of a list of lines below; one that cannot be read as it is."""
    if value.startswith("["):
        inside = " ".join([value[1:], *below]).partition("]")[0]
        return [item for item in inside.split(",") if item.strip()]
    return [value] if value else list(_block(below)) or ["nothing"]


def _block(below: Sequence[str]) -> Iterator[str]:
    matches = (ITEM.match(line) for line in below if line.strip())
    items = [match for match in takewhile(bool, matches) if match]
    same_list = takewhile(lambda item: item["indent"] == items[0]["indent"], items)
    return (item["value"] for item in same_list)


def _content_type(item: str, line: int) -> str:
    name = item.strip().strip("\"'")
    if not CONTENT_TYPE.fullmatch(name):
        raise ContentTypeError(
            f"template.yaml, line {line}: BinaryMediaTypes must be a list of content types, each"
            f" written out like image~1jpeg, got {name}"
        )
    return name.replace("~1", "/").lower()
