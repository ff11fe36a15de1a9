"""The page that shows all pictures, chapter by chapter, in both languages."""
from __future__ import annotations

import importlib
from itertools import groupby
from typing import Iterator

from .canvas import WIDTH
from .catalogue import PICTURES
from .picture import Picture

_HEAD = """# Pictures

# 图解

This page and its pictures are written by a script: it runs what they show, and draws what came of it: the bytes, the
calls, the replies. Where another run or another machine gives something else, the picture's sentence says so.

本页和图片都由脚本生成：先真正运行，再把得到的字节、调用和应答画出来。换一次运行或换一台机器就会不同的图，在说明里注明。

    python3 scripts/draw_pictures.py --page docs/pictures.md
"""
_CHAPTERS = {"files": "文件", "packing": "struct 与打包", "tcp": "TCP", "udp": "UDP", "http": "HTTP",
             "concurrency": "进程、线程与并发服务器", "ipc": "进程间通信", "chat": "群聊聊天室", "ftp": "FTP 文件服务器"}
_VARIES = ("One run on one machine: another one differs.", "一台机器上的一次运行，换一次会不同。")


def format_page(folder: str = "pictures") -> str:
    """Return the page as Markdown; `folder` is where the pictures are, seen from the page.

    >>> page = format_page("here")
    >>> all(f'src="here/{name}.svg"' in page and f'src="here/{name}.zh.svg"' in page for name in PICTURES)
    True
    """
    parts = [_HEAD]
    for chapter, pictures in groupby(PICTURES.values(), key=lambda picture: picture.chapter):
        about = (importlib.import_module(f"..{chapter}", __package__).__doc__ or "").splitlines()[0]
        parts.append(f"## netio.{chapter} · {_CHAPTERS[chapter]}\n\n{about}\n")
        for picture in pictures:
            parts.append("\n".join(_entry(picture, folder)))
    return "\n".join(parts)


def _entry(picture: Picture, folder: str) -> Iterator[str]:
    yield f"### {picture.title('en')} · {picture.title('zh')}\n"
    for number, lang in enumerate(("en", "zh")):
        yield picture.summary(lang) + ("" if picture.stable else (" ", "")[number] + _VARIES[number]) + "\n"
    for lang, end in (("en", ".svg"), ("zh", ".zh.svg")):
        yield f'<img src="{folder}/{picture.name}{end}" width="{WIDTH}" alt="{picture.title(lang)}">'
    yield ""
