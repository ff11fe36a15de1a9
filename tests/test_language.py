"""Chinese: who gets it; no help is left in English, no translation is left over, and every console lives through it."""
from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from netio import _language

CHECKOUT = Path(__file__).resolve().parent.parent
SCRIPTS = sorted(path.name for path in (CHECKOUT / "scripts").glob("[!_]*.py"))
if importlib.util.find_spec("venv") is None:  # Windows' embeddable Python lacks what run_tests.py needs
    SCRIPTS.remove("run_tests.py")
COMMANDS = ["", "--help", *(f"{name} --help" for name in ("list", "find", "show", "copy", "vendor", "check", "tour"))]

# Runs every --help, and the map of `python -m netio`, in one process, and remembers which entries were asked for.
COLLECT = """
import contextlib, importlib, io, json, sys
sys.path.insert(0, "scripts")
from netio import _language
asked = set()
class Words(dict):
    def get(self, text, default=None):
        asked.add(text)
        return super().get(text, default)
    def __contains__(self, text):
        asked.add(text)
        return super().__contains__(text)
load = _language.load_words
def remember(*modules):
    words = Words(load(*modules))
    _language.argparse._ = lambda text: words.get(text, text)
    return words
_language.load_words = remember
shown = {}
def show(name, main, *arguments):
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.suppress(SystemExit):
        main([*arguments])
    shown[name] = out.getvalue()
for name in sys.argv[1].split():
    sys.argv[0] = name
    show(name, importlib.import_module(name[:-3]).main, "--help")
from netio import __main__
for name in sys.argv[2].split(","):
    show(f"netio {name}", __main__.main, *name.split())
print(json.dumps([shown, sorted(filter(None, asked))]))
"""
# What is no English sentence: names of the field, of programs and of files, and what a reader types.
TERMS = """
    ASCII AUTH CPU FTP GBK GIL GiB HTML HTTP ID IPC Linux MIME MiB Markdown NAT PASV PORT Python SIGTERM TCP TLS UDP UTF
    Unix WSGI Windows macOS http https zip nc curl lftp ftplib ncat ps top open struct send recv write flush fork
    epoll kqueue poll select prefork pool iterative process thread bytes pieces random once end plain Ctrl netio pytest
    HTTPServer httpserver none SVG docs pictures here gbk app list get put cd pwd mkdir delete help quit ming any page
    chat echo files framing ftp growth http import ipc pools none
""".split()
NO_PROSE = re.compile(
    r"`[^`]*`|https?://\S+|python -m netio|--?[a-z][\w-]*|\{[^}]*\}|（默认：[ -~]*）|"
    r"[\w/.-]*\.(?:py|md|txt|svg|html|sha256|part)\b|\b[A-Z][A-Z_:.]*\b|\btcp(?:\.\w+)?\b")


@pytest.fixture(scope="module")
def helps():
    """Every --help in Chinese by its name, and the texts that were looked up for them."""
    environment = {**os.environ, "NETIO_LANG": "zh_CN", "PYTHONUTF8": "1", "COLUMNS": "100",
                   "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, "-c", COLLECT, " ".join(SCRIPTS), ",".join(COMMANDS)], cwd=CHECKOUT,
                          capture_output=True, text=True, encoding="utf-8", env=environment, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def prose(text):
    """Return what a help says in sentences: without usage, commands, options and what stands for an argument."""
    text = text.partition("\n\n")[2] if text.startswith(("用法", "usage")) else text
    lines = []
    for line in text.splitlines():
        if re.match(r"( {2}| {4})\S", line):  # a command or an argument, two blanks, what is said of it
            line = "".join(re.split(r"\s{2,}", line.strip(), maxsplit=1)[1:])
        lines.append(line)
    return NO_PROSE.sub(" ", "\n".join(lines))


@pytest.mark.parametrize("name", [*SCRIPTS, *(f"netio {command}" for command in COMMANDS)])
def test_no_help_is_left_in_english(helps, name):
    words = re.findall(r"[A-Za-z]{2,}", prose(helps[0][name]))
    left = [word for word in words if word not in TERMS]
    assert not left, helps[0][name]


def test_the_english_help_would_be_found_out(run_script):
    english = run_script("show_fork.py", "--help", env={"NETIO_LANG": "en"}).stdout
    assert {"shares", "child", "exit"} <= set(re.findall(r"[a-z]{2,}", prose(english)))


@pytest.mark.skipif("run_tests.py" not in SCRIPTS, reason="the embeddable Python has no sources to compare with")
def test_no_translation_is_left_over(helps):
    code = ("import json, sys; sys.path.insert(0, 'scripts'); import chinese; from netio import _chinese; "
            "print(json.dumps([list(chinese.WORDS), list(_chinese.WORDS)]))")
    done = subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    scripts, package = json.loads(done.stdout)
    said = {text for text in scripts + package if said_elsewhere(text)}
    assert sorted(set(scripts + package) - set(helps[1]) - said) == []


def said_elsewhere(text):
    """True for what no --help says: argparse's refusals, its words on other Pythons, what netio and scripts refuse."""
    import argparse

    sources = [Path(argparse.__file__), CHECKOUT / "netio" / "__main__.py", CHECKOUT / "scripts" / "_prelude.py",
               CHECKOUT / "scripts" / "prove_errata.py",
               *(CHECKOUT / "netio" / "check").glob("*.py")]
    here = "".join(path.read_text(encoding="utf-8") for path in sources)
    return text in ("optional arguments", "options", " (default: %(default)s)",
                    "argument %(argument_name)s: %(message)s") or text.replace("\n", "\\n") in here


@pytest.mark.parametrize("encoding, said", [("utf-8", "显示本帮助"), ("gbk", "显示本帮助"), ("ascii", "show this help"),
                                            ("cp437", "show this help")])
def test_a_console_that_has_no_chinese_gets_english(encoding, said):
    environment = {**os.environ, "NETIO_LANG": "zh", "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    for command in (["scripts/show_sticky.py"], ["-m", "netio"]):
        done = subprocess.run([sys.executable, *command, "--help"], cwd=CHECKOUT, capture_output=True, env=environment)
        assert done.returncode == 0 and not done.stderr
        assert said in done.stdout.decode(encoding)


@pytest.mark.parametrize("command, said", [
    (["scripts/serve_echo.py", "--port", "x"], "端口是 0 到 65535，不能是 x"),
    (["scripts/serve_echo.py", "--nothing"], "不认识的参数：--nothing"),
    (["scripts/talk_udp.py"], "缺少必需的参数：HOST, PORT"),
    (["-m", "netio", "list", "tpc"], "没有 'tpc' 这一章；有 files"),
    (["-m", "netio", "show", "tcp.recv_exactely"], "你是不是想找 tcp.recv_exactly？"),
    (["-m", "netio", "copy", "tcp.connect", "--to", "README.md"], "README.md 已经存在，不会覆盖"),
])
def test_what_is_refused_is_refused_in_chinese(command, said):
    environment = {**os.environ, "NETIO_LANG": "zh", "PYTHONUTF8": "1"}
    done = subprocess.run([sys.executable, *command], cwd=CHECKOUT, capture_output=True, env=environment)
    assert done.returncode == 2 and said in done.stderr.decode("utf-8")


@pytest.mark.parametrize("settings, wanted", [
    ({"NETIO_LANG": "zh_CN", "LANG": "C"}, "zh"),
    ({"NETIO_LANG": "ZH"}, "zh"),
    ({"NETIO_LANG": "en", "LANG": "zh_CN.UTF-8"}, "en"),
    ({"NETIO_LANG": "", "LANG": "zh_CN.UTF-8"}, "zh"),
    ({"LANG": "zh_CN.GBK"}, "zh"),
    ({"LC_MESSAGES": "zh_TW.UTF-8", "LANG": "en_US.UTF-8"}, "zh"),
    ({"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, "en"),
    ({"NETIO_LANG": "de", "LC_ALL": "zh_CN"}, "en"),
    ({}, "en"),
])
def test_the_language_is_the_systems_unless_asked_otherwise(monkeypatch, settings, wanted):
    for name in ("NETIO_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(_language, "_is_windows", lambda: False)
    monkeypatch.setattr(_language, "_windows_language", lambda: "")
    assert _language.language() == wanted


def test_windows_speaks_the_language_of_its_menus(monkeypatch):
    monkeypatch.delenv("NETIO_LANG")
    monkeypatch.setenv("LANG", "en_US")
    monkeypatch.setattr(_language, "_is_windows", lambda: True)
    monkeypatch.setattr(_language, "_windows_language", lambda: "zh")
    assert _language.language() == "zh"
