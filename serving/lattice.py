"""Read an event of VPC Lattice: version 1 spells keys otherwise, version 2 has lists.

Imported when there is one.

Source: https://docs.aws.amazon.com/vpc-lattice/latest/ug/lambda-functions.html
"""

from typing import Any


def unified(event: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """Give an event of either version the keys that other doors' events have, and find its path."""
    query = event.get("queryStringParameters", event.get("query_string_parameters"))
    base64 = event.get("is_base64_encoded", event.get("isBase64Encoded"))
    known = {"queryStringParameters": query, "isBase64Encoded": base64}
    path = event.get("raw_path", event.get("path"))
    path = path.partition("?")[0].strip("/") if isinstance(path, str) else ""
    return {**event, **known}, f"/{path}"
