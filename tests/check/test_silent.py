"""Programs that are right, and only look like a mistake here and there, are passed over in silence; and quickly."""
from __future__ import annotations

import time
from pathlib import Path

import pytest

from netio.check import check_source

CHECKOUT = Path(__file__).resolve().parent.parent.parent
RIGHT = sorted((Path(__file__).parent / "right").glob("*.py"))
SCRIPTS = sorted(path for folder in ("scripts", "scripts/plain") for path in (CHECKOUT / folder).glob("*.py"))
# What these show is the mistake.
ON_PURPOSE = {("start_process.py", "child-changes-global"), ("start_thread.py", "exit-in-thread")}


@pytest.mark.parametrize("path", RIGHT + SCRIPTS, ids=lambda path: path.name)
def test_nothing_is_found(path):
    found = check_source(path.read_text(encoding="utf-8"), path.name)
    assert [item for item in found if (item.path, item.kind) not in ON_PURPOSE] == []


def test_it_is_linear():
    text = (Path(__file__).parent / "right" / "chat_threads.py").read_text(encoding="utf-8")
    body = "\n".join(text.replace("def handle(", f"def handle{n}(").replace("def main(", f"def main{n}(")
                     for n in range(20))
    start = time.process_time()
    check_source(body)
    assert time.process_time() - start < 5  # about 1,200 lines; a fraction of a second on an idle machine
