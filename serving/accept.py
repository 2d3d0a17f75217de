"""Whether a caller is a browser that wants a page; read only where the header names HTML."""

HTML, JSON = "text/html", "application/json"


def prefers_html(accept: str) -> bool:
    """Tell whether an Accept header asks for HTML rather than for JSON; a tie is JSON's.

    Source: https://www.rfc-editor.org/rfc/rfc9110#name-accept
    """
    qualities = dict(map(_quality, accept.lower().split(",")))
    anything = qualities.get("application/*", qualities.get("*/*", 0.0))
    return qualities.get(HTML, 0.0) > qualities.get(JSON, anything)


def _quality(part: str) -> tuple[str, float]:
    """Read `text/html;q=0.9`; without a weight, or with one that is no number, it is 1."""
    name, *parameters = (piece.strip() for piece in part.split(";"))
    weights = [piece.removeprefix("q=") for piece in parameters if piece.startswith("q=")]
    try:
        return name, float(weights[0]) if weights else 1.0
    except ValueError:
        return name, 1.0
