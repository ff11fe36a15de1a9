"""A whole tour, once in each language, for all tests of it."""
from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="session", params=["en", "zh"])
def toured(request, tmp_path_factory):
    """(language, the ended `tour.py --html`, its page) of a tour as a reader takes it."""
    folder = tmp_path_factory.mktemp("tour")
    environment = {**os.environ, "PYTHONUTF8": "1", "NETIO_LANG": request.param}
    shown = subprocess.run([sys.executable, str(CHECKOUT / "scripts" / "tour.py"), "--html", "游览.html"], cwd=folder,
                           capture_output=True, text=True, encoding="utf-8", timeout=90, env=environment)
    assert shown.returncode == 0, shown.stdout[-2000:] + shown.stderr
    return request.param, shown, (folder / "游览.html").read_text(encoding="utf-8")
