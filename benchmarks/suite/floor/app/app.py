"""The floor of all measurements: a function that does nothing."""


def handler(event: object, context: object) -> dict[str, object]:
    """Answers any request with an empty object."""
    return {"statusCode": 200, "body": "{}"}
