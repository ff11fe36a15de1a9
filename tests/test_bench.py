"""The bench: its sums on made-up figures, its saved runs, charts and page, and that it runs."""
from __future__ import annotations

import itertools
import re
import subprocess
import sys
import time
import xml.etree.ElementTree
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(CHECKOUT / "scripts"))
try:
    from benches import chart, environments, harness, page, run, system
finally:
    sys.path.remove(str(CHECKOUT / "scripts"))

SAVED = CHECKOUT / "docs" / "performance.json"
NEWEST = CHECKOUT / "docs" / "performance-newest.json"  # of another Python, where one has been measured


def a_row(ours, theirs, reach=None, **more):
    return harness.Row("to <do>", "netio & us", "them", our_figures=ours, their_figures=theirs, reach=reach, **more)


@pytest.fixture
def a_run():
    rows = [a_row([1.0, 2.0], [4.0, 4.0], 2), a_row([2.0], [1.0], 0.9, load_share=0.99),
            a_row([1e-6], [5e-3]), a_row([], [], 3, skipped="them is not installed")]
    curves = [harness.Curve("cost", "connections", "flat", 0, [1, 10, 100], [2e-6, 2e-6, 2e-6]),
              harness.Curve("cost", "connections", "square", 1, [1, 10, 100], [1e-6, 1e-4, 1e-2])]
    subjects = {"one": harness.Subject("About one.", "A note.", rows), "two": harness.Subject(curves=curves)}
    return harness.Run({"python": "3", "date": "today", "cores": "2"}, {"nginx": "1.0"}, subjects)


def test_ratios_are_pairwise_and_the_median_counts():
    row = a_row([1.0, 2.0, 10.0], [4.0, 4.0, 10.0])
    assert row.ratios == [4.0, 2.0, 1.0] and row.ratio == 2.0


@pytest.mark.parametrize("reach, missed", [(None, False), (1.9, False), (2, False), (2.1, True)])
def test_a_target_is_missed_below_it_only(reach, missed):
    assert a_row([1.0], [2.0], reach).missed is missed


def test_what_was_skipped_has_missed_nothing():
    assert not a_row([], [], 2, skipped="not here").missed


@pytest.mark.parametrize("settings, turns", [(harness.Settings(3), 4), (harness.Settings(3, quick=True), 2)])
def test_ours_and_theirs_take_turns_after_a_warm_up(settings, turns):
    called, clock = [], itertools.count(1)

    def side(name):
        return lambda: called.append(name) or float(next(clock))

    row = harness.compare("x", side("ours"), side("theirs"), settings, names=("a", "b"))
    assert called == ["ours", "theirs"] * turns
    assert row.our_figures == [float(2 * turn + 1) for turn in range(1, turns)]
    assert row.load_share is None


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux alone says what another process has used")
def test_the_processor_time_of_another_process_is_that_of_all_its_threads():
    code = ("import threading, time; work = threading.Thread(target=sum, args=[range(10**6)])\n"
            "work.start(); work.join(); print(time.process_time(), flush=True); input()")
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        at_least = float(process.stdout.readline())
        assert at_least <= system.cpu_seconds(process.pid) < at_least + 1
        process.communicate()


@pytest.mark.skipif(sys.platform == "win32", reason="loads are measured on POSIX only")
def test_a_load_generator_says_how_busy_it_was():
    def load(code):
        harness.run_load([sys.executable, "-I", "-S", "-c", code], check=True)
        return 1.0

    busy = harness.compare("x", lambda: load("sum(range(10**6))"), lambda: 1.0, harness.Settings(1), names=("a", "b"))
    idle = harness.compare("x", lambda: load("import time; time.sleep(0.3)"), lambda: 1.0, harness.Settings(1),
                           names=("a", "b"))
    assert 0 < idle.load_share < busy.load_share < 1.5


@pytest.mark.parametrize("power", [0, 0.5, 1, 2])
def test_an_exponent_is_found(power):
    sizes = [1, 10, 100, 1000]
    curve = harness.Curve("x", "n", "us", 1, sizes, [3e-6 * size ** power for size in sizes])
    assert curve.exponent == pytest.approx(power)
    assert curve.missed is (power > 1)


def test_a_curve_keeps_the_least_of_its_rounds():
    figures = iter([5.0, 3.0, 9.0, 7.0])
    curve = harness.grow(harness.Curve("x", "n", "us", 0), lambda size: next(figures), [1, 2], harness.Settings(5))
    assert (curve.sizes, curve.figures) == ([1, 2], [3.0, 7.0])


def test_a_saved_run_comes_back(a_run):
    assert harness.read_json(harness.to_json(a_run)) == a_run


@pytest.mark.parametrize("text", [
    "", "[]", "{}", '{"subjects": {"x": {}}}', '{"subjects": {"x": {"rows": [{"a": 1}]}}}',
])
def test_what_is_no_saved_run_is_refused(text):
    with pytest.raises(ValueError):
        harness.read_json(text)


def test_the_charts_are_whole_and_show_every_figure(a_run, tmp_path):
    ratios, growth = chart.write_charts(a_run, tmp_path / "x.svg")
    assert (ratios.name, growth.name) == ("x.svg", "x-growth.svg")
    words = [text.text for text in xml.etree.ElementTree.parse(ratios).iter("{http://www.w3.org/2000/svg}text")]
    assert words.count("to <do>") == 3 and "netio & us beside them" in words
    assert {"3.0×  of 2", "0.50×  of 0.9", "5,000×"} <= set(words)
    words = [text.text for text in xml.etree.ElementTree.parse(growth).iter("{http://www.w3.org/2000/svg}text")]
    assert {"flat", "square", "connections", "cost"} <= set(words)


def test_everything_drawn_is_inside_the_picture(a_run, tmp_path):
    for path in chart.write_charts(a_run, tmp_path / "x.svg"):
        picture = xml.etree.ElementTree.parse(path).getroot()
        width, height = map(float, picture.attrib["viewBox"].split()[2:])
        for shape in picture.iter():
            for key in ("x", "cx", "x1", "y", "cy", "y2"):
                assert 0 <= float(shape.attrib.get(key, 0)) <= (width if "x" in key else height), shape.attrib


def test_only_growth_is_drawn_where_there_are_no_ratios(a_run, tmp_path):
    del a_run.subjects["one"]
    assert chart.write_charts(a_run, tmp_path / "x.svg") == [tmp_path / "x.svg"]


def test_scales_and_ticks():
    assert chart.ticks(0.3, 40) == [0.5, 1, 2, 5, 10, 20]
    assert chart.ticks(1, 10_000) == [1, 10, 100, 1000, 10_000]
    place = chart.log_scale(1, 100, 0, 200)
    assert [place(value) for value in (1, 10, 100)] == pytest.approx([0, 100, 200])
    assert chart.spread_out([10, 50, 12], 14) == [10, 50, 24]


def test_the_page_says_what_was_reached_missed_and_skipped(a_run):
    text = page.page(a_run, ["x.svg"])
    for said in (
        "Targets reached: **1 of 2**", "Missed, one: to <do>, netio & us beside them: 0.50 of 0.9 (56% of",
        "Not measured, one: to <do> (them): them is not installed.", "It may have been the bottleneck",
        "Costs that grow no faster than they must: **1 of 2**", "About one.", "A note.",
        "| nginx | 1.0 |", "| rounds | 1 to 2 |", "Steeper than it should be: cost, square: size^2.00, not 1.",
        "![ratios and targets](x.svg)",
    ):
        assert said in text


def test_the_page_has_what_another_python_reached_beside_it(a_run):
    rows = [a_row([1.0], [1.5], 2), a_row([], [], 3, skipped="only with --peers"), harness.Row(
        "something | new", "netio", "them", our_figures=[1.0], their_figures=[7.0], reach=1)]
    also = harness.Run({"python": "4", "date": "later"}, {"nginx": "2.0"}, {"one": harness.Subject(rows=rows)})
    text = page.page(a_run, [], also)
    for said in (
        "## The same on 4", "ran on 4. Targets reached: **1 of 2**.", "| ratio on 3 | on 4 |", "| nginx | 2.0 |",
        "| one | to <do> | netio & us | them | 5,000 | **1.50** | 1.50–1.50 | 2 | missed |",
        "| one | something \\| new | netio | them |  | **7.0** | 7.0–7.0 | 1 | reached |", "| date | later |",
    ):
        assert said in text
    assert "only with --peers" not in text and "The same on" not in page.page(a_run, [])


def test_the_table_names_what_is_skipped_and_marks_what_is_missed(a_run, capsys):
    harness.print_all(a_run.subjects["one"].rows + a_run.subjects["two"].curves)
    printed = capsys.readouterr().out
    assert "skipped: them is not installed" in printed and "0.9 !" in printed and "99%" in printed
    assert "grows as size^2.00 ! more than 1" in printed


def test_a_subject_that_fails_is_named_and_the_others_go_on(monkeypatch, tmp_path, capsys):
    class Broken:
        """Breaks."""

        @staticmethod
        def rows(settings):
            yield a_row([1.0], [2.0])
            raise ValueError("sends other bytes")

    class Sound:
        """Works."""

        @staticmethod
        def rows(settings):
            yield a_row([1.0], [2.0])

    monkeypatch.setattr(run.importlib, "import_module", {"benches.broken": Broken, "benches.sound": Sound}.get)
    monkeypatch.setattr(run, "versions", lambda settings: {})
    measured, failed = run.measure(["broken", "sound"], harness.Settings(1), tmp_path / "run.json")
    assert failed and "other bytes" in capsys.readouterr().err
    assert "other bytes" in measured.subjects["broken"].rows[-1].skipped and len(measured.subjects["broken"].rows) == 2
    assert harness.read_json((tmp_path / "run.json").read_text(encoding="utf-8")) == measured
    assert not measured.subjects["sound"].rows[0].skipped


def test_one_subject_is_measured_anew_and_the_others_are_kept(monkeypatch, a_run):
    class One:
        """One."""

        @staticmethod
        def rows(settings):
            yield a_row([1.0], [7.0])

    kept = list(a_run.subjects["two"].curves)
    monkeypatch.setattr(run.importlib, "import_module", {"benches.one": One}.get)
    monkeypatch.setattr(run, "versions", lambda settings: {"wrk": "4"})
    measured, _ = run.measure(["one"], harness.Settings(1), None, a_run)
    assert [row.ratio for row in measured.subjects["one"].rows] == [7.0]
    assert measured.subjects["one"].measured == f"Measured on {time.strftime('%Y-%m-%d')}; load before: " + (
        f"{measured.machine['load before']}.") and measured.subjects["one"].measured in page.page(measured, [])
    assert measured.subjects["two"].curves == kept and measured.versions == {"nginx": "1.0", "wrk": "4"}


def test_a_tool_that_is_missing_is_said_to_be(monkeypatch):
    monkeypatch.setattr(environments, "find", lambda name: "")
    assert set(environments.tool_versions().values()) == {"not installed"}


def test_peers_are_not_installed_unasked(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert environments.peer_versions() == {} and not any(tmp_path.iterdir())


def test_every_subject_is_found():
    assert {"echo", "files", "framing", "growth", "http", "http-cold", "import", "ipc"} <= set(run.subjects())
    assert not {"harness", "chart", "page", "run", "environments"} & set(run.subjects())


def test_it_runs(run_script, tmp_path):
    asked = ["import"] if sys.platform == "win32" else ["import", "framing"]  # starts are slow
    done = run_script("bench.py", "--quick", *asked, "--json", "run.json", "--report", "page.md")
    assert done.returncode == 0, done.stderr
    saved = harness.read_json((tmp_path / "run.json").read_text(encoding="utf-8"))
    assert list(saved.subjects) == asked
    for row in itertools.chain(*(subject.rows for subject in saved.subjects.values())):
        assert (row.skipped == "only with --peers") if row.skipped else row.ratio > 0
        assert row.what in done.stdout
    assert {path.name for path in tmp_path.iterdir()} == {"run.json", "page.md", "page.svg"}
    assert run_script("bench.py", "--from", "run.json", "--report", "again.md").returncode == 0
    assert (tmp_path / "again.svg").read_bytes() == (tmp_path / "page.svg").read_bytes()


def test_an_unknown_subject_is_one_line(run_script):
    done = run_script("bench.py", "speed")
    assert done.returncode == 2 and "no such subject: speed" in done.stderr and "Traceback" not in done.stderr


def test_the_page_is_what_the_bench_makes_of_the_saved_run(tmp_path):
    measured = harness.read_json(SAVED.read_text(encoding="utf-8"))
    also = harness.read_json(NEWEST.read_text(encoding="utf-8")) if NEWEST.exists() else None
    page.write_page(measured, tmp_path / "performance.md", also)
    assert {path.name for path in tmp_path.iterdir()} == {"performance.md", "performance.svg", "performance-growth.svg"}
    for path in tmp_path.iterdir():
        assert path.read_text(encoding="utf-8") == (SAVED.parent / path.name).read_text(encoding="utf-8"), path.name


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_no_speed_is_told_that_was_not_measured(name):
    sections = (CHECKOUT / name).read_text(encoding="utf-8").split("\n## ")
    speed = next(section for section in sections if "scripts/bench.py" in section)
    assert "docs/performance.md" in speed
    told = set(re.findall(r"\d[\d.,]*(?=\s?(?:×|x\b|times|倍))", speed))
    assert told <= set(re.findall(r"\d[\d.,]*\d|\d", (SAVED.parent / "performance.md").read_text(encoding="utf-8")))
