"""Reads a picture back: its texts with their places, as a strict reader of SVG would."""
from __future__ import annotations

import unicodedata
import xml.etree.ElementTree as ElementTree
from typing import NamedTuple

SVG = "{http://www.w3.org/2000/svg}"


class Text(NamedTuple):
    words: str
    left: float
    right: float
    y: float
    classes: list


class Picture:
    """A drawn picture, parsed."""

    def __init__(self, svg):
        self.root = ElementTree.fromstring(svg)
        self.width, self.height = map(float, self.root.get("viewBox").split()[2:])
        self.texts = [_text(node) for node in self.root.iter(SVG + "text")]
        self.words = "\n".join(text.words for text in self.texts)

    def boxes(self, kind):
        """The (x, y, width, height) of all boxes of a kind."""
        return [tuple(float(node.get(name)) for name in ("x", "y", "width", "height"))
                for node in self.root.iter(SVG + "rect") if node.get("class") == f"n-{kind}"]

    def child(self, name):
        return self.root.find(SVG + name)


def columns(words):
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in words)


def _text(node):
    size, x = float(node.get("font-size")), float(node.get("x"))
    classes = node.get("class").split()
    # Half an em for a column suits most fonts; three fifths are what a fixed width takes.
    width = columns(node.text) * size * (0.6 if "n-mono" in classes and node.text.isascii() else 0.5)
    left = x - {"start": 0, "middle": width / 2, "end": width}[node.get("text-anchor", "start")]
    return Text(node.text, left, left + width, float(node.get("y")), classes)
