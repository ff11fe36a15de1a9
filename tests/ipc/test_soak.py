"""What lives for minutes while those who use it are killed: run by `pytest --soak`."""
from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ..soaking import MALLOC, check_flat
from .soaking import KINDS

pytestmark = [pytest.mark.soak, pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="needs Linux's /proc")]


@pytest.mark.parametrize("kind", KINDS)
def test_while_users_are_killed_nothing_is_lost_or_wrong_and_nothing_piles_up(kind, request):
    seconds, seed = 60 * request.config.getoption("--soak-minutes"), request.config.getoption("--soak-seed")
    command = [sys.executable, "-m", "tests.ipc.soaking", kind, str(seconds), seed]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], env={**os.environ, **MALLOC}, stdout=subprocess.PIPE,
                          text=True)
    print("seed", seed, done.stdout, sep="\n")
    assert done.returncode == 0
    check_flat([json.loads(line) for line in done.stdout.splitlines()])
