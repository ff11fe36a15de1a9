"""Tests in random order, to find those that need another one before them, or spoil it: a plugin for pytest.

    python3 -m pytest -p tests.shuffled tests/tcp                   prints the seed of its order
    python3 -m pytest -p tests.shuffled --order-seed 5 tests/tcp    the same order again
"""
from __future__ import annotations

import random
import time

import pytest


def pytest_addoption(parser):
    parser.addoption("--order-seed", default=str(time.time_ns()), help="the seed that an earlier run has printed")


def pytest_report_header(config):
    return f"random order: --order-seed {config.getoption('--order-seed')}"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    random.Random(config.getoption("--order-seed")).shuffle(items)
