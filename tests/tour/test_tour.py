"""The main job of the README: the tour visits every chapter, in both languages, and says when a visit fails."""
from __future__ import annotations

import io
import sys
import types
import unicodedata


from netio import tour


def test_the_tour_visits_every_chapter(toured):
    lang, shown, _ = toured
    assert not shown.stderr
    parts = shown.stdout.split("\nnetio.")[1:]
    assert [part.partition(":")[0] for part in parts] == list(tour.CHAPTERS)
    for part in parts:
        for label in tour._LABELS[lang].values():
            assert f"\n  {label} " in part, f"{part.splitlines()[0]} has no step {label!r}"


def test_no_line_is_wider_than_a_terminal(toured):
    """80 columns, of which a Chinese character takes two."""
    wide = [line for line in toured[1].stdout.splitlines()
            if len(line) + sum(unicodedata.east_asian_width(char) in "WF" for char in line) > 80]
    assert wide == []


def test_one_chapter_alone(run_script):
    shown = run_script("tour.py", "--chapter", "packing")
    assert shown.returncode == 0 and "netio.packing" in shown.stdout and "netio.tcp:" not in shown.stdout


def test_an_unknown_chapter_is_refused(run_script):
    shown = run_script("tour.py", "--chapter", "nothing")
    assert shown.returncode == 2 and "Traceback" not in shown.stderr


def test_a_visit_that_fails_is_told_and_the_others_go_on(monkeypatch):
    def fail(guide):
        raise OSError("no such thing")

    monkeypatch.setitem(sys.modules, "netio.tour.bad", types.SimpleNamespace(visit=fail))
    good = types.SimpleNamespace(visit=lambda guide: guide.did("went on", "继续"))
    monkeypatch.setitem(sys.modules, "netio.tour.good", good)
    out = io.StringIO()
    assert tour.run(("bad", "good"), tour.Guide(out, "en")) == ["bad"]
    assert "FAILED: OSError: no such thing" in out.getvalue() and "went on" in out.getvalue()


def test_texts_of_several_lines_stay_in_their_column():
    out = io.StringIO()
    tour.Guide(out, "zh").surprise("one\ntwo", "one\ntwo")
    first, second = out.getvalue().splitlines()
    assert first.startswith("  悟") and second == " " * 10 + "two"


def _visit_something(guide):
    """Not shown: this text."""
    numbers = [3, 1]
    guide.did("sorted two numbers", "排序")
    numbers.sort()  # shown as it stands
    guide.saw(f"{numbers}, {len(numbers)}, the first {min(numbers)!r}, {numbers.index(3)}")
    guide.surprise("sort returns None", "返回 None")
    numbers = sorted(numbers)
    guide.saw("done")


def test_the_lines_that_were_run_are_shown_before_what_came_back():
    guide = tour.Guide(io.StringIO(), "en")
    _visit_something(guide)
    assert guide.told == [
        ("did", "sorted two numbers"),
        ("ran", "numbers = [3, 1]\nnumbers.sort()  # shown as it stands\nnumbers.index(3)"),
        ("saw", "[1, 3], 2, the first 1, 1"), ("surprise", "sort returns None"),
        ("ran", "numbers = sorted(numbers)"), ("saw", "done")]
