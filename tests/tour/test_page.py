"""The tour as a page: complete, escaped, self-contained, and in a real browser no wider than a phone."""
from __future__ import annotations

import html.parser
import io
import re
import subprocess
from urllib.parse import unquote

from netio import tour
from netio.tour import page

VOID = {"meta", "br", "hr", "img", "link", "input"}
CHROMIUM = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
            "--disable-background-networking", "--disable-component-update", "--hide-scrollbars"]
# What a visit may tell: marks of HTML, Chinese names, a word longer than any screen, a table, a picture.
TOLD = [
    ("chapter", "netio.files: <bytes> & more"), ("did", "Opened `a<b>.txt` and 照片.jpg."), ("ran", "y = '<b>'" * 99),
    ("saw", "x" * 3000),
    ("saw", "one    " * 60 + "\ntwo    " * 3), ("surprise", "长" * 300),
    ("picture", '<svg xmlns="http://www.w3.org/2000/svg" width="720" height="40" viewBox="0 0 720 40">'
                '<rect width="720" height="40" fill="white"/><g id="a"><text x="9" y="20">T</text></g></svg>'),
    ("chapter", "netio.tcp: a stream"), ("saw", "alone"), ("end", "Visited 2 of 2 chapters."),
]


class Outline(html.parser.HTMLParser):
    """Checks that every element is closed where it was opened, and keeps ids, links and what is loaded."""

    def __init__(self, text):
        super().__init__()
        self.open, self.ids, self.links, self.loaded, self.tags = [], [], [], [], []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        values = dict(attrs)
        self.ids += [values["id"]] if "id" in values else []
        self.links += [values["href"]] if "href" in values else []
        self.loaded += [values["src"]] if "src" in values else []
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, f"</{tag}> closes something else"


def check(text):
    """Check what holds for every page, and return its outline."""
    outline = Outline(text)
    assert not outline.loaded and not {"script", "link", "img"} & set(outline.tags)
    assert len(outline.ids) == len(set(outline.ids))
    assert {f"#{name}" for name in outline.ids} >= {link for link in outline.links if not link.endswith(".md")}
    assert "url(http" not in text and "@import" not in text
    return outline


def test_the_page_says_all_that_the_terminal_said(toured):
    lang, shown, text = toured
    outline = check(text)
    assert outline.ids[:1] == ["files"] and set(tour.CHAPTERS) <= set(outline.ids)
    assert f'lang="{"zh-CN" if lang == "zh" else "en"}"' in text and 'name="viewport"' in text
    assert outline.tags.count("svg") >= 4 and len(outline.tags) > 200
    plain = re.sub(r"\s", "", html.unescape(re.sub(r"<[^>]*>", "", text)))
    for line in re.findall(r"^  (?:learn|did|悟|做) +(.*)$", shown.stdout, re.M):
        assert re.sub(r"[\s`]", "", line) in plain.replace("`", ""), line


def test_what_was_told_is_escaped():
    outline = check(page.make_page(TOLD, "zh"))
    text = page.make_page(TOLD, "zh")
    assert "&lt;bytes&gt; &amp; more" in text and "<code>a&lt;b&gt;.txt</code>" in text and "照片.jpg" in text
    assert outline.tags.count("section") == 2 and outline.tags.count("article") == 2


def test_pictures_of_one_chapter_share_no_id(monkeypatch):
    svg = '<svg><title id="t">a</title><rect id="r"/><use href="#r"/></svg>'
    monkeypatch.setattr(page, "pictures_of", lambda chapter, lang: [svg, svg])
    assert len(check(page.make_page(TOLD)).ids) == 2 + 1 + 2 * 2 * 2


def test_a_missing_folder_is_said_before_anything_is_visited(run_script, tmp_path):
    shown = run_script("tour.py", "--html", tmp_path / "no" / "tour.html")
    assert shown.returncode == 2 and not shown.stdout
    assert shown.stderr == f"tour.py: no such folder: {tmp_path / 'no'}\n"


def test_one_chapter_as_a_page(run_script, tmp_path):
    (tmp_path / "tour.html").write_text("old", encoding="utf-8")
    assert run_script("tour.py", "--chapter", "packing", "--html", "tour.html").returncode == 0
    assert check((tmp_path / "tour.html").read_text(encoding="utf-8")).ids == ["packing"]
    assert [path.name for path in tmp_path.iterdir()] == ["tour.html"]


def test_no_browser_needs_to_scroll_sideways(toured, tool, tmp_path):
    (tmp_path / "toured.html").write_text(toured[2], encoding="utf-8")
    (tmp_path / "made.html").write_text(page.make_page(TOLD, toured[0]), encoding="utf-8")
    shown = [(name, width) for name in ("toured", "made") for width in (390, 1280)]
    # A headless window has a least width, so frames of the widths wanted show the pages; they say what they measured.
    frames = (f'<iframe src="{name}.html" style="width:{width}px;height:900px;border:0"></iframe>'
              for name, width in shown)
    (tmp_path / "frames.html").write_text(
        f'<body style="margin:0">{"".join(frames)}<script>onload = () => {{'
        'document.title = Array.from(document.querySelectorAll("iframe"), frame => {'
        'let page = frame.contentDocument.documentElement;'
        'return `${page.scrollWidth} ${page.clientWidth} ${page.scrollHeight > 900}` }) }</script>', encoding="utf-8")
    command = [tool("chromium"), *CHROMIUM, "--allow-file-access-from-files", f"--user-data-dir={tmp_path / 'profile'}",
               "--virtual-time-budget=5000", "--dump-dom", (tmp_path / "frames.html").as_uri()]
    dom = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=90).stdout
    title = re.search(r"<title>(.*?)</title>", dom)
    assert title and title[1].split(",") == [f"{width} {width} true" for _, width in shown], title and title[1]


def test_each_chapter_links_to_its_page(tmp_path):
    for lang, folder in (("en", tour._DOCS), ("zh", tour._DOCS / "zh")):
        guide = tour.Guide(io.StringIO(), lang)
        guide.chapter("tcp", "a stream", "字节流")
        link = re.search(r'<p class="page"><a href="([^"]+)"', guide.page(tmp_path))
        assert link
        if link[1].startswith("file:"):  # Windows: no path leads from one drive to another
            assert link[1] == (folder / "tcp.md").absolute().as_uri()
        else:
            assert (tmp_path / unquote(link[1])).resolve() == folder / "tcp.md"
    assert 'class="page"' not in page.make_page(guide.told, "zh")
