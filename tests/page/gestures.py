"""What a user's hand does that a browser's driver cannot: a paste, and a drop of a file."""

import base64
from pathlib import Path

from playwright.sync_api import Page, expect

PASTE = """([text]) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  const cell = document.querySelector("tbody input, tbody select");
  const how = {clipboardData: data, bubbles: true, cancelable: true};
  cell.dispatchEvent(new ClipboardEvent("paste", how));
}"""
DROP = """async ([url, name, type]) => {
  const bytes = Uint8Array.from(atob(url), (character) => character.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], name, {type}));
  const how = {dataTransfer: data, bubbles: true, cancelable: true};
  document.querySelector(".drop").dispatchEvent(new DragEvent("drop", how));
}"""


def predict(page: Page) -> None:
    """Sends what the form has, and waits for the answer."""
    page.click("#send")
    expect(page.locator("#times")).to_contain_text("Status")


def paste(page: Page, text: str) -> None:
    """Pastes into the first cell of the table."""
    page.evaluate(PASTE, [text])


def drop(page: Page, photograph: Path, content_type: str) -> None:
    """Drops a file where photographs go."""
    content = base64.b64encode(photograph.read_bytes()).decode()
    page.evaluate(DROP, [content, photograph.name, content_type])
