"""Read a form, multipart/form-data: RFC 7578, and the part of RFC 2046 that it uses."""

import re

from serving.errors import BadRequest

BOUNDARY = re.compile(r';\s*boundary=("[^"\r\n]{1,70}"|[^\s;"]{1,70})', re.IGNORECASE)
NAME = re.compile(rb'^content-disposition:[^\r\n]*;\s*name=("[^"\r\n]*"|[^\s;"]*)', re.I | re.M)


def fields(body: bytes, content_type: str) -> dict[str, bytes]:
    """Return the contents of a form's fields by their names.

    Args:
        body: the request's body.
        content_type: the header as it was sent; it names the boundary between the fields.

    Raises:
        BadRequest: the body is not such a form, or has two fields of one name.
    """
    found: dict[str, bytes] = {}
    for part in _parts(body, content_type):
        name, content = _field(part)
        if name in found:
            raise BadRequest(f"the form has the field {name} twice")
        found[name] = content
    return found


def _parts(body: bytes, content_type: str) -> list[bytes]:
    boundary = BOUNDARY.search(content_type)
    if not boundary:
        raise BadRequest(
            "the form's Content-Type must name a boundary: multipart/form-data; boundary=…"
        )
    delimiter = b"\r\n--" + boundary[1].strip('"').encode("latin-1", "replace")
    _, *parts = (b"\r\n" + body).split(delimiter)
    if not parts or not parts.pop().startswith(b"--"):
        raise BadRequest("the form is cut off: its last boundary is missing")
    return parts


def _field(part: bytes) -> tuple[str, bytes]:
    head, blank_line, content = part.partition(b"\r\n\r\n")
    name = NAME.search(head)
    if not blank_line or not name:
        raise BadRequest("each part of the form must have a name")
    return name[1].strip(b'"').decode("utf-8", "replace"), content
