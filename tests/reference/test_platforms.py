"""`copy --platform`: what cannot run there is gone, what is left is whole, and it runs on the platform at hand."""
from __future__ import annotations

import builtins
import json
import os
import select
import signal
import socket
import subprocess
import symtable
import sys

import pytest

import netio
from netio import __main__ as command
from netio.reference import copy, public_names, starters
from netio.reference.platforms import _ATTRIBUTES, _MAYBE, PLATFORMS, has_attribute, prune
from netio.reference.sources import load, modules_of
from netio.reference.vendoring import package_texts

from .test_snippets import RUNNER

HERE = {"win32": "windows", "darwin": "macos", "linux": "linux"}.get(sys.platform, "posix")
try:
    import fcntl
except ImportError:
    fcntl = None  # type: ignore[assignment]

CASES = [  # source, platform, what is left of it
    ("if sys.platform == 'win32':\n    a()\nb()", "linux", "b()"),
    ("# why\nif sys.platform != 'win32':  # because\n    a()\nelse:\n    b()", "macos", "# why\n# because\na()"),
    ("if x:\n    a()\nelif os.name == 'nt':\n    b()\nelif y:\n    c()", "posix", "if x:\n    a()\nelif y:\n    c()"),
    ("if x:\n    a()\nelif os.name == 'nt':\n    b()\nelse:\n    c()", "windows", "if x:\n    a()\nelse:\n    b()"),
    ("if os.name == 'nt':\n    a()\nelif x:\n    b()", "linux", "if x:\n    b()"),
    ("def f():\n    if hasattr(os, 'fork'):\n        return 1\n    return 2", "linux", "def f():\n    return 1"),
    ("def f():\n    if hasattr(os, 'fork'):\n        return 1", "windows", "def f():\n    pass"),
    ("def f():\n    if os.name == 'nt':\n        return\n    yield 1", "windows",
     "def f():\n    return\n    yield 1"),
    ("a = (b if sys.platform.startswith('linux') else c).real", "linux", "a = b.real"),
    ("if x and os.name == 'nt' and y(): a()", "windows", "if x and y(): a()"),
    ("if x or hasattr(os, 'fork'): a()", "linux", "a()"),
    ("if x() or hasattr(os, 'fork'): a()", "linux", "if x() or True: a()"),
    ("a = x is None or (os.name == 'nt' and y)", "posix", "a = x is None"),
    ("a = x or os.name == 'nt'", "posix", "a = x or False"),
    ("A = sys.platform == 'linux'\nif A and b:\n    a()", "macos", "A = False"),
    ("try:\n    import fcntl\nexcept ImportError:  # Windows\n    fcntl = None", "windows", "fcntl = None"),
    ("try:\n    import fcntl\nexcept ImportError:  # Windows\n    fcntl = None", "posix", "import fcntl"),
    ("if sys.platform == 'linux':\n    a()", "posix", "if sys.platform == 'linux':\n    a()"),
    ("A = {os.open} <= os.supports_dir_fd\nif not A:\n    a()", "linux", "A = True"),
    ("A = {os.open} <= os.supports_dir_fd", "macos", "A = {os.open} <= os.supports_dir_fd"),
    ("if hasattr(os, 'pidfd_open'):\n    a()", "linux", "if hasattr(os, 'pidfd_open'):\n    a()"),
    ("if os.name == 'nt':\n    a = '''x\n    y'''", "windows", "a = '''x\n    y'''"),
    ("s = '名', 1 if os.name == 'nt' else 2", "posix", "s = '名', 2"),
    ("class A:\n    def f(self):\n        return self._g() if os.name == 'nt' else 1\n\n    def _g(self):\n        b()",
     "linux", "class A:\n    def f(self):\n        return 1"),
]


@pytest.mark.parametrize("source, platform, left", CASES)
def test_what_is_left(source, platform, left):
    assert prune(source, platform).strip() == left


def test_an_unknown_platform_is_refused():
    with pytest.raises(LookupError, match="no platform 'amiga'; there are posix, linux, macos, windows"):
        copy(["tcp.listen"], platform="amiga")


def test_the_table_agrees_with_this_platform():
    names = " ".join([*_ATTRIBUTES.values(), *_MAYBE.values()]).split()
    homes = [os, select, signal, socket, fcntl, os.stat_result]
    here = {name for name in names if any(hasattr(home, name) for home in homes)}
    here |= {"sendmsg"} if hasattr(socket.socket, "sendmsg") else set()  # though not sendfile, which it has everywhere
    assert not {name for name in names if has_attribute(name, sys.platform) not in (None, name in here)}
    assert command._PLATFORMS == tuple(PLATFORMS)


def undefined_names(source):
    """Return the global names that functions use and that neither the module nor Python has."""
    table = symtable.symtable(source, "snippet", "exec")
    known = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_assigned() or symbol.is_imported()
             or symbol.is_namespace()} | set(dir(builtins)) | {"__name__", "__file__", "__path__"}
    known.add("__conditional_annotations__")  # Python's own, from 3.14 on
    missing, tables = set(), [table]
    for inner in tables:
        tables += inner.get_children()
        known |= {symbol.get_name() for symbol in inner.get_symbols() if symbol.is_declared_global()}
    for inner in tables:
        missing |= {symbol.get_name() for symbol in inner.get_symbols() if symbol.is_referenced() and symbol.is_global()
                    and symbol.get_name() not in known}
    return missing


@pytest.mark.parametrize("platform", ["posix", pytest.param("linux", marks=pytest.mark.soak)])
def test_every_module_can_be_pruned(platform):
    for module in modules_of("netio"):
        assert load(module, platform).lines


@pytest.mark.sample(3)
@pytest.mark.parametrize("platform", ["windows", "macos", ""])
def test_all_of_netio_pruned_is_whole(platform):
    snippet = copy(netio.__all__, docs=False, platform=platform)
    missing = undefined_names(snippet)
    assert missing <= {"fcntl"} and (not missing or "NameError" in snippet)  # what is caught where it is missing
    assert not platform or ", pruned for " in snippet.splitlines()[0]


@pytest.mark.sample(4)
@pytest.mark.parametrize("chapter", netio.__all__)
def test_pruned_copies_run_on_the_platform_at_hand(chapter, tmp_path):
    names = []
    for name in starters(chapter) + public_names(chapter)[::6]:
        file = f"snippet_{name}"
        (tmp_path / f"{file}.py").write_text(copy([f"{chapter}.{name}"], platform=HERE), encoding="utf-8")
        names.append((file, name))
    (tmp_path / "run_examples.py").write_text(RUNNER, encoding="utf-8")
    command = [sys.executable, "-I", str(tmp_path / "run_examples.py"), str(tmp_path), json.dumps(names)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", cwd=tmp_path, timeout=100)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


def test_a_package_is_pruned_too():
    texts = package_texts(["files.replace_file"], docs=False, platform="windows")
    assert "pruned for Windows" in texts["__init__.py"] and "import fcntl" not in texts["files/folders.py"]
    assert all(undefined_names(text) == set() for name, text in texts.items() if name.endswith(".py"))
