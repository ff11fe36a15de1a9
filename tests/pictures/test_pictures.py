"""Every picture, in both languages: well-formed, titled, nothing cut; the files in docs are what the script draws."""
from __future__ import annotations

import re
from pathlib import Path

import pytest

import netio
from netio import concurrency, pictures
from netio.pictures import files

from .reading import SVG, Picture

CHECKOUT = Path(__file__).resolve().parent.parent.parent
FOLDER = CHECKOUT / "docs" / "pictures"
PAGE = CHECKOUT / "docs" / "pictures.md"
ENDS = {"en": ".svg", "zh": ".zh.svg"}
BOTH = [(name, lang) for name in pictures.PICTURES for lang in ENDS]
STABLE = [(name, lang) for name, lang in BOTH if pictures.PICTURES[name].stable]
CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.mark.parametrize("name, lang", BOTH)
def test_a_picture_is_well_formed_and_says_what_it_shows(name, lang):
    asked = pictures.PICTURES[name]
    picture = Picture(asked.draw(lang))
    assert picture.child("title").text == asked.title(lang) == picture.texts[0].words
    assert picture.child("desc").text == asked.summary(lang) and asked.summary(lang)[-1] in ".。"
    assert picture.root.get("role") == "img" and picture.root.get("lang")[:2] == lang
    assert picture.root.get("width") is picture.root.get("height") is None, "it fills the page that shows it"
    assert not [node for node in picture.root.iter() if node.get("id")], "two pictures in one page would share it"
    assert not {node.tag for node in picture.root.iter()} - {
        SVG + tag for tag in ("svg", "title", "desc", "style", "rect", "text", "path")}, "nothing that loads or runs"


@pytest.mark.parametrize("name, lang", BOTH)
def test_no_text_is_cut_and_none_lies_on_another(name, lang):
    picture = Picture(pictures.draw(name, lang))
    for text in picture.texts:
        assert 0 <= text.left and text.right <= picture.width and 12 < text.y < picture.height - 4, text
    for number, one in enumerate(picture.texts):
        for other in picture.texts[number + 1:]:
            if abs(one.y - other.y) < 9:
                assert one.right <= other.left or other.right <= one.left, (one.words, other.words)


@pytest.mark.parametrize("name", pictures.PICTURES)
def test_the_chinese_picture_speaks_chinese(name):
    english, chinese = (Picture(pictures.draw(name, lang)).words for lang in ("en", "zh"))
    assert len(CHINESE.findall(chinese)) > 20 and english != chinese
    if name != "chat-flow":  # whose messages are Chinese for everybody
        assert len(CHINESE.findall(english)) <= 4


@pytest.mark.parametrize("name, lang", STABLE)
def test_the_file_in_docs_is_what_is_drawn(name, lang):
    assert (FOLDER / (name + ENDS[lang])).read_text(encoding="utf-8") == pictures.draw(name, lang)


@pytest.mark.parametrize("name, lang", sorted(set(BOTH) - set(STABLE)))
def test_a_picture_that_varies_is_in_docs_with_the_same_words(name, lang):
    if name == "sparse-file" and "hole" not in {part.kind for part in files.run_sparse()[2]}:
        pytest.skip("this system or its file system lists no holes")
    if name == "gil" and not concurrency.is_gil_enabled():
        pytest.skip("this Python has no GIL, and the picture says so")

    def shape(svg):
        picture = Picture(svg)
        return {re.sub(r"\d", "0", text.words) for text in picture.texts if not re.search(r"\d", text.words)}

    assert shape((FOLDER / (name + ENDS[lang])).read_text(encoding="utf-8")) == shape(pictures.draw(name, lang))


def test_docs_has_these_pictures_and_no_others():
    assert {path.name for path in FOLDER.iterdir()} == {name + ENDS[lang] for name, lang in BOTH}


def test_every_picture_belongs_to_a_chapter_and_every_chapter_has_one():
    chapters = [picture.chapter for picture in pictures.PICTURES.values()]
    assert list(dict.fromkeys(chapters)) == list(netio.__all__)


def test_the_page_is_what_the_script_writes():
    assert PAGE.read_text(encoding="utf-8") == pictures.format_page()


def test_an_unknown_picture_or_language_is_refused():
    with pytest.raises(LookupError, match="there is no picture 'cat'; there are file-buffer, "):
        pictures.draw("cat")
    with pytest.raises(ValueError, match="not 'fr'"):
        pictures.draw("layers", "fr")


def test_the_script_draws_what_it_is_asked_for(run_script, tmp_path):
    shown = run_script("draw_pictures.py", "layers", "tcp-flow", "--lang", "zh", "--to", "here/svg",
                       "--page", "here/p.md")
    assert shown.returncode == 0, shown.stderr
    assert sorted(path.name for path in (tmp_path / "here" / "svg").iterdir()) == ["layers.zh.svg", "tcp-flow.zh.svg"]
    drawn = (tmp_path / "here" / "svg" / "layers.zh.svg").read_text(encoding="utf-8")
    assert drawn == pictures.draw("layers", "zh")
    assert 'src="svg/layers.zh.svg"' in (tmp_path / "here" / "p.md").read_text(encoding="utf-8")


def test_the_script_lists_all(run_script):
    shown = run_script("draw_pictures.py", "--list")
    assert [line.split()[0] for line in shown.stdout.splitlines()] == list(pictures.PICTURES)


def test_the_script_refuses_an_unknown_name(run_script, tmp_path):
    shown = run_script("draw_pictures.py", "cat", "--to", tmp_path / "here")
    assert shown.returncode == 2 and "no such picture: cat" in shown.stderr and "Traceback" not in shown.stderr
