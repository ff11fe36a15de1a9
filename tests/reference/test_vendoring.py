"""`python -m netio vendor`: the package works where netio is not, and is renewed by the same command."""
from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import netio
from netio.__main__ import main
from netio.reference import licence, public_names, starters, vendor, vendoring

CHECKOUT = Path(__file__).resolve().parent.parent.parent

# Runs in the clean interpreter: imports every module of the package, and runs the examples of some of its names.
RUNNER = """
import doctest, importlib, pkgutil, sys
sys.path.insert(0, sys.argv[1])
try:
    import netio
except ImportError:
    pass
else:
    sys.exit("netio can be imported: this proves nothing")
FLAGS = doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL
if __name__ == "__main__":
    package = importlib.import_module("mine._netio")
    for module in pkgutil.walk_packages(package.__path__, "mine._netio."):
        importlib.import_module(module.name)
    failed = 0
    for name in sys.argv[2:]:
        value = getattr(package, name)
        module = sys.modules[getattr(value, "__module__", package.__name__)]
        for test in doctest.DocTestFinder().find(value, name, module=module):
            failed += doctest.DocTestRunner(optionflags=FLAGS).run(test).failed
    sys.exit(bool(failed))
"""


def run_in_clean_interpreter(tmp_path, names):
    runner = tmp_path / "runner.py"
    runner.write_text(RUNNER, encoding="utf-8")
    return subprocess.run([sys.executable, "-I", str(runner), str(tmp_path), *names], capture_output=True, text=True,
                          encoding="utf-8", timeout=100)


@pytest.mark.sample(4)
@pytest.mark.parametrize("chapter", netio.__all__)
def test_a_vendored_chapter_works_alone(chapter, tmp_path):
    vendor([chapter], tmp_path / "mine" / "_netio")
    done = run_in_clean_interpreter(tmp_path, starters(chapter) or public_names(chapter)[:3])
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


@pytest.mark.sample(3)
@pytest.mark.parametrize("name", ["http.HTTPServer", "ftp.FTPServer", "concurrency.Server", "ipc.Queue", "chat.join"])
def test_one_name_without_docstrings_works_alone(name, tmp_path):
    paths = vendor([name], tmp_path / "mine" / "_netio", docs=False)
    assert all(">>>" not in path.read_text(encoding="utf-8") for path in paths)
    done = run_in_clean_interpreter(tmp_path, [name.rpartition(".")[2]])
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


def test_the_same_folder_is_renewed_and_keeps_its_names(tmp_path):
    vendor(["recv_exactly"], tmp_path)
    first = (tmp_path / "tcp" / "reading.py").read_bytes()
    vendor(["udp.bind"], tmp_path)
    assert (tmp_path / "udp").exists() and (tmp_path / "tcp" / "reading.py").read_bytes().splitlines()[1:-1] == \
        first.splitlines()[1:-1]
    assert vendoring.vendored_names(tmp_path) == ["udp.bind", "tcp.recv_exactly"]
    assert list(tmp_path.parent.glob(f".{tmp_path.name}-*")) == []


@pytest.mark.parametrize("change", [lambda text: text.replace("def ", "def  ", 1), lambda text: text + "MINE = 1\n",
                                    lambda text: text.rpartition("# sha256")[0], lambda text: text[:-2]],
                         ids=["inside", "after the end", "without its sum", "sum cut"])
def test_a_file_that_was_changed_is_not_overwritten(change, tmp_path):
    vendor(["tcp.recv_exactly"], tmp_path)
    path = tmp_path / "tcp" / "reading.py"
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    changed = path.read_bytes()
    with pytest.raises(FileExistsError, match="changed since"):
        vendor(["tcp.recv_exactly"], tmp_path)
    assert path.read_bytes() == changed


def test_a_folder_with_something_else_is_left_alone(tmp_path):
    (tmp_path / "main.py").write_text("print('mine')", encoding="utf-8")
    with pytest.raises(FileExistsError, match="main.py"):
        vendor(["tcp.recv_exactly"], tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["main.py"]


@pytest.mark.parametrize("name", ["empty/", "LICENSE", "tcp/LICENSE", "data.bin"])
def test_nothing_that_is_not_of_vendor_is_lost(name, tmp_path):
    vendor(["tcp.recv_exactly"], tmp_path)
    if name.endswith("/"):
        (tmp_path / name).mkdir()
    else:
        (tmp_path / name).write_bytes(b"\xff mine")
    with pytest.raises(FileExistsError, match=name.strip("/").rpartition("/")[2]):
        vendor(["tcp.recv_exactly"], tmp_path)
    assert (tmp_path / name).exists()


def test_a_file_in_its_place_is_not_replaced(tmp_path):
    (tmp_path / "notes").write_text("mine", encoding="utf-8")
    with pytest.raises(FileExistsError, match="no folder"):
        vendor(["tcp.recv_exactly"], tmp_path / "notes")
    assert (tmp_path / "notes").read_text(encoding="utf-8") == "mine"


def test_what_was_there_comes_back_where_the_new_cannot_be_put(tmp_path, monkeypatch):
    folder = tmp_path / "_netio"
    vendor(["tcp.recv_exactly"], folder)
    rename = Path.rename

    def refuse_fresh(path, target):
        if path.name == "fresh":
            raise PermissionError(13, "in use", str(path))
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refuse_fresh)
    with pytest.raises(PermissionError):
        vendor(["udp.bind"], folder)
    assert vendoring.vendored_names(folder) == ["tcp.recv_exactly"] and (folder / "tcp" / "reading.py").exists()


def test_the_folder_that_one_is_in_is_not_replaced(tmp_path, monkeypatch):
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "project")
    for folder in (".", "..", tmp_path):
        with pytest.raises(FileExistsError, match="you are in it"):
            vendor(["tcp.recv_exactly"], folder)
    assert list(tmp_path.rglob("*")) == [tmp_path / "project"]


@pytest.mark.parametrize("folder, line", [
    ("_netio", "from _netio import recv_exactly"), ("app/_netio", "from app._netio import recv_exactly"),
    ("my-app/_netio", "from _netio import recv_exactly"), ("./src/app/_netio", "from app._netio import recv_exactly"),
    ("my-netio", None), ("class", None), ("app/..", None)])
def test_the_command_says_how_to_import_it(folder, line, tmp_path, monkeypatch, capsys):
    project = tmp_path / "2026-project"
    project.mkdir()
    monkeypatch.chdir(project)
    monkeypatch.setenv("NETIO_LANG", "en")
    assert main(["vendor", "recv_exactly", "--to", folder]) == (0 if line else 2)
    out, err = capsys.readouterr()
    assert (out.splitlines()[-1] if out else None) == line
    assert err == ("" if line else f"netio: {Path(folder)} is no name for a package\n")


def test_the_licence_goes_along(tmp_path):
    vendor(["tcp.recv_exactly"], tmp_path)
    text = (CHECKOUT / "LICENSE").read_text(encoding="utf-8")
    assert licence.LICENCE == text == (tmp_path / "LICENSE").read_text(encoding="utf-8")


@pytest.mark.sample(2)
@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
def test_the_words_of_the_readme_give_a_server_in_an_empty_project(page, tmp_path):
    text = (CHECKOUT / page).read_text(encoding="utf-8")
    command, _, rest = text.partition("python3 -m netio vendor http.HTTPServer http.Routes ")[2].partition("\n")
    program = rest.partition("```py\n")[2].partition("```")[0]
    (tmp_path / "checkout").mkdir()
    done = subprocess.run([sys.executable, "-m", "netio", "vendor", "http.HTTPServer", "http.Routes", *command.split()],
                          cwd=tmp_path / "checkout", env={**os.environ, "PYTHONPATH": str(CHECKOUT)}, text=True,
                          capture_output=True, timeout=60)
    assert program.splitlines()[0] == done.stdout.splitlines()[-1] == "from _netio import HTTPServer, Routes"
    (tmp_path / "hello" / "serve.py").write_text(program, encoding="utf-8")
    client = ("import sys, urllib.request; sys.path.insert(0, sys.argv[1]); import serve\n"
              "with serve.HTTPServer('127.0.0.1', 0, serve.site) as server:\n"
              "    server.start(); print(urllib.request.urlopen(server.url, timeout=10).read())\n")
    done = subprocess.run([sys.executable, "-I", "-c", client, str(tmp_path / "hello")], capture_output=True, text=True,
                          timeout=60)
    assert (done.stdout, done.stderr) == ("b'Hello!'\n", "")
