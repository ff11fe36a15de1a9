"""Prove that the course notes err where docs/errata.md says so: run their way, then the right one, and show what came.

    python3 scripts/prove_errata.py                  all of them
    python3 scripts/prove_errata.py 12 28            these two
    python3 scripts/prove_errata.py --turned 12      turn the claim round: now the proof must fail
    NETIO_LANG=zh python3 scripts/prove_errata.py    in Chinese (中文)
    $env:NETIO_LANG="zh"; py scripts/prove_errata.py    the same in PowerShell
    set NETIO_LANG=zh&& py scripts/prove_errata.py      the same in cmd

Needs no pytest. Ends with status 1 if one could not be proved.
"""
from __future__ import annotations

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -P does not look here
import _prelude

import _errata
import _turned
from chinese.results import RESULTS

from netio import _chinese_errors

WORDS = {
    "en": {"said": "the notes say", "notes": "what came of it", "netio": "the right way", "true": "why",
           "skipped": "not on this system", "failed": "NOT PROVED",
           "sum": "{} proved, {} not possible on this system, {} not proved",
           "turned": "the claim turned round: the proof fails, as it must",
           "weak": "the claim turned round, and the proof still holds: it proves nothing"},
    "zh": {"said": "笔记说", "notes": "照做的结果", "netio": "正确的做法", "true": "为什么",
           "skipped": "本系统上没有", "failed": "未能证明",
           "sum": "已证明 {} 条，本系统上无法进行 {} 条，未能证明 {} 条",
           "turned": "把说法反过来，证明就不成立，正应如此",
           "weak": "把说法反过来，证明仍然成立：它什么也没证明"},
}


def prove(erratum: _errata.Erratum, words: dict[str, str]) -> str:
    """Run all proofs of one erratum and show them; return 'proved', 'skipped' or 'failed'."""
    _show(words["said"], erratum.said)
    outcomes = []
    for file, name in erratum.proofs:
        try:
            for whose, text in _errata.run_proof(file, name):
                _show(words[whose], _result(text))
            outcomes.append("proved")
        except _errata.Skipped as reason:
            _show(words["skipped"], _result(str(reason)))
            outcomes.append("skipped")
        except Exception as error:  # whatever a proof may raise is the finding
            _show(words["failed"], f"{file}::{name}: {type(error).__name__}: {error}")
            outcomes.append("failed")
    return next((outcome for outcome in ("failed", "proved") if outcome in outcomes), "skipped")


def _result(text: str) -> str:
    """Return what a proof has printed, in the reader's language."""
    translated = _chinese_errors.fill_in(text, RESULTS, _chinese_errors.TEXTS) if _prelude.language() == "zh" else None
    return translated or text


def _show(label: str, text: object) -> None:
    print("  " + _prelude.say("{}: {}", label, text), flush=True)


def prove_turned(erratum: _errata.Erratum, words: dict[str, str]) -> str:
    """Run all proofs of one erratum with their claims turned round; return 'proved' if each fails."""
    outcomes = []
    for file, name in erratum.proofs:
        try:
            _errata.run_proof(file, name, _turned.TURNED[name])
            outcomes.append("failed")
            print(f"  {words['weak']}: {name}")
        except _errata.Skipped as reason:
            outcomes.append("skipped")
            print(f"  {words['skipped']}: {_result(str(reason))}")
        except (NameError, SyntaxError, _errata.Unturned) as error:  # a slip in the turning
            outcomes.append("failed")
            print(f"  {words['failed']}: {file}::{name}: {type(error).__name__}: {error}")
        except (Exception, SystemExit) as error:
            outcomes.append("proved")
            print(f"  {words['turned']}: {type(error).__name__}")
    return next((outcome for outcome in ("failed", "proved") if outcome in outcomes), "skipped")


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    options.add_argument("numbers", metavar="N", type=int, nargs="*", help="the erratum's number (default: all)")
    options.add_argument("--turned", action="store_true", help="turn each claim round: its proof must fail")
    arguments = options.parse_args(argv)
    chosen = arguments.numbers
    if not __debug__:
        raise _prelude.Refusal(_prelude.say("proofs are assertions, which python -O leaves out"))
    language = _prelude.language()
    errata = _errata.read_page()
    if unknown := set(chosen) - {erratum.number for erratum in errata}:
        raise _prelude.Refusal(_prelude.say("no such erratum: {}", ", ".join(map(str, sorted(unknown)))))
    outcomes = []
    for erratum in errata:
        if not chosen or erratum.number in chosen:
            title, true = (erratum.title_zh, erratum.true_zh) if language == "zh" else (erratum.title, erratum.true)
            print(f"\n{erratum.number}. {title}", flush=True)
            outcomes.append((prove_turned if arguments.turned else prove)(erratum, WORDS[language]))
            _show(WORDS[language]["true"], true)
    counts = [outcomes.count(outcome) for outcome in ("proved", "skipped", "failed")]
    print("\n" + WORDS[language]["sum"].format(*counts))
    return 1 if counts[2] else 0


if __name__ == "__main__":
    _prelude.run(main)
