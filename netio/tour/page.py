"""What a tour told, as one HTML page: no script, nothing loaded from elsewhere, readable on a phone, light and dark."""
from __future__ import annotations

import datetime
import os
import platform
import re
import sys
from html import escape
from typing import Iterable

from ..pictures import PICTURES, draw

_STYLE = """
:root { color-scheme: light dark; --paper: #fbfaf7; --card: #fff; --ink: #1d2329; --soft: #5d6873; --line: #e2e0d8;
  --code: #f4f2ec; --mark: #1f5fa8; --learn: #eaf2fb }
@media (prefers-color-scheme: dark) { :root { --paper: #14171a; --card: #1c2126; --ink: #e4e7ea; --soft: #98a3ae;
  --line: #30373e; --code: #12161a; --mark: #7db4f0; --learn: #1b2a3a } }
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 1rem/1.6 system-ui, -apple-system, "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC",
  sans-serif }
header, main, footer { max-width: 46rem; margin: 0 auto; padding: 0 1rem }
header { padding-top: 2.5rem }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .4rem }
h2 { font-size: 1.3rem; line-height: 1.3; margin: 2.6rem 0 .8rem; scroll-margin-top: 1rem }
h2 code { color: var(--mark) }
h2 small { display: block; font-size: 1rem; font-weight: 400; color: var(--soft) }
header p, footer { color: var(--soft) }
dl { display: grid; grid-template-columns: auto 1fr; gap: .15rem 1rem; margin: 1.2rem 0; font-size: .9rem }
dt { color: var(--soft) }
dd { margin: 0; overflow-wrap: anywhere }
nav { display: flex; flex-wrap: wrap; gap: .5rem }
nav a { color: var(--mark); text-decoration: none; border: 1px solid var(--line); border-radius: 1rem;
  padding: .15rem .8rem; background: var(--card) }
article { background: var(--card); border: 1px solid var(--line); border-radius: .7rem; margin: 0 0 1rem;
  overflow: hidden }
article > * { margin: 0; padding: .7rem 1rem }
.did { font-weight: 600 }
.saw { background: var(--code); border-top: 1px solid var(--line); white-space: pre-wrap; overflow-wrap: anywhere;
  font: .85rem/1.55 ui-monospace, "SF Mono", Menlo, Consolas, "Noto Sans Mono CJK SC", monospace }
.ran { border-top: 1px solid var(--line); overflow-x: auto;
  font: .8rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "Noto Sans Mono CJK SC", monospace }
.page a { color: var(--mark) }
.table { white-space: pre; overflow-x: auto; overflow-wrap: normal }
.learn { background: var(--learn); border-top: 1px solid var(--line) }
.did, .learn { overflow-wrap: anywhere }
.learn b { color: var(--mark); margin-right: .5em }
figure { border-top: 1px solid var(--line); background: var(--code) }
figure svg { display: block; width: 100%; max-width: 30rem; height: auto; margin: 0 auto }
.drawn svg text { fill: currentColor }
.drawn svg > rect:first-child { fill: none }
.drawn svg rect[rx] { fill: var(--mark); stroke: var(--mark) }
.drawn + .drawn { border-top: 0 }
.drawn:has(+ .drawn) figcaption { display: none }
figcaption { max-width: 36rem; margin: .3rem auto 0; color: var(--soft); font-size: .8rem; text-align: center }
section > figure { border: 0; background: none; margin: 0 0 1rem; padding: 0 }
section > figure svg { max-width: none }
.end { color: var(--soft); margin: 2rem 0 0 }
footer { padding-top: 1.5rem; padding-bottom: 3rem; font-size: .9rem }
@media print { article { break-inside: avoid } }
"""

_WORDS = {
    "en": {"title": "netio: what this machine showed", "learn": "Learn", "page": "The chapter's page",
           "system": "System", "cores": "Processors",
           "time": "Time", "made": "Written by", "chapters": "Chapters",
           "bars": "A row for each worker. The darker a bar, the more of its time was computing.",
           "about": "Every chapter ran on real files and sockets. What stands here is what came back, just now."},
    "zh": {"title": "netio：这台机器上看到的", "learn": "悟", "page": "本章的页面", "system": "系统", "cores": "处理器",
           "time": "时间", "made": "生成命令：", "chapters": "各章",
           "bars": "每个工作者一行。颜色越深，真正在计算的时间越多。",
           "about": "每一章都在真实的文件和套接字上运行。这里写的就是刚才得到的结果。"},
}


def make_page(told: Iterable[tuple[str, str]], lang: str = "en", docs: str = "") -> str:
    """Return the page of what a Guide was told: pairs of a kind (chapter, did, ran, saw, surprise, picture) and a text.

    `docs` is the way to the folder with the chapters' pages, which are then linked to.

    >>> page = make_page([("chapter", "netio.tcp: a stream"), ("saw", "<b'a'>")])
    >>> "&lt;b&#x27;a&#x27;&gt;" in page, "<script" in page
    (True, False)
    """
    words, told = _WORDS[lang], list(told)
    names = [_chapter_name(text) for kind, text in told if kind == "chapter"]
    links = "".join(f'<a href="#{escape(name)}">{escape(name)}</a>' for name in names)
    facts = "".join(f"<dt>{name}</dt><dd>{escape(fact)}</dd>" for name, fact in _machine(words))
    return f"""<!DOCTYPE html>
<html lang="{'zh-CN' if lang == 'zh' else 'en'}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{words['title']}</title>
<style>{_STYLE}</style>
</head>
<body>
<header>
<h1>{words['title']}</h1>
<p>{words['about']}</p>
<dl>{facts}</dl>
<nav aria-label="{words['chapters']}">{links}</nav>
</header>
<main>
{_sections(told, lang, docs)}
</main>
<footer>{words['made']} <code>python -m netio tour --html</code></footer>
</body>
</html>
"""


def pictures_of(chapter: str, lang: str) -> list[str]:
    """Return the pictures of a chapter as SVG, to stand below its title."""
    return [draw(name, lang) for name, picture in PICTURES.items() if picture.chapter == chapter]


def own_ids(svg: str, prefix: str) -> str:
    """Put a prefix before every id of a picture and before what refers to it, so that several fit on one page.

    >>> own_ids('<g id="a"/><use href="#a"/><path fill="url(#a)"/>', "p1-")
    '<g id="p1-a"/><use href="#p1-a"/><path fill="url(#p1-a)"/>'
    """
    def name_all(found: re.Match[str]) -> str:
        return found[1] + " ".join(prefix + name for name in found[2].split()) + '"'

    svg = re.sub(r'(\s(?:id|aria-labelledby|aria-describedby)=")([^"]*)"', name_all, svg)
    return re.sub(r'(href="#|url\(#)', rf"\g<1>{prefix}", svg)


def _sections(told: list[tuple[str, str]], lang: str, docs: str) -> str:
    """Lay the chapters out: a section each, in it an article for each step, which begins with what was done."""
    parts: list[str] = []
    closing, inside = "", False
    for number, (kind, text) in enumerate(told):
        if kind in ("chapter", "did", "end") or not inside:
            parts.append("</article>" if inside else "")
            inside = kind not in ("chapter", "end")
            parts.append("<article>" if inside else closing)
        if kind == "chapter":
            parts.append(_open_section(text, lang, number, docs))
            closing = "</section>"
        elif kind == "end":
            parts.append(f'<p class="end">{_prose(text)}</p>')
            closing = ""
        else:
            parts.append(_step(kind, text, lang, number))
    return "\n".join(filter(None, [*parts, "</article>" if inside else "", closing]))


def _open_section(text: str, lang: str, number: int, docs: str) -> str:
    name, (_, _, about) = _chapter_name(text), text.partition(": ")
    pictures = "".join(f"\n<figure>{own_ids(svg, f'c{number}-{index}-')}</figure>"
                       for index, svg in enumerate(pictures_of(name, lang)))
    title = f"<code>netio.{escape(name)}</code><small>{escape(about)}</small>"
    link = f'<a href="{escape(docs)}/{escape(name)}.md">{_WORDS[lang]["page"]}</a>'
    page = f'\n<p class="page">{link}</p>' if docs else ""
    return f'<section id="{escape(name)}">\n<h2>{title}</h2>{page}{pictures}'


def _step(kind: str, text: str, lang: str, number: int) -> str:
    if kind == "picture":
        caption = f"<figcaption>{_WORDS[lang]['bars']}</figcaption>"
        return f'<figure class="drawn">{own_ids(text, f"s{number}-")}{caption}</figure>'
    if kind == "surprise":
        return f'<p class="learn"><b>{_WORDS[lang]["learn"]}</b>{_prose(text)}</p>'
    if kind == "ran":
        return f'<pre class="ran" tabindex="0"><code>{escape(text)}</code></pre>'
    if kind == "did":
        return f'<p class="did">{_prose(text)}</p>'
    table = "\n" in text and re.search(r"\S {2,}\S", text)
    return f'<pre class="saw{" table" if table else ""}" tabindex="0">{escape(text)}</pre>'


def _prose(text: str) -> str:
    """Escape a sentence; what is in `backquotes` is code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def _chapter_name(text: str) -> str:
    return text.partition(":")[0].rpartition(".")[2]


def _machine(words: dict[str, str]) -> list[tuple[str, str]]:
    now = datetime.datetime.now().astimezone()
    return [("Python", f"{platform.python_implementation()} {platform.python_version()}"),
            (words["system"], f"{platform.system()} {platform.release()} ({platform.machine()}), {sys.platform}"),
            (words["cores"], str(os.cpu_count())), (words["time"], now.strftime("%Y-%m-%d %H:%M:%S %z"))]
