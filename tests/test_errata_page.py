"""docs/errata.md, the tests that prove it and the script that runs them: none can drift from the others."""
from __future__ import annotations

import ast
import os
import re
import sys
from pathlib import Path

import pytest

from .notes_headings import HEADINGS

CHECKOUT = Path(__file__).resolve().parent.parent
sys.path.append(str(CHECKOUT / "scripts"))  # behind all else: nothing there has the name of a library's module

import _errata  # noqa: E402
import _turned  # noqa: E402
from chinese.results import RESULTS  # noqa: E402

ERRATA = _errata.read_page()
CHINESE = re.compile(r"[\u4e00-\u9fff]")
MODULES = sorted((CHECKOUT / "tests").glob("*/test_errata.py"))


def proofs():
    for path in MODULES:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                yield path, node


def test_every_number_stands_once():
    numbers = [erratum.number for erratum in ERRATA]
    assert len(numbers) == len(set(numbers)) > 70 and set(range(1, 46)) <= set(numbers)


def test_every_entry_has_its_proofs_and_every_proof_its_entry():
    assert {erratum.number: sorted(erratum.proofs) for erratum in ERRATA} == {
        number: sorted(found) for number, found in _errata.find_proofs().items()
    }


def test_the_headings_are_the_notes_in_their_order():
    headings = [text for _, text in HEADINGS]
    place = 0
    for heading in dict.fromkeys(erratum.heading for erratum in ERRATA):
        place = headings.index(heading.rpartition(" › ")[2], place) + 1


@pytest.mark.parametrize("erratum", ERRATA, ids=lambda erratum: str(erratum.number))
def test_both_languages_say_it(erratum):
    for english, chinese in ((erratum.title, erratum.title_zh), (erratum.true, erratum.true_zh)):
        assert len(CHINESE.findall(english)) < len(english) / 10 < len(english), "English"
        assert CHINESE.search(chinese), "Chinese"
    assert erratum.said and erratum.source and erratum.proofs


def test_every_test_has_a_number():
    assert [node.name for _, node in proofs() if not re.match(r"test_\d\d+_", node.name)] == []


def test_every_proof_shows_what_came_of_both_ways():
    for path, node in proofs():
        said = {call.args[0].value for call in ast.walk(node) if isinstance(call, ast.Call)
                and ast.unparse(call.func) == "print" and call.args and isinstance(call.args[0], ast.Constant)}
        assert {"notes:", "netio:"} <= said, f"{path}: {node.name}"


def test_the_proofs_use_no_more_of_pytest_than_the_script_knows():
    known = {*vars(_errata._StandIn), *(f"mark.{name}" for name in vars(_errata._StandIn.mark))}
    used = set()
    for path in MODULES:
        used |= set(re.findall(r"pytest\.((?:mark\.)?\w+)", path.read_text(encoding="utf-8")))
    assert used <= known | {"mark"}


def test_the_script_proves(run_script):
    shown = run_script("prove_errata.py", 12, 13, 65)
    assert shown.returncode == 0 and not shown.stderr, shown.stderr
    assert "3 proved, 0 not possible on this system, 0 not proved" in shown.stdout
    lines = r"12\. .*\n  the notes say: .*\n  what came of it: send\(.*took \d+\n  the right way: .*\n  why: "
    assert re.search(lines, shown.stdout)


def test_the_script_speaks_chinese(run_script):
    shown = run_script("prove_errata.py", 69, env={"NETIO_LANG": "zh"})
    assert shown.returncode == 0 and "应写 True" in shown.stdout and "已证明 1 条" in shown.stdout


def test_every_proof_is_turned():
    assert set(_turned.TURNED) == {node.name for _, node in proofs()}


@pytest.mark.sample(4)
@pytest.mark.parametrize("part", range(4))
@pytest.mark.skipif(os.name != "posix", reason="on Windows some of the proofs hold back")
def test_every_proof_fails_when_its_claim_is_turned_round(part, run_script):
    numbers = sorted({int(node.name.split("_")[1]) for _, node in proofs()})
    shown = run_script("prove_errata.py", "--turned", *numbers[part::4], timeout=300)
    weak = [line for line in shown.stdout.splitlines() if "it proves nothing" in line or "NOT PROVED" in line]
    assert shown.returncode == 0 and not weak, weak


def printed():
    """Return what the proofs print, and why they are skipped, with {} for each value."""
    for _, node in proofs():
        for call in ast.walk(node):
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "print" and call.args[1:] and ast.unparse(
                    call.args[0]) in ("'notes:'", "'netio:'"):
                yield " ".join(map(template, call.args[1:]))
            elif isinstance(call, ast.keyword) and call.arg == "reason":
                yield template(call.value)
            elif isinstance(call, ast.Call) and ast.unparse(call.func) == "pytest.skip":
                yield template(call.args[0])


def template(node):
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return str(node.value) if isinstance(node, ast.Constant) else "{}"


def test_what_the_proofs_print_is_translated():
    said = {*printed(), "no fork here"}  # what needs_fork says
    prose = {text for text in said if re.search(r"[a-z]{2,} [a-z]{2,}", text) and not re.match(r"\w+Error: ", text)}
    assert prose <= set(RESULTS), prose - set(RESULTS)
    assert set(RESULTS) <= said, set(RESULTS) - said


def test_a_number_that_is_none(run_script):
    shown = run_script("prove_errata.py", 12, 9999)
    assert (shown.returncode, shown.stderr) == (2, "prove_errata.py: no such erratum: 9999\n")


@pytest.mark.parametrize("error, status, word", [(AssertionError("1 == 2"), 1, "NOT PROVED"),
                                                 (_errata.Skipped("no fork"), 0, "not on this system: no fork")])
def test_the_script_says_what_is_not_proved(monkeypatch, capsys, error, status, word):
    import prove_errata

    def fail(file, name):
        raise error

    monkeypatch.setattr(_errata, "run_proof", fail)
    assert prove_errata.main(["12"]) == status and word in capsys.readouterr().out


@pytest.mark.soak
def test_the_script_proves_all(run_script):
    shown = run_script("prove_errata.py", timeout=300)
    assert shown.returncode == 0 and " 0 not proved" in shown.stdout, shown.stdout
