"""Write docs/common-errors.md from the table of errors, headings.py from docs/chapters.md, and docs/plain.md.

    python -m netio.reference.pages

in a checkout, after either was changed; a test compares. What `find` searches thus goes where the package goes.
"""
from __future__ import annotations

import re
from pathlib import Path

from . import sources
from .errors import ERRORS, Error
from .plain_pages import write_pages

DOCS = sources.PACKAGE.parent / "docs"
HEADINGS_FILE = Path(__file__).with_name("headings.py")

_TOP = """\
# Common errors, by their exact text

# 常见错误：按原文查找

What Python says, why, the cure, and the name in netio that avoids it. `...` stands for what differs from time to time.
`python3 -m netio find "Address already in use"` finds an entry by its text, a part of it, its number, or a pasted line.
`tests/test_common_errors.py` produces each error for real where the system at hand has it, and compares the text.

Python 的报错原文、原因、解决办法，以及 netio 中能避免它的名字。`...` 代表每次不同的部分。
`python3 -m netio find 10048` 可以按原文、原文的一部分、错误号或粘贴的一整行来查找。
`tests/test_common_errors.py` 会在当前系统上真实地产生每个错误（只要该系统有），并与这里的原文比较。
"""
_HEADINGS_TOP = '''\
"""The notes' headings, exercises and homework, with the names and scripts that mirror them: (heading, English, names,
scripts). Written from docs/chapters.md by `python -m netio.reference.pages`.
"""
from __future__ import annotations

HEADINGS = [
'''


def errors_page() -> str:
    """Return the page of common errors.

    >>> errors_page().splitlines()[0]
    '# Common errors, by their exact text'
    """
    return "\n".join([_TOP, *map(_section, ERRORS)])


def headings_module(page: str) -> str:
    """Return the source of headings.py, from the text of docs/chapters.md.

    >>> print(headings_module("## 死锁 · Deadlock\\n\\n- netio: `concurrency.hold_all`\\n").splitlines()[-2])
        ("死锁", "Deadlock", "concurrency.hold_all", ""),
    """
    rows = []
    for heading, english, lines in re.findall(r"^##+ ([^\n]+) · ([^\n]+)\n\n((?:- [^\n]+\n)+)", page, re.MULTILINE):
        names = " ".join(re.findall(r"`(\w+\.\w+)`", lines.partition("\n")[0]))
        scripts = " ".join(re.findall(r"\(\.\./scripts/(\w+\.py)\)", lines))
        row = [f'"{part}"' for part in (_escape(heading), _escape(english), names, scripts)]
        rows.append("    (" + ", ".join(row) + "),\n" if len(", ".join(row)) < 113 else
                    "    (" + ",\n     ".join([", ".join(row[:2]), *_cut(row[2]), *_cut(row[3])]) + "),\n")
    return _HEADINGS_TOP + "".join(rows) + "]\n"


def main() -> None:
    headings = headings_module((DOCS / "chapters.md").read_text(encoding="utf-8"))
    for path, text in [(DOCS / "common-errors.md", errors_page()), (HEADINGS_FILE, headings)]:
        path.write_bytes(text.encode("utf-8"))
    write_pages(DOCS)


def _section(error: Error) -> str:
    rows = "".join(f"| {systems} | `{text}` |\n" for systems, text in error.lines())
    scripts = ", ".join(f"[`{script}`](../scripts/{script})" for script in error.scripts.split())
    names = ", ".join(f"`{name}`" for name in error.names.split())
    return (f"## {error.title}\n\n| system 系统 | text 原文 |\n|---|---|\n{rows}\n"
            f"{error.why}\\\n**Cure:** {error.cure}\n\n{error.why_zh}\\\n**解决：** {error.cure_zh}\n\n"
            f"netio: {names}" + (f" · script 脚本: {scripts}" if scripts else "") + "\n")


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _cut(literal: str) -> list[str]:
    """Cut a string literal of words into several that Python joins, none longer than a line."""
    lines = re.findall(r".{1,100}(?: |$)", literal)
    return ['"\n     "'.join(lines)]


if __name__ == "__main__":
    main()
