"""Promise 1: every public name copies: imported in a clean interpreter without netio, its examples run there.

Of the names every third is tried, of the further ones of modules every 24th; all the first and every eighth with
--thorough, each with --soak: .ci/run does that once.
"""
from __future__ import annotations

import ast
import builtins
import json
import subprocess
import sys

import pytest

import netio
from netio.reference import copy, module_names, public_names, resolve, vendoring
from netio.reference.sources import load

# Runs in the clean interpreter: imports each snippet of the folder and runs the examples of the object it was made for.
RUNNER = """
import doctest, importlib, json, sys
folder, names = sys.argv[1], json.loads(sys.argv[2])
sys.path.insert(0, folder)
try:
    import netio
except ImportError:
    pass
else:
    sys.exit("netio can be imported: this proves nothing")
if __name__ == "__main__":
    failed = []
    for module_name, name in names:
        try:
            module = importlib.import_module(module_name)
            value = getattr(module, name)
            runner = doctest.DocTestRunner()
            tests = doctest.DocTestFinder().find(value, name, module=module) if callable(value) else []
            for test in tests:
                runner.run(test)
            if runner.failures:
                failed.append(f"{name}: {runner.failures} fail")
        except Exception as error:
            failed.append(f"{name}: {type(error).__name__}: {error}")
    print("\\n".join(failed))
    sys.exit(bool(failed))
"""


def unknown_types(source):
    """Return the names in annotations that nothing in a snippet binds."""
    nodes = list(ast.walk(ast.parse(source)))
    bound = {node.name for node in nodes if isinstance(node, (ast.FunctionDef, ast.ClassDef))} | set(dir(builtins))
    bound |= {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    bound |= {alias.asname or alias.name.split(".")[0] for node in nodes
              if isinstance(node, (ast.Import, ast.ImportFrom)) for alias in node.names}
    annotations = [getattr(node, field, None) for node in nodes for field in ("annotation", "returns")]
    return {name.id for part in annotations if part for name in ast.walk(part) if isinstance(name, ast.Name)} - bound


@pytest.mark.skipif(sys.platform == "win32", reason="snippets are the same everywhere; doctests run their examples")
@pytest.mark.parametrize("chapter", netio.__all__)
def test_every_public_name_copies(chapter, tmp_path, request):
    soak, thorough = request.config.getoption("--soak"), request.config.getoption("--thorough")
    step, further = (1, 1) if soak else (1, 8) if thorough else (3, 24)
    names = []
    for name in public_names(chapter)[::step] + module_names(chapter)[::further]:
        file = f"snippet_{name.replace('.', '_')}"
        snippet = copy([f"{chapter}.{name}"])
        assert unknown_types(snippet) == set(), name
        (tmp_path / f"{file}.py").write_text(snippet, encoding="utf-8")
        names.append((file, name.rpartition(".")[2]))
    (tmp_path / "run_examples.py").write_text(RUNNER, encoding="utf-8")
    command = [sys.executable, "-I", str(tmp_path / "run_examples.py"), str(tmp_path), json.dumps(names)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", cwd=tmp_path, timeout=100)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


@pytest.mark.parametrize("chapter", netio.__all__)
def test_a_whole_chapter_copies(chapter):
    tree = ast.parse(copy([chapter]))
    bound = [node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))]
    assert len(bound) == len(set(bound)), "a helper stands twice"
    anywhere = {node.name for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    anywhere |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    assert set(public_names(chapter)) <= anywhere


def test_several_names_share_their_helpers():
    together = copy(["reference.copy", "reference.resolve"])
    assert together.count("\ndef resolve(") == 1
    assert together.splitlines()[0].startswith("# From netio ") and "MIT licence" in together.splitlines()[0]


def test_what_an_example_imports_from_its_neighbours_is_copied_too():
    text = copy(["concurrency.pools.workers.Workers"])
    assert "from .worker import" not in text and "\ndef pack_call(" in text


def test_an_unknown_name_is_refused():
    with pytest.raises(LookupError, match="no public name 'tcp.no_such'"):
        copy(["tcp.no_such"])
    with pytest.raises(LookupError):
        copy(["no_such_name"])


@pytest.fixture
def pieces(tmp_path, monkeypatch):
    """A small package in netio's place, with what makes copying hard."""
    package = tmp_path / "netio"
    for folder in (package, package / "a", package / "b"):
        folder.mkdir()
    (package / "__init__.py").write_text('__version__ = "9"\n')
    (package / "a" / "__init__.py").write_text("from .low import helper\n__all__ = ['helper']\n")
    (package / "a" / "low.py").write_text(
        "import os\n\nLIMIT = 3\n\n\ndef _size(x):\n    return LIMIT\n\n\n"
        "def helper(size=1):\n    return _size(size) + len(os.sep)\n")
    (package / "b" / "__init__.py").write_text("from .high import work\n__all__ = ['work']\n")
    (package / "b" / "high.py").write_text(
        "from .. import a\nfrom ..a.low import helper as assist\n\n\ndef _size(x):\n    return 10\n\n\n"
        "def work():\n    'Uses both.\\n\\n    >>> work(), _size(0)\\n    (18, 10)\\n    '\n"
        "    return _size(0) + a.helper(size=2) + assist()\n")
    monkeypatch.setattr("netio.reference.sources.PACKAGE", package)
    load.cache_clear()
    yield package
    load.cache_clear()


def test_aliases_module_prefixes_and_clashing_private_names(pieces):
    space = {}
    exec(copy(["b.work"]), space)
    assert space["work"]() == 10 + 4 + 4
    assert "netio" not in copy(["b.work"]).split("\n", 1)[1]


def test_what_a_module_does_when_imported_goes_along_with_its_variables(pieces):
    (pieces / "a" / "low.py").write_text(
        "import os\n\nheld = []\n\n\ndef helper():\n    held.append(1)\n\n\ndef other():\n    return 1\n\n\n"
        "def _forget():\n    held.clear()\n\n\n"
        "if hasattr(os, 'fork'):\n    os.register_at_fork(after_in_child=_forget)\n")
    assert "register_at_fork(after_in_child=_forget)" in copy(["a.helper"])
    assert "register_at_fork" not in copy(["a.low.other"])
    assert "register_at_fork" in vendoring.package_texts(["a.helper"])["a/low.py"]


def test_a_class_that_only_annotations_name_stays_where_it_is(pieces):
    (pieces / "a" / "low.py").write_text("import os\n\n\nclass Big:\n    where = os.sep\n\n\nBigs = list[Big]\n\n\n"
                                         "def helper(one: Big, more: Bigs) -> None:\n    pass\n")
    snippet = copy(["a.helper"])
    assert "    Big = Any  # a.low.Big" in snippet and "class Big" not in snippet
    assert "Bigs = " in snippet and "import os" not in snippet
    with_class = copy(["a.helper", "a.low.Big"])
    assert 0 < with_class.index("class Big") < with_class.index("Bigs = ")  # a type checker reads from the top
    assert "Big = Any" in vendoring.package_texts(["a.helper"])["a/low.py"]


def test_a_renamed_type_variable_has_its_new_name_within(pieces):
    (pieces / "a" / "low.py").write_text(
        'from typing import TypeVar\n_T = TypeVar("_T")\n\n\ndef helper(x: _T) -> _T:\n    return x\n')
    (pieces / "b" / "high.py").write_text(
        'from typing import TypeVar\nfrom ..a.low import helper\n_T = TypeVar("_T", int, str)\n\n\n'
        "def work(x: _T) -> _T:\n    return helper(x)\n")
    snippet = copy(["b.work"])
    assert '    _T = TypeVar("_T")\n' in snippet and '_high_T = TypeVar("_high_T", int, str)\n' in snippet


def test_resolve_follows_re_exports(pieces):
    assert resolve("b.work") == ("netio.b.high", "work")
    assert resolve("netio.a.helper") == ("netio.a.low", "helper")
