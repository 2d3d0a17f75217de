"""Draws lambda_docker.png, the README's picture of what the pipeline makes.

    .venv/bin/python figs/draw.py

The same Pillow draws the same bytes anywhere: the font comes with it.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1000, 560
# Twice the pixels of the README's column, for sharp text on dense screens.
SCALE = 2

INK = "#1f2933"
SOFT_INK = "#52606d"
PAPER = "#ffffff"
PANEL = "#f3f6f9"
PANEL_EDGE = "#c5cfd9"
USER_BLUE = "#2b6cb0"
AWS_ORANGE = "#c05621"

TITLE_SIZE, TEXT_SIZE, NOTE_SIZE = 17, 15, 12.5
ARROW_LENGTH, ARROW_HALF_WIDTH = 9, 4.5

Point = tuple[float, float]


class Box(NamedTuple):
    """A rectangle by its edges, in units of the picture's width of 1000."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def middle(self) -> Point:
        """The point half-way between the edges."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2


class Canvas:
    """A picture that is drawn in units of its final size, whatever its pixels."""

    def __init__(self) -> None:
        self.image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), PAPER)
        self.draw = ImageDraw.Draw(self.image)

    def rectangle(self, box: Box, fill: str, edge: str, edge_width: float = 1) -> None:
        """A filled rectangle with round corners."""
        corners = [edge_of_box * SCALE for edge_of_box in box]
        width = round(edge_width * SCALE)
        self.draw.rounded_rectangle(corners, 7 * SCALE, fill, edge, width)

    def text(self, at: Point, text: str, size: float, ink: str = INK, anchor: str = "lm") -> None:
        """A line of text; the anchor is Pillow's, like lm for left and middle."""
        font = ImageFont.load_default(size * SCALE)
        self.draw.text((at[0] * SCALE, at[1] * SCALE), text, ink, font, anchor)

    def arrow(self, *points: Point, ink: str = SOFT_INK) -> None:
        """A line through points, horizontal and vertical, with an arrow at its end."""
        (x0, y0), (x1, y1) = points[-2:]
        length = abs(x1 - x0) + abs(y1 - y0)
        dx, dy = (x1 - x0) / length, (y1 - y0) / length
        neck = x1 - dx * ARROW_LENGTH, y1 - dy * ARROW_LENGTH
        self.line(*points[:-1], neck, ink=ink)
        side_x, side_y = dy * ARROW_HALF_WIDTH, dx * ARROW_HALF_WIDTH
        head = [
            (x1, y1),
            (neck[0] + side_x, neck[1] + side_y),
            (neck[0] - side_x, neck[1] - side_y),
        ]
        self.draw.polygon([(x * SCALE, y * SCALE) for x, y in head], ink)

    def line(self, *points: Point, ink: str = SOFT_INK) -> None:
        """A line through points."""
        scaled = [(x * SCALE, y * SCALE) for x, y in points]
        self.draw.line(scaled, ink, round(1.6 * SCALE), joint="curve")

    def panel(self, box: Box, title: str, note: str, fill: str = PANEL) -> None:
        """A part of the picture that holds others, with its name at the top left."""
        self.rectangle(box, fill, PANEL_EDGE)
        self.text((box.left + 16, box.top + 20), title, TITLE_SIZE)
        x = box.left + 26 + ImageFont.load_default(TITLE_SIZE * SCALE).getlength(title) / SCALE
        self.text((x, box.top + 21), note, NOTE_SIZE, SOFT_INK)

    def node(self, box: Box, name: str, *notes: str, edge: str) -> None:
        """A thing with a name and lines of what it does, centred in its box."""
        self.rectangle(box, PAPER, edge, 1.6)
        x, y = box.middle
        top = y - len(notes) * 9
        self.text((x, top), name, TEXT_SIZE, anchor="mm")
        for number, note in enumerate(notes, start=1):
            self.text((x, top + number * 18), note, NOTE_SIZE, SOFT_INK, anchor="mm")

    def step(self, top: float, flag: str, name: str, note: str) -> None:
        """A row of the pipeline: its flag, its name and what it does."""
        self.rectangle(Box(38, top, 302, top + 40), PAPER, USER_BLUE, 1.6)
        middle = top + 20
        self.text((50, middle), flag, TEXT_SIZE, USER_BLUE)
        self.text((82, middle), name, TEXT_SIZE)
        self.text((145, middle + 1), note, NOTE_SIZE, SOFT_INK)


STORE = Box(410, 104, 640, 172)
REGISTRY = Box(700, 104, 945, 172)
GATEWAY = Box(410, 430, 560, 508)
ALIAS = Box(602, 430, 752, 508)
VERSION = Box(795, 430, 945, 508)
TRACES = Box(410, 304, 560, 366)
LOGS = Box(602, 304, 752, 366)
CLIENT = Box(38, 440, 302, 498)
TRUNK = 345
REQUEST_Y = 469


def draw_user(canvas: Canvas) -> None:
    """The left: the pipeline's steps, and who asks for predictions."""
    canvas.panel(Box(20, 20, 320, 408), "Your machine", "pipeline.sh")
    canvas.step(58, "-r", "registry", "once a stage")
    canvas.step(112, "-p", "context", "the model and serving/")
    canvas.step(164, "", "build", "one image, one platform")
    canvas.step(216, "", "check", "the golden request")
    canvas.step(268, "", "push", "only what passed")
    canvas.step(322, "-d", "deploy", "a release, by its digest")
    for top in (164, 216, 268):
        canvas.arrow((170, top - 12), (170, top))
    canvas.text((38, 384), "With -l all of it runs here, on a local AWS.", NOTE_SIZE, SOFT_INK)
    canvas.node(CLIENT, "Any client", "curl, or pipeline.sh -t", edge=USER_BLUE)


def draw_aws(canvas: Canvas) -> None:
    """The right: what the two stacks hold."""
    canvas.panel(Box(370, 20, 980, 540), "AWS", "or the local AWS, with -l")
    canvas.panel(Box(390, 58, 965, 212), "registry.yaml", "stack of a stage's images", PAPER)
    canvas.panel(Box(390, 250, 965, 525), "template.yaml", "stack of a stage's API", PAPER)
    canvas.node(STORE, "S3 bucket", "release records", edge=AWS_ORANGE)
    canvas.node(REGISTRY, "ECR repository", "images, tags immutable", edge=AWS_ORANGE)
    canvas.node(GATEWAY, "API Gateway", "every path, throttled", edge=AWS_ORANGE)
    canvas.node(ALIAS, "Lambda alias", "live", edge=AWS_ORANGE)
    canvas.node(VERSION, "Lambda version", "image@sha256:…", edge=AWS_ORANGE)
    canvas.node(TRACES, "X-Ray", "traces", edge=AWS_ORANGE)
    canvas.node(LOGS, "CloudWatch", "JSON logs", edge=AWS_ORANGE)


def draw_arrows(canvas: Canvas) -> None:
    """What goes from where to where."""
    push_y = 288
    canvas.arrow((302, 78), (390, 78))
    canvas.arrow((302, push_y), (TRUNK, push_y), (TRUNK, 138), (STORE.left, 138))
    canvas.arrow((TRUNK, 196), (740, 196), (740, REGISTRY.bottom))
    canvas.text((STORE.left, 185), "image", NOTE_SIZE, SOFT_INK)
    canvas.arrow((302, 342), (390, 342))
    canvas.arrow((VERSION.middle[0], REGISTRY.bottom), (VERSION.middle[0], VERSION.top))
    digest_note = VERSION.middle[0] - 10, 231
    canvas.text(digest_note, "the image that was checked", NOTE_SIZE, SOFT_INK, "rm")
    canvas.arrow((CLIENT.right, REQUEST_Y), (GATEWAY.left, REQUEST_Y))
    canvas.text((346, REQUEST_Y - 12), "HTTPS", NOTE_SIZE, SOFT_INK, "mm")
    canvas.arrow((GATEWAY.right, REQUEST_Y), (ALIAS.left, REQUEST_Y))
    canvas.arrow((ALIAS.right, REQUEST_Y), (VERSION.left, REQUEST_Y))
    canvas.arrow((GATEWAY.middle[0], GATEWAY.top), (TRACES.middle[0], TRACES.bottom))
    canvas.arrow((ALIAS.middle[0], ALIAS.top), (LOGS.middle[0], LOGS.bottom))


def main() -> int:
    """Draws the picture beside this file, or where the one argument says."""
    default = Path(__file__).with_name("lambda_docker.png")
    destination = Path(sys.argv[1]) if len(sys.argv) > 1 else default
    canvas = Canvas()
    draw_user(canvas)
    draw_aws(canvas)
    draw_arrows(canvas)
    canvas.image.save(destination, optimize=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
