"""A picture of `struct`: the same values packed as C would lay them out, and as a protocol does."""
from __future__ import annotations

import functools
import struct
from typing import NamedTuple

from .. import packing
from .canvas import MARGIN, SMALL, WIDTH, Canvas

CODES = "Bi10sf"
VALUES = (16, 1001, b"lily", 99.5)
NAMES = ("age", "id", "name", "score")
KINDS = ("violet", "green", "blue", "amber")
CELL = 22.0


class Layout(NamedTuple):
    """Values packed in one format: the bytes, and (code, offset, size) of each value.

    >>> run_layout("!").data[:5].hex(" "), run_layout("!").places[1]
    ('10 00 00 03 e9', ('i', 1, 4))
    """

    format: str
    data: bytes
    places: tuple[tuple[str, int, int], ...]


@functools.lru_cache(maxsize=None)
def run_layout(order: str) -> Layout:
    """Pack the values with a byte order: '@' as C does on this machine, '!' as networks do.

    >>> len(run_layout("!").data), len(run_layout("@").data)
    (19, 24)
    """
    form = order + CODES
    return Layout(form, struct.pack(form, *VALUES), tuple(packing.view.format_layout(form)))


def draw_struct_layout(canvas: Canvas) -> None:
    """Draw each byte of both layouts in its value's colour."""
    say = canvas.say
    canvas.text(MARGIN, 60, f"struct.pack(format, {', '.join(map(repr, VALUES))})", size=13, look="mono")
    here = say("as C lays it out here: aligned, this machine's byte order", "按本机 C 的布局：对齐，本机字节序")
    there = say("for the network: nothing between, the highest byte first", "用于网络：没有填充，高位字节在前")
    y = _draw_layout(canvas, 96, run_layout("@"), here)
    y = _draw_layout(canvas, y + 34, run_layout("!"), there)
    canvas.remark(
        y + 24,
        "Padding (grey) and byte order differ from machine to machine: what is sent or stored needs ! or another "
        "explicit order. A text shorter than its field is filled with zeros, a longer one is cut.",
        "填充字节（灰色）和字节序因机器而异：要发送或保存的数据必须写明 ! 或其他字节序。文字比字段短就补零，比字段长就被截断。")


def _draw_layout(canvas: Canvas, y: float, layout: Layout, words: str) -> float:
    """A headline, the bytes, and below each field its name and code; return where it ends."""
    canvas.text(MARGIN, y, f"{layout.format!r}", size=13, look="mono bold")
    canvas.text(118, y, words, size=13)
    kinds = ["plain"] * len(layout.data)
    for (_, offset, size), kind in zip(layout.places, KINDS):
        kinds[offset:offset + size] = [kind] * size
    left = (WIDTH - CELL * len(run_layout("@").data)) / 2
    canvas.cells(left, y + 12, CELL, [(f"{byte:02x}", kind) for byte, kind in zip(layout.data, kinds)], size=12)
    for (code, offset, size), name, kind in zip(layout.places, NAMES, KINDS):
        middle = left + (offset + size / 2) * CELL
        canvas.text(max(middle, 24), y + 56, name, size=13, anchor="middle", look=f"bold {kind}")
        canvas.text(max(middle, 24), y + 72, code, size=SMALL, anchor="middle", look="mono faint")
    size = len(layout.data)
    padding = size - sum(size for _, _, size in layout.places)
    canvas.text(WIDTH - MARGIN, y + 90, canvas.say(f"{size} bytes, {padding} of them padding",
                                                   f"{size} 字节，其中 {padding} 个是填充"), size=SMALL, anchor="end")
    return y + 90
