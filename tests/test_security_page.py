"""docs/security.md: each test that it names exists, each default is the code's, both languages have the same rows."""
from __future__ import annotations

import ast
import importlib
import inspect
import re
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
PAGES = ["docs/security.md", "docs/zh/security.md"]
CODE = re.compile(r"`([^`]+)`")
LIMIT = re.compile(r"`([\w.]+)(?:\((\w+)\))?` = `([^`]+)`")
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
NETWORK = ["packing", "tcp", "udp", "http", "ftp", "chat"]
# What makes more of what comes in than its bytes: code, or far more bytes.
DANGEROUS = {"pickle", "marshal", "shelve", "dill", "zlib", "gzip", "bz2", "lzma", "tarfile", "xml"}


def rows(page):
    """Return the cells of each row of each table, heads and rules left out."""
    lines = (CHECKOUT / page).read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines if line.startswith("| ")]
    return [row for row in cells if "tests/" in row[-1]]


def functions_of(path):
    tree = ast.parse((CHECKOUT / path).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def default_of(name, argument):
    """Return the value of a constant, or the default of a function's argument; names begin below netio."""
    module, _, last = f"netio.{name}".rpartition(".")
    found = getattr(importlib.import_module(module), last)
    return inspect.signature(found).parameters[argument].default if argument else found


def test_each_attack_has_a_limit_and_a_test():
    assert len(rows(PAGES[0])) > 40 and all(len(row) == 3 and all(row) for row in rows(PAGES[0]))


def test_each_test_exists():
    named = {}
    for row in rows(PAGES[0]):
        assert TEST.findall(row[2]), row
        for path, test in TEST.findall(row[2]):
            named.setdefault(path, set()).add(test)
    missing = {path: left for path, tests in named.items() if (left := tests - functions_of(path))}
    assert not missing and all(test.startswith("test_") for tests in named.values() for test in tests)


@pytest.mark.parametrize("name, argument, value", sorted({
    limit for row in rows(PAGES[0]) for limit in LIMIT.findall(row[1])}))
def test_each_limit_has_the_default_that_the_page_says(name, argument, value):
    assert repr(default_of(name, argument)) == value


def test_both_languages_have_the_same_rows():
    english, chinese = ([[CODE.findall(cell) for cell in row] for row in rows(page)] for page in PAGES)
    assert english == chinese
    assert not [row for row in rows(PAGES[1]) if not re.search(r"[\u4e00-\u9fff]", row[0])]


def test_what_comes_over_the_network_is_neither_unpickled_nor_unpacked():
    for chapter in NETWORK:
        for path in (CHECKOUT / "netio" / chapter).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                imported = ([node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else
                            [alias.name for alias in node.names] if isinstance(node, ast.Import) else [])
                assert not DANGEROUS.intersection(name.split(".")[0] for name in imported), f"{path}:{node.lineno}"
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("eval", "exec"):
                    assert path.name == "record.py", f"{path}:{node.lineno}"  # the annotations of a class
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                    assert node.func.attr not in ("extract", "extractall", "decompress"), f"{path}:{node.lineno}"
