"""Listings: sorted, searched, escaped, and only what may be served."""

from __future__ import annotations

import html.parser
import json
import os
import re

import pytest

from netio.files import Root
from netio.http.static.listing import Entry, View, arrange, escape, format_size, listing_html, listing_json, read_folder
from netio.http.static.paths import is_hidden, split_path

ENTRIES = [
    Entry("b.txt", False, 10, 300.0),
    Entry("A.txt", False, 30, 100.0),
    Entry("dir", True, 0, 200.0),
    Entry("猫.png", False, 20, 400.0),
]


@pytest.mark.parametrize(
    "view, names",
    [
        (View(), ["dir", "A.txt", "b.txt", "猫.png"]),
        (View("name", True), ["dir", "猫.png", "b.txt", "A.txt"]),
        (View("size"), ["dir", "b.txt", "猫.png", "A.txt"]),
        (View("size", True), ["dir", "A.txt", "猫.png", "b.txt"]),
        (View("time"), ["dir", "A.txt", "b.txt", "猫.png"]),
        (View(contains="TXT"), ["A.txt", "b.txt"]),
        (View(contains="nothing"), []),
    ],
)
def test_order_and_search(view, names):
    assert [entry.name for entry in arrange(ENTRIES, view)] == names


def test_a_query_that_asks_for_nonsense_is_ignored():
    assert View.from_query({"sort": "__class__", "order": "x", "q": ""}) == View()


class Links(html.parser.HTMLParser):
    """Collects the links and the tags of a page."""

    def __init__(self, page):
        super().__init__()
        self.links, self.tags = [], set()
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.links += [value for name, value in attributes if name == "href"]


def test_no_name_breaks_out_of_the_page():
    names = [
        '"><script>alert(1)',
        "<img src=x>",
        "a'b\"c",
        "&amp;",
        "x?y#z",
        "100%",
        "javascript:alert(1)",
        "{title}",
        "新闻 1",
    ]
    page = listing_html(["<i>"], [Entry(name, False, 1, 0.0) for name in names], View(contains='"><script>')).decode()
    assert not {"script", "img", "i"} & Links(page).tags
    page = Links(listing_html(["<i>"], [Entry(name, False, 1, 0.0) for name in names]).decode())
    assert not {"script", "img", "i"} & page.tags
    files = [split_path(link, windows=False) for link in page.links if link.startswith("/") and not link.endswith("/")]
    assert sorted(files) == sorted(["<i>", name] for name in names)


def test_the_form_is_there_where_uploads_are(ask):
    assert b"multipart/form-data" not in listing_html([], []) and b"multipart/form-data" in listing_html(
        [], [], upload=True
    )
    assert b"format=zip" not in listing_html([], []) and b"format=zip" in listing_html([], [], zipped=True)


@pytest.mark.parametrize("languages, heads, detail", [
    ("zh-CN,zh;q=0.9,en;q=0.8", ["名称", "大小", "修改时间"], "没有这个文件。"),
    ("en-US,en;q=0.9,zh;q=0.5", ["name", "size", "time"], "no such file"),
    (None, ["name", "size", "time"], "no such file"),
])
def test_the_page_is_in_the_language_that_the_browser_prefers(ask, languages, heads, detail):
    fields = {"Accept-Language": languages} if languages else {}
    page = ask("/docs/", **fields)
    assert re.findall(r"<th><a[^>]*>(\S+?)(?: ▴)?</a>", page.body.decode()) == heads
    assert ("Vary", "Accept-Language") in page.headers
    assert f"<p>{detail}</p>" in ask("/none", **fields).body.decode()


def test_what_is_read_is_what_may_be_served(site):
    names = {entry.name for entry in read_folder(Root(site, hide=is_hidden))}
    assert ".hidden" not in names and "emptydir" in names and "中文 名.txt" in names
    assert ".hidden" in {entry.name for entry in read_folder(Root(site))}


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
def test_links_that_lead_out_or_nowhere_are_not_listed(site, tmp_path):
    root = os.path.realpath(site)
    for name, target in (("out", tmp_path), ("gone", "missing"), ("in", "docs"), ("loop", "loop")):
        os.symlink(target, os.path.join(root, name))
    names = {entry.name: entry.folder for entry in read_folder(Root(root))}
    assert not {"out", "gone", "loop"} & set(names) and names["in"] is True


@pytest.mark.skipif(os.name == "nt" or os.uname().sysname == "Darwin", reason="names are UTF-8 here")
def test_a_name_that_is_no_utf8_is_listed_and_its_link_works(ask, site):
    with open(os.path.join(os.fsencode(site / "docs"), b"caf\xe9.txt"), "wb") as file:
        file.write(b"found")
    links = [link for link in Links(ask("/docs/").body.decode()).links if "caf" in link]
    assert links == ["/docs/caf%E9.txt"] and ask(links[0]).body == b"found"
    assert "caf\ufffd.txt" in {
        entry["name"] for entry in json.loads(listing_json(read_folder(Root(site), "docs")))
    }


def test_an_empty_folder(ask):
    assert ask("/emptydir/").status == 200 and json.loads(ask("/emptydir/?format=json").body) == []


def test_searching_and_sorting_through_the_application(ask):
    page = ask("/docs/?q=READ&sort=size&order=desc").body.decode()
    assert "readme.md" in page and "deep" not in page.replace("?q", "") and 'value="READ"' in page


def test_sizes_and_escapes():
    assert [format_size(size) for size in (0, 1023, 1024, 1 << 20, 3 << 60)] == [
        "0 B",
        "1023 B",
        "1.0 KiB",
        "1.0 MiB",
        "3072.0 PiB",
    ]
    assert escape("<&>\"'") == html.escape("<&>\"'").replace("&#x27;", "&#39;")
