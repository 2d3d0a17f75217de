"""The pages that users read, and what can be read in them: sections, tables, links, words."""

import re
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
README = "README.md"
DOCS = sorted(path.relative_to(REPOSITORY).as_posix() for path in REPOSITORY.glob("docs/*.md"))
OTHERS = ["CHANGELOG.md", "base-example/README.md", "benchmarks/README.md"]
PAGES = [README, *DOCS, *OTHERS]

LINK = re.compile(r"\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)")
HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)
CODE_LINE = "    "


def text_of(page: str) -> str:
    """A page's text, by its path from the root of the repository."""
    return (REPOSITORY / page).read_text(encoding="utf-8")


def section(page: str, heading: str) -> str:
    """The text under a heading, until the next one of its level or a higher one."""
    level, _, _ = heading.partition(" ")
    (after,) = text_of(page).split(f"\n{heading}\n")[1:]
    return re.split(rf"^#{{1,{len(level)}}} ", after, flags=re.MULTILINE)[0]


def code_in(text: str) -> list[str]:
    """What stands in backticks."""
    return re.findall(r"`([^`]+)`", text)


def rows(text: str) -> Iterator[list[str]]:
    """The cells of the tables' rows, without heads and rules."""
    lines = text.splitlines()
    for before, line in zip(["", *lines], lines, strict=False):
        is_rule = re.fullmatch(r"[| :-]+", line)
        is_head = before[:1] != "|"
        if line.startswith("|") and not is_rule and not is_head:
            yield [cell.strip() for cell in line[1:-1].split("|")]


def first_codes(text: str) -> list[str]:
    """The names in backticks of each row's first cell."""
    return [code for first, *_ in rows(text) for code in code_in(first)]


def code_blocks(text: str) -> list[str]:
    """The indented blocks, each without its indent; one that is cut by blank lines is one."""
    found = re.findall(r"(?:^ {4}.*\n(?:\n+(?= {4}))?)+", text, re.MULTILINE)
    return [re.sub(f"^{CODE_LINE}", "", block, flags=re.MULTILINE) for block in found]


def prose(page: str) -> str:
    """A page without code blocks, tables, comments and the targets of links."""
    lines = text_of(page).splitlines()
    kept = [line for line in lines if not line.startswith((CODE_LINE, "|", "<!--"))]
    return re.sub(r"\]\([^)]*\)", "]", "\n".join(kept))


def anchors(page: str) -> set[str]:
    """What links to a page's headings end with, as GitHub makes it of them."""
    headings = (re.sub(r"[^\w -]", "", heading) for _, heading in HEADING.findall(text_of(page)))
    return {heading.lower().replace(" ", "-") for heading in headings}


def broken_links(page: str) -> list[str]:
    """The relative links of a page that lead to no file, or to no heading of it."""
    folder = (REPOSITORY / page).parent
    found = []
    for path, anchor in LINK.findall(text_of(page)):
        target = (folder / path).resolve() if path else REPOSITORY / page
        name = target.relative_to(REPOSITORY).as_posix()
        if not target.exists() or (anchor and anchor not in anchors(name)):
            found.append(f"{path}#{anchor}")
    return found
