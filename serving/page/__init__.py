"""The page of a model: a form made from its document, the answer, the code that asks the same.

It is one document without anything from elsewhere, put together of the files in this folder when
the first browser asks for it. The browser is told to run and to load nothing else.
"""

import os
from base64 import b64encode
from functools import cache
from hashlib import sha256

FOLDER = os.path.dirname(__file__)
# In this order: later ones use what earlier ones define.
SCRIPTS = (
    *("dom", "json", "schema", "fields", "texts", "table", "photograph", "form"),
    *("answer", "card", "snippets", "main"),
)
HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Referrer-Policy": "no-referrer",
    "Vary": "Accept",
}


def page(root: str) -> tuple[bytes, dict[str, str]]:
    """Make the page.

    Args:
        root: where the model is, relative to the page's own URL.

    Returns:
        the document, and the headers that it needs.
    """
    document, policy = _document()
    return document.replace(b"{{root}}", root.encode()), HEADERS | {
        "Content-Security-Policy": policy
    }


@cache
def _document() -> tuple[bytes, str]:
    """Put the document together, with the policy that lets its own style and script alone run."""
    style = _read("page.css")
    script = '"use strict";\n' + "\n".join(_read(f"{name}.js") for name in SCRIPTS)
    whole = _read("page.html").replace("{{style}}", style).replace("{{script}}", script)
    policy = (
        f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}';"
        " connect-src 'self'; img-src blob: data:; base-uri 'none'; form-action 'none';"
        " frame-ancestors 'none'"
    )
    return whole.encode(), policy


def _read(name: str) -> str:
    with open(os.path.join(FOLDER, name), encoding="utf-8") as file:
        return file.read()


def _digest(text: str) -> str:
    """Name a text as the policy does.

    Source: https://www.w3.org/TR/CSP3/#grammardef-hash-source
    """
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
