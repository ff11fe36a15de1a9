"""Write docs/plain.md and docs/zh/plain.md: under each heading of the notes its corrected program and what was wrong.

Headings and programs come from docs/chapters.md, what is wrong and why from docs/errata.md, the code from the programs.
"""
from __future__ import annotations

import ast
import re
from pathlib import Path

from .names import anchor
from .plain import FOLDER, Program, errata_of, programs

# The functions that make up the core of a program; of the others it is the first one.
_CORES = {
    "read_file": "print_lines", "file_offset": "show", "sparse_file": "main", "tcp_server_once": "main",
    "tcp_client_once": "main", "tcp_server_loop": "answer_lines", "tcp_client_loop": "main",
    "tcp_server_many": "answer_lines main", "frame_server": "recv_exactly recv_frame",
    "frame_client": "send_frame recv_frame", "picture_receiver": "receive_file", "picture_sender": "main",
    "udp_server": "main", "dictionary_server": "answer main", "dictionary_client": "look_up",
    "broadcast_receiver": "main", "broadcast_sender": "main", "http_print_request": "read_head answer",
    "http_hello": "main", "http_page": "respond", "http_folder": "receive send respond", "student_server": "serve",
    "strip_nul": "cut", "fork_process": "main", "exit_codes": "start main", "orphan": "main", "zombie": "main",
    "double_fork": "run_detached", "sigchld": "collect", "chat_server": "handle", "chat_client": "request main",
    "start_process": "main", "process_class": "Adder", "process_attributes": "main", "primes": "main",
    "process_pool": "main", "copy_folder": "main", "message_queue": "produce consume", "shared_value": "earn main",
    "semaphore": "work", "start_thread": "work main", "thread_attributes": "main", "letters_numbers": "numbers letters",
    "deadlock": "transfer", "gil_times": "at_once main", "fork_server": "reap accept", "process_server": "serve main",
    "thread_server": "serve main", "select_server": "work main", "poll_server": "work main",
    "epoll_server": "work main",
    "ftp_server": "path_of store_file serve", "ftp_client": "get put",
}
_TOP = """\
# The notes' programs, corrected

[中文](zh/plain.md) · [All pages](README.md)

In the notes' order: under each heading the program of the notes as it should be, complete in one file, without netio,
and what goes wrong with the notes' own. `python3 -m netio plain NAME` prints one, `python3 -m netio plain` lists them
all. Shown here is the core of each; a number leads to the erratum, and `python3 scripts/prove_errata.py NUMBER` runs
both ways.

Written by `python3 -m netio.reference.pages` from [chapters.md](chapters.md), [errata.md](errata.md) and the programs.
"""
_TOP_ZH = """\
# 笔记的程序，改正后

[English](../plain.md) · [全部页面](README.md)

按笔记的次序：每个标题下是笔记的程序应有的样子，完整的一个文件，不用 netio；以及笔记的写法错在哪里。
`python3 -m netio plain 名字` 打印一个程序，`python3 -m netio plain` 列出全部。这里只显示每个程序的核心部分；编号链接到勘误，
`python3 scripts/prove_errata.py 编号` 会把两种写法都运行一遍。

由 `python3 -m netio.reference.pages` 根据 [chapters.md](../chapters.md)、[errata.md](../errata.md) 和各程序写成。
"""
_ERRATUM = re.compile(r"^### (\d+)\. (.+) · (.+)\n> .+\n\n(.+)\n\n(.+)\n", re.MULTILINE)


def plain_page(chapters: str, errata: str, language: str) -> str:
    """Return docs/plain.md ("en") or docs/zh/plain.md ("zh"), from the text of docs/chapters.md and docs/errata.md.

    >>> plain_page("", "", "zh").splitlines()[0]
    '# 笔记的程序，改正后'
    """
    chinese = language == "zh"
    known = {program.name: program for program in programs()}
    wrong = {found[0]: found for found in _ERRATUM.findall(errata)}
    up = "../" if chinese else ""
    parts = [_TOP_ZH if chinese else _TOP, ""]
    titles = []
    for heading, english, lines in re.findall(r"^##+ ([^\n]+) · ([^\n]+)\n\n((?:- [^\n]+\n)+)", chapters, re.MULTILINE):
        shown = [known[name] for name in re.findall(r"\(\.\./scripts/plain/(\w+)\.py\)", lines)]
        numbers = re.findall(r"\[(\d+)\]\(errata\.md#", lines)
        further = sorted({number for program in shown for number in errata_of(program)} - set(numbers), key=int)
        if not shown and not numbers:
            continue
        titles.append(heading if chinese else f"{english} · {heading}")
        parts.append(f"## {titles[-1]}\n")
        for program in shown:
            summary = program.summary_zh if chinese else program.summary
            parts.append(f"[`{program.name}.py`](../{up}scripts/plain/{program.name}.py): {summary}\n\n"
                         f"```py\n{core(program)}\n```\n")
        if numbers:
            parts.append("笔记的错误：\n" if chinese else "Where the notes go wrong:\n")
            parts.append("".join(_mistake(wrong[number], chinese) for number in numbers if number in wrong))
        if further:
            links = [f"[{number}]({up}errata.md#{_anchor(wrong[number])}) {wrong[number][2 if chinese else 1]}"
                     for number in further if number in wrong]
            parts.append(f"程序里也避免了：{'；'.join(links)}。\n" if chinese else f"Avoided here, too: {'; '.join(links)}.\n")
    parts[1] = _contents(titles)
    return "\n".join(parts)


def core(program: Program) -> str:
    """Return the functions of a program that matter, as they are written there.

    >>> core(Program("hello", "", "", "import os\\n\\ndef main():\\n    print('hello')\\n\\nmain()\\n"))
    "def main():\\n    print('hello')"
    """
    tree = ast.parse(program.text)
    found = [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.ClassDef))]
    wanted = _CORES.get(program.name, found[0].name).split()
    lines = program.text.splitlines()
    named = {node.name: node for node in found}
    blocks = (lines[named[name].lineno - 1:named[name].end_lineno] for name in wanted)
    return "\n\n\n".join("\n".join(line[len(block[0]) - len(block[0].lstrip()):] for line in block) for block in blocks)


def write_pages(docs: Path) -> None:
    """Write both pages; nothing where the programs are not in a checkout."""
    if FOLDER.exists():
        chapters, errata = ((docs / name).read_text(encoding="utf-8") for name in ("chapters.md", "errata.md"))
        for path, language in ((docs / "plain.md", "en"), (docs / "zh" / "plain.md", "zh")):
            path.write_bytes(plain_page(chapters, errata, language).encode("utf-8"))


def _mistake(found: tuple[str, ...], chinese: bool) -> str:
    number, title, title_zh, why, why_zh = found
    up = "../" if chinese else ""
    return (f"- [{number}]({up}errata.md#{_anchor(found)}) {title_zh}：{re.split('(?<=。)', why_zh)[0]}\n" if chinese else
            f"- [{number}](errata.md#{_anchor(found)}) {title}: {re.split(r'(?<=[.])(?= [A-Z`])', why)[0]}\n")


def _contents(titles: list[str]) -> str:
    """Return a line of links to the headings; one that is there again has a number in its anchor."""
    links = []
    for index, title in enumerate(titles):
        again = titles[:index].count(title)
        short = re.sub(r"（.*|： *$|：判断.*|^=+|  +", "", title.partition(" · ")[0])
        links.append(f"[{short}](#{anchor(title)}{f'-{again}' if again else ''})")
    return " · ".join(links) + "\n"


def _anchor(found: tuple[str, ...]) -> str:
    return anchor(f"{found[0]}. {found[1]} · {found[2]}")
