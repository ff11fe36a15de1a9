"""Chinese: who gets it; no help is left in English, no translation is left over, and every console lives through it."""
from __future__ import annotations

import ast
import functools
import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from netio import _language, reference
from netio._chinese_errors import TEXTS, translate_error
from netio.reference.chinese import SUMMARIES

CHECKOUT = Path(__file__).resolve().parent.parent
CHINESE = re.compile("[\u4e00-\u9fff]")
SCRIPTS = sorted(path.name for path in (CHECKOUT / "scripts").glob("[!_]*.py"))
if importlib.util.find_spec("venv") is None:  # Windows' embeddable Python lacks what run_tests.py needs
    SCRIPTS.remove("run_tests.py")
COMMANDS = ["", "--help", *(f"{name} --help" for name in ("list", "find", "show", "copy", "vendor", "check", "tour"))]

# Runs every --help, and the map of `python -m netio`, in one process, and remembers which entries were asked for.
COLLECT = """
import contextlib, importlib, io, json, sys
sys.path.insert(0, "scripts")
from netio import _language, reference
from netio._chinese_errors import TEXTS, translate_error
from netio.reference.chinese import SUMMARIES
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
    chat echo files framing ftp growth http import ipc pools none PowerShell cmd
""".split()
NO_PROSE = re.compile(
    r"`[^`]*`|https?://\S+|python -m netio|--?[a-z][\w-]*|\{[^}]*\}|（默认：[ -~]*）|"
    r"[\w/.-]*\.(?:py|md|txt|svg|html|sha256|part)\b|\b[A-Z][A-Z_:.]*\b|\btcp(?:\.\w+)?\b")


@pytest.fixture(scope="module")
def helps():
    """Every --help in Chinese by its name, and the texts that were looked up for them."""
    environment = {**os.environ, "NETIO_LANG": "zh_CN", "PYTHONUTF8": "1", "COLUMNS": "100"}
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


def test_no_translation_is_left_over(helps):
    here = literals()
    left = set(translations()) - set(helps[1]) - here
    assert sorted(text for text in left - {doc.partition("\n")[0] for doc in here} if not said_by_argparse(text)) == []


def translations():
    """Return all translations by their English text."""
    code = ("import json, sys; sys.path.insert(0, 'scripts'); import chinese; from netio import _chinese; "
            "print(json.dumps({**_chinese.WORDS, **chinese.WORDS}))")
    done = subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def literals():
    """Return every text that stands in the package and in the scripts, but for the dictionaries."""
    files = [*(CHECKOUT / "scripts").glob("*.py"), *(CHECKOUT / "scripts" / "benches").glob("*.py"),
             *(path for path in (CHECKOUT / "netio").rglob("*.py") if path.name != "_chinese.py")]
    return {node.value for path in files for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def said_by_argparse(text):
    """True for argparse's refusals, and for its words on other Pythons."""
    import argparse

    source = Path(argparse.__file__)
    if source.suffix != ".py" or not source.exists():  # the embeddable Python has no sources to compare with
        return True
    return text in ("optional arguments", "options", " (default: %(default)s)",
                    "argument %(argument_name)s: %(message)s") or (
                        text.replace("\n", "\\n") in source.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", [*SCRIPTS, "_prelude.py", "_students.py"])
def test_what_is_printed_is_looked_up(name):
    """Every literal with English words that a script prints or refuses with goes through `say`, and is translated."""
    tree, known = ast.parse((CHECKOUT / "scripts" / name).read_text(encoding="utf-8")), translations_once()
    said = [call.args[0] for call in ast.walk(tree) if isinstance(call, ast.Call) and is_lookup(call) and call.args]
    missing = [text for argument in said for text in texts(argument) if text not in known]
    assert missing == []
    assert [text for call in ast.walk(tree) if is_output(call) for text in bare_texts(call)] == []


@functools.lru_cache(maxsize=1)
def translations_once():
    return translations()


def is_lookup(node):
    return isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in (
        "say", "tell", "conclude")


def is_output(node):
    """True for `print(...)`, `raise X(...)`, `options.error(...)`, and a prompt."""
    if isinstance(node, ast.Raise):
        return isinstance(node.exc, ast.Call)
    name = getattr(node.func, "attr", getattr(node.func, "id", "")) if isinstance(node, ast.Call) else ""
    return name in ("print", "error", "typed_lines", "getpass")


def texts(node):
    """Yield the texts that an argument may be: a literal, or either of two."""
    if isinstance(node, ast.Constant):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from texts(node.body)
        yield from texts(node.orelse)


def bare_texts(node):
    """Yield the literals with words in them that no lookup has; an encoding, a key or a value to compare is none."""
    if is_lookup(node) or isinstance(node, ast.Compare):
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        if any(word not in TERMS for word in re.findall(r"[A-Za-z]{2,}", NO_PROSE.sub(" ", node.value))):
            yield node.value
    is_codec = isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("encode", "decode")
    inner = [node.func] if is_codec else [node.value] if isinstance(node, ast.Subscript) else ast.iter_child_nodes(node)
    for child in inner:
        yield from bare_texts(child)


@pytest.mark.parametrize("encoding, said", [("utf-8", "显示本帮助"), ("gbk", "显示本帮助"), ("ascii", "show this help"),
                                            ("cp437", "show this help")])
def test_a_console_that_has_no_chinese_gets_english(encoding, said):
    environment = {**os.environ, "NETIO_LANG": "zh", "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    for command in (["scripts/show_sticky.py"], ["-m", "netio"]):
        done = subprocess.run([sys.executable, *command, "--help"], cwd=CHECKOUT, capture_output=True, env=environment)
        assert done.returncode == 0 and not done.stderr
        assert said in done.stdout.decode(encoding)


@pytest.mark.sample(3)
@pytest.mark.parametrize("command, said", [
    (["scripts/serve_echo.py", "--port", "x"], "端口是 0 到 65535，不能是 x"),
    (["scripts/serve_echo.py", "--nothing"], "不认识的参数：--nothing"),
    (["scripts/talk_udp.py"], "缺少必需的参数：HOST, PORT"),
    (["-m", "netio", "list", "tpc"], "没有 'tpc' 这一章；有 files"),
    (["-m", "netio", "show", "tcp.recv_exactely"], "你是不是想找 tcp.recv_exactly？"),
    (["-m", "netio", "copy", "tcp.connect", "--to", "README.md"], "README.md 已经存在，不会覆盖"),
    (["-m", "netio", "show", "粘包"], "粘包 不是名字，请搜索：python -m netio find 粘包\n  你是不是想找 tcp."),
    (["-m", "netio", "show", "thread_server"], "thread_server 是笔记的程序：python -m netio plain thread_server"),
    (["-m", "netio", "copy", "show_sticky.py"], "show_sticky 是一个脚本：python3 scripts/show_sticky.py"),
    (["-m", "netio", "check", "no_such.py"], "找不到文件或文件夹：核对名字，以及当前所在的文件夹。原因：[Errno 2]"),
    (["scripts/use_ftp.py", "127.0.0.1", "--folder", "no/such"], "没有这个文件夹：no/such。请先建立它"),
    (["scripts/talk_tcp.py", "127.0.0.1", "1"], "连接被拒绝：那里没有程序在监听。先启动服务器，再核对地址和端口。原因：["),
    (["scripts/copy_file.py", "no_such", "copy"], "copy_file.py：找不到文件或文件夹"),
    (["scripts/log_time.py", "log.txt", "--count", "x"], "参数 --count：需要一个数，不能是 'x'"),
])
def test_what_is_refused_is_refused_in_chinese(command, said):
    environment = {**os.environ, "NETIO_LANG": "zh", "PYTHONUTF8": "1"}
    done = subprocess.run([sys.executable, *command], cwd=CHECKOUT, capture_output=True, env=environment)
    assert done.returncode == 2 and said in done.stderr.decode("utf-8").replace("\r\n", "\n")


def test_each_name_of_a_front_room_is_said_in_chinese():
    listed = {entry.name: entry.summary for entry in reference.entries()}
    assert listed.keys() == SUMMARIES.keys()
    assert [name for name, text in SUMMARIES.items() if not re.search("[\u4e00-\u9fff].*。$", text)] == []


def test_list_and_show_begin_in_chinese():
    environment = {**os.environ, "NETIO_LANG": "zh", "PYTHONUTF8": "1"}
    for command, said in ((["list", "tcp"], "  tcp.abort                     用 RST 立刻断开"),
                          (["show", "recv_exactly"], "# tcp.recv_exactly：正好读取流中的 count 个字节"),
                          (["show", "tcp"], "# netio.tcp：TCP：监听与连接")):
        done = subprocess.run([sys.executable, "-m", "netio", *command], cwd=CHECKOUT, capture_output=True,
                              env=environment)
        assert said in done.stdout.decode("utf-8")


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


@functools.lru_cache(maxsize=None)
def templates():
    """Return every text of the package, with {} for each value, and what its chapters' errors say, by their class."""
    texts, errors = set(), {}
    for path in sorted((CHECKOUT / "netio").rglob("*.py")):
        if path.name == "_chinese_errors.py":
            continue
        chapter = path.parts[len(CHECKOUT.parts) + 1]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            texts.add(template(node))
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and chapter not in (
                    "check", "reference", "pictures", "tour", "_lazy.py", "__init__.py"):
                errors.update(dict.fromkeys(filter(None, map(template, node.exc.args)), ast.unparse(node.exc.func)))
    return texts, errors


def template(node):
    """Return a text's or an f-string's template, or None."""
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def test_what_errors_say_is_translated():
    replies = ("CommandError", "TypeError", "AttributeError", "_with_address")  # FTP's, and mistakes of a program
    said = {text for text, kind in templates()[1].items()
            if kind not in replies and re.search("[a-z]{3}", text) and not CHINESE.search(text)}
    left = {text for text in said if not CHINESE.search(translate_error(text.replace("{}", "5")))}
    left -= {"not readable", "{} within {} s", "Content-Length: {}", "Transfer-Encoding: {}", "Transfer-Encoding: {}{}"}
    assert len(left) <= 3, left  # a new one may wait a little for its Chinese


def test_no_translation_of_an_error_is_left_over():
    assert set(TEXTS) - templates()[0] == {  # these are put together in two steps
        "cannot listen at {}: {}", "{} (pid {}) died: {}", "exited with status {} before it returned a result",
        "killed by {} before it returned a result", "{}: the stream ended with {} of {} bytes"}


@pytest.mark.parametrize("text, chinese", [
    ("got 3 of 10 bytes", "应有 10 字节，只有 3 字节"),
    ("[Errno 111] cannot connect to 127.0.0.1:1: Connection refused", "[Errno 111] 无法连接 127.0.0.1:1：连接被拒绝"),
    ("[Errno 2] No such file or directory: 'a'", "[Errno 2] No such file or directory: 'a'"),
    ("550 There is no such file.", "550 没有这个文件。"),
    ("550 No such file or directory.", "550 没有这个文件或目录。"),
    ("553 No permission to write.", "553 没有 write 的权限。"),
    ("550 Somebody else's sentence.", "550 Somebody else's sentence."),
    ("拒绝: 太快 (too fast)", "拒绝: 太快"),
    ("{}: {", "{}: {"),
])
def test_an_error_keeps_its_values(text, chinese):
    assert translate_error(text) == chinese
