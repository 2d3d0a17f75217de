"""The fields of a form, multipart/form-data: RFC 7578, and the part of RFC 2046 that it uses."""

import re

from serving.errors import BadRequest

BOUNDARY = re.compile(r';\s*boundary=("[^"\r\n]{1,70}"|[^\s;"]{1,70})', re.IGNORECASE)
NAME = re.compile(rb'^content-disposition:[^\r\n]*;\s*name=("[^"\r\n]*"|[^\s;"]*)', re.I | re.M)


def fields(body: bytes, content_type: str) -> dict[str, bytes]:
    """The contents of a form's fields by their names.

    Args:
        body: the request's body.
        content_type: the header as it was sent, which names the boundary between the fields.

    Raises:
        BadRequest: it is not such a form, or it has two fields of one name.
    """
    boundary = BOUNDARY.search(content_type)
    if not boundary:
        raise BadRequest("the form's Content-Type names no boundary")
    delimiter = b"\r\n--" + boundary[1].strip('"').encode("latin-1", "replace")
    _, *parts = (b"\r\n" + body).split(delimiter)
    if not parts or not parts.pop().startswith(b"--"):
        raise BadRequest("the form is cut off: its last boundary is missing")
    found: dict[str, bytes] = {}
    for part in parts:
        head, blank_line, content = part.partition(b"\r\n\r\n")
        name = NAME.search(head)
        if not blank_line or not name:
            raise BadRequest("the form has a part without a name")
        field = name[1].strip(b'"').decode("utf-8", "replace")
        if field in found:
            raise BadRequest(f"the form has the field {field} twice")
        found[field] = content
    return found
