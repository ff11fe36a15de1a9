"""The pictures of the documentation, drawn from runs: SVG in English and in Chinese, one for each thing to explain.

`PICTURES` has them all, by name; `draw` draws one. Each room runs what its pictures show (its `run_...` functions,
once in a program) and draws what came of it.

>>> list(PICTURES)[:2]
['file-buffer', 'file-offset']
>>> PICTURES["gil"].chapter, PICTURES["gil"].title("zh")
('concurrency', 'GIL 的影响')
"""
from __future__ import annotations

from .catalogue import PICTURES, draw
from .page import format_page
from .picture import Picture

__all__ = ["PICTURES", "Picture", "draw", "format_page"]
