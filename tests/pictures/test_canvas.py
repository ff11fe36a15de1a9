"""The drawing board refuses what would not fit, and what it draws is plain SVG."""
from __future__ import annotations

import pytest

from netio.pictures.canvas import _INKS, KINDS, WIDTH, Canvas, text_width, wrap_text
from netio.pictures.lanes import Lanes

from .reading import SVG, Picture


@pytest.fixture
def canvas():
    return Canvas("A <title> & more", "It says “<b>”.")


def test_markup_in_texts_is_text(canvas):
    canvas.text(20, 80, "a < b & c")
    picture = Picture(canvas.render())
    assert picture.child("title").text == "A <title> & more" and picture.child("desc").text == "It says “<b>”."
    assert picture.texts[-1].words == "a < b & c"


@pytest.mark.parametrize("draw", [
    lambda canvas: canvas.text(20, 80, "too long for its room", room=60),
    lambda canvas: canvas.text(WIDTH - 20, 80, "leaves the page"),
    lambda canvas: canvas.text(20, 80, "leaves the page", anchor="end"),
    lambda canvas: canvas.box(20, 80, 40, 20, "粘包粘包"),
    lambda canvas: canvas.box(WIDTH - 20, 80, 40, 20),
    lambda canvas: canvas.box(-1, 80, 40, 20),
    lambda canvas: Lanes(canvas, [("a", "blue"), ("b", "green")]).send(0, 1, "m" * 40),
])
def test_what_does_not_fit_is_refused(canvas, draw):
    with pytest.raises(ValueError):
        draw(canvas)


def test_an_arrow_ends_where_it_is_told(canvas):
    canvas.arrow([(20, 80), (120, 80)])
    head = [node for node in Picture(canvas.render()).root.iter(SVG + "path") if "n-head" in node.get("class")]
    assert [node.get("d").split("L")[0] for node in head] == ["M120 80"]


def test_lanes_lie_behind_what_is_on_them(canvas):
    lanes = Lanes(canvas, [("a", "blue"), ("b", "green")])
    lanes.calls(["call()", ""])
    lanes.end()
    drawn = canvas.render()
    assert drawn.index("stroke-dasharray") < drawn.index("call()")


@pytest.mark.parametrize("words, width", [
    ("one two three four five six seven", 120), ("一个数据报可能丢失、重复、乱序；比缓冲区大的会被截断。", 130),
    ("混合 mixed text，中英文 together（在一起）。", 130), ("", 100),
])
def test_wrapped_lines_fit_and_lose_nothing(words, width):
    lines = wrap_text(words, width)
    assert "".join(lines).replace(" ", "") == words.replace(" ", "")
    assert all(text_width(line) <= width for line in lines)
    assert not any(line[0] in "，。；：、）" for line in lines)


def test_a_word_wider_than_the_line_stands_alone():
    assert wrap_text("a communication b", 50) == ["a", "communication", "b"]


def luminance(colour):
    parts = [int(colour[place:place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    """The contrast ratio of two colours, as WCAG 2 defines it."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("dark", [0, 1])
def test_the_palette_can_be_read_on_light_and_on_dark_pages(dark):
    page = KINDS["page"][dark][0]
    for kind, shades in KINDS.items():
        fill, stroke = shades[dark]
        assert contrast(_INKS[dark][0], fill) >= 7, f"text on {kind}"
        if kind not in ("page", "plain"):
            assert contrast(stroke, page) >= 4.5, f"{kind} as the colour of a text"
    assert contrast(_INKS[dark][1], page) >= 4.5 and contrast(KINDS["plain"][dark][1], page) >= 3
