"""What is in a folder, as a page for people (sorted, searched, without a script) or as JSON for programs."""
from __future__ import annotations

import json
import os
import time
from stat import S_ISDIR, S_ISREG
from typing import Iterable, Iterator, NamedTuple, TypeVar
from urllib.parse import urlencode

from ...files.root import Root
from .paths import CONTROLS, name_as_text, quote_path

Item = TypeVar("Item")
COLUMNS = ("name", "size", "time")  # by which a listing can be sorted
_CHINESE = {"name": "名称", "size": "大小", "time": "修改时间", "part of a name": "名称的一部分", "Search": "搜索",
            "files to upload": "要上传的文件", "Upload": "上传"}

_PAGE = """<!DOCTYPE html>
<html>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; font: 16px/1.6 system-ui, sans-serif }}
body {{ max-width: 60rem; margin: 2rem auto; padding: 0 1rem }}
h1 {{ font-size: 1.3rem; overflow-wrap: anywhere }}
table {{ border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }}
th {{ text-align: left; border-bottom: 1px solid }}
td:first-child {{ overflow-wrap: anywhere }}
td + td, th + th {{ text-align: right; white-space: nowrap; padding-left: 1rem }}
tbody tr:hover {{ background: #8882 }}
a {{ text-decoration: none }}
</style>
</head>
<body>
<h1>{crumbs}</h1>
<form><input type="search" name="q" value="{q}" placeholder="{part}" aria-label="{search}">
<button>{search}</button>
<a href="?format=json">JSON</a>{zip}</form>
{upload}<table>
<thead><tr>{heads}</tr></thead>
<tbody>
{rows}</tbody>
</table>
</body>
</html>
"""
_UPLOAD = """<form method="post" enctype="multipart/form-data">
<input type="file" name="file" multiple required aria-label="{files}"> <button>{upload}</button></form>
"""


class Entry(NamedTuple):
    """One line of a listing: a name as the file system spells it, whether it is a folder, its size in bytes, and its
    time (1970).

    >>> Entry("图.png", False, 2048, 1e9).size
    2048
    """

    name: str
    folder: bool
    size: int
    modified: float


class View(NamedTuple):
    """How a listing is wanted: the column it is sorted by, which way, and what a name must contain.

    >>> View(sort="size", descending=True).contains
    ''
    """

    sort: str = "name"
    descending: bool = False
    contains: str = ""

    @classmethod
    def from_query(cls, fields: dict[str, str]) -> View:
        """Read a view from a query's fields; what it does not know is ignored.

        >>> View.from_query({"sort": "size", "order": "desc", "q": "图"}) == View("size", True, "图")
        True
        """
        sort = fields.get("sort", "")
        return cls(sort if sort in COLUMNS else "name", fields.get("order") == "desc", fields.get("q", ""))


def read_folder(root: Root, path: str = "") -> list[Entry]:
    """Return what is in a folder below `root` and may be served: files and folders; links where they lead to such.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with open(os.path.join(folder, "a.txt"), "wb") as file:
    ...         _ = file.write(b"hello")
    ...     [(entry.name, entry.size) for entry in read_folder(Root(folder))]
    [('a.txt', 5)]

    Raises: OSError where the folder cannot be read.
    """
    return [Entry(name, S_ISDIR(stat.st_mode), 0 if S_ISDIR(stat.st_mode) else stat.st_size, stat.st_mtime)
            for name, stat in yielding(root.entries(path))
            if "\\" not in name and (S_ISREG(stat.st_mode) or S_ISDIR(stat.st_mode))]


def yielding(items: Iterable[Item], every: int = 100) -> Iterator[Item]:
    """Yield the items, and let other threads run now and then: a loop that waits for the interpreter's lock gets it
    by itself only after 5 ms, each time.

    >>> list(yielding("abc", every=2))
    ['a', 'b', 'c']
    """
    for number, item in enumerate(items):
        if number % every == 0:
            time.sleep(0)
        yield item


def _read_entry(item: os.DirEntry[str], root: str) -> Entry | None:
    try:
        if item.is_symlink() and not os.path.join(os.path.realpath(item.path), "").startswith(os.path.join(root, "")):
            return None
        stat, folder = item.stat(), item.is_dir()
    except OSError:  # a link to nothing, or gone since
        return None
    return Entry(item.name, folder, 0 if folder else stat.st_size, stat.st_mtime) if folder or item.is_file() else None


def arrange(entries: list[Entry], view: View) -> list[Entry]:
    """Return the entries that a view shows, in its order, folders first.

    >>> entries = [Entry("b", False, 1, 0), Entry("A", False, 2, 0), Entry("z", True, 0, 0)]
    >>> [entry.name for entry in arrange(entries, View())], [entry.name for entry in arrange(entries, View("size"))]
    (['z', 'A', 'b'], ['z', 'b', 'A'])
    """
    wanted = view.contains.casefold()
    found = (entry for entry in yielding(entries) if wanted in entry.name.casefold())
    shown = sorted(found, key=lambda entry: f"{entry.name.casefold()}\0{entry.name}")
    column = {"size": lambda entry: entry.size, "time": lambda entry: entry.modified}.get(view.sort)
    if column:
        shown.sort(key=column, reverse=view.descending)
    elif view.descending:
        shown.reverse()
    return sorted(shown, key=lambda entry: not entry.folder)


def listing_json(entries: list[Entry]) -> bytes:
    """Return a listing as JSON: a list of objects with name, folder, size (bytes) and modified (seconds since 1970).

    >>> json.loads(listing_json([Entry("图.png", False, 3, 1.5)])) == [
    ...     {"name": "图.png", "folder": False, "size": 3, "modified": 1.5}]
    True
    """
    shown = ({**entry._asdict(), "name": _shown(entry.name)} for entry in yielding(entries))
    texts = [json.dumps(entry, ensure_ascii=False) for entry in shown]  # all at once would hold the interpreter's lock
    return f"[{', '.join(texts)}]".encode("utf-8")


def listing_html(names: list[str], entries: list[Entry], view: View = View(), *, zipped: bool = False,
                 upload: bool = False, chinese: bool = False) -> bytes:
    """Return a listing of the folder at `names` below the root as an HTML page in UTF-8; no name can break out of it.

    >>> page = listing_html(["<b>"], [Entry("a&b.txt", False, 2048, 0)]).decode("utf-8")
    >>> "<b>" in page, 'href="/%3Cb%3E/a%26b.txt">a&amp;b.txt</a>' in page, "2.0 KiB" in page
    (False, True, True)
    """
    def say(text: str) -> str:
        return _CHINESE[text] if chinese else text

    form = _UPLOAD.format(files=say("files to upload"), upload=say("Upload")) if upload else ""
    title = escape(_shown("/" + "".join(name + "/" for name in names)))
    return _PAGE.format(
        title=title, crumbs=_crumbs(names), q=escape(view.contains), part=say("part of a name"), search=say("Search"),
        zip=' <a href="?format=zip">ZIP</a>' if zipped else "",
        upload=form, heads="".join(_head(column, say(column), view) for column in COLUMNS),
        rows="".join([_row(names, entry) for entry in yielding(arrange(entries, view))]),
    ).encode("utf-8")


def _crumbs(names: list[str]) -> str:
    links = ['<a href="/">⌂</a>']
    for depth, name in enumerate(names, 1):
        links.append(f'<a href="{quote_path(names[:depth], folder=True)}">{escape(_shown(name))}</a>')
    return " / ".join(links)


def _head(column: str, title: str, view: View) -> str:
    here = column == view.sort
    query = {"sort": column, "order": "desc" if here and not view.descending else "asc", "q": view.contains}
    arrow = (" ▾" if view.descending else " ▴") if here else ""
    return f'<th><a href="?{escape(urlencode(query))}">{title}{arrow}</a></th>'


def _row(names: list[str], entry: Entry) -> str:
    href = quote_path([*names, entry.name], folder=entry.folder)
    size = "" if entry.folder else format_size(entry.size)
    when = time.strftime("%Y-%m-%d %H:%M", time.gmtime(max(0, entry.modified)))
    name = escape(_shown(entry.name)) + "/" * entry.folder
    return f'<tr><td><a href="{href}">{name}</a></td><td>{size}</td><td>{when} UTC</td></tr>\n'


def format_size(count: int) -> str:
    """Return a number of bytes for people.

    >>> format_size(999), format_size(1536), format_size(5 << 30)
    ('999 B', '1.5 KiB', '5.0 GiB')
    """
    if count < 1024:
        return f"{count} B"
    power = min((count.bit_length() - 1) // 10, 5)
    return f"{count / (1 << 10 * power):.1f} {' KMGTP'[power]}iB"


def escape(text: str) -> str:
    """Return text so that HTML shows it as it is, in an attribute too. The stdlib offers `html.escape`.

    >>> escape('<a href="x">&')
    '&lt;a href=&quot;x&quot;&gt;&amp;'
    """
    return text.translate({38: "&amp;", 60: "&lt;", 62: "&gt;", 34: "&quot;", 39: "&#39;"})


def _shown(name: str) -> str:
    """Return a file's name as text that lies about nothing: bytes that are no text, control characters and those that
    turn the direction of writing become U+FFFD."""
    text = name_as_text(name)
    return text if text.isprintable() else text.translate(CONTROLS)
