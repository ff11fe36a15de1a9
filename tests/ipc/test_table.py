"""The table of mechanisms in the chapter's docstring: it names what there is, and rows that the bench prints."""
from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from netio import ipc

pytestmark = pytest.mark.skipif(sys.flags.optimize > 1, reason="-OO leaves docstrings out")
BENCHES = Path(__file__).parents[2] / "scripts" / "benches"


def table():
    lines = [re.split(r" {2,}", line.strip()) for line in ipc.__doc__.splitlines() if line.startswith("    ")]
    return lines[0], [dict(zip(lines[0], cells)) for cells in lines[1:]]


def test_every_cell_is_filled_and_every_mechanism_exists():
    head, rows = table()
    assert head == ["mechanism", "carries", "direction", "between", "persistent", "platforms", "row of bench.py ipc"]
    assert len(rows) > 10 and all(len(row) == len(head) for row in rows)
    assert {name for row in rows for name in row["mechanism"].split(", ")} <= set(ipc.__all__)


def test_the_rows_named_are_rows_of_the_bench():
    source = "".join((BENCHES / name).read_text(encoding="utf-8") for name in ("ipc.py", "ipc_steps.py"))
    for row in table()[1]:
        assert re.search(f'"[^"\n]*{row["row of bench.py ipc"]}[^"\n]*"', source), row
