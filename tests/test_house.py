"""The house stands: imports point down, only the standard library is used, and every public name is documented."""
from __future__ import annotations

import ast
import functools
import importlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from netio.ftp.actions import ACTIONS
from netio.reference import definition, documentation, module_names, public_names, starters

CHECKOUT = Path(__file__).resolve().parent.parent
PACKAGE = CHECKOUT / "netio"
SCRIPTS = CHECKOUT / "scripts"

# Which floor a chapter stands on: it may import those below it, never one beside or above it.
FLOORS = [
    {"events", "files"},
    {"check", "packing", "tcp", "udp", "http.messages", "ftp.commands", "chat.rules", "chat.room", "chat.link",
     "chat.session", "chat.prompt"},
    {"concurrency"},
    {"ipc"},
    {"http", "ftp", "chat"},
    {"pictures"},
    {"tour", "reference"},
    {"__main__"},
]
# Modules that hold a protocol and do no I/O: bytes in, events and bytes out, and time is an argument.
PURE = ["tcp/framing.py", "http/messages", "ftp/commands", "chat/rules.py", "chat/room.py", "chat/link.py",
        "chat/session.py", "chat/prompt.py", "packing", "pictures/canvas.py", "pictures/lanes.py"]
NO_IO = {"socket", "select", "selectors", "threading", "time", "os", "multiprocessing", "subprocess", "asyncio", "ssl"}

# FTP's verbs are alike, functions (control, argument): those of a module share one conversation as their example.
VERBS = {("ftp", f"{action.__module__[len('netio.ftp.'):]}.{action.__name__}") for action in ACTIONS.values()}

MODULES = sorted(path for path in PACKAGE.rglob("*.py"))
FILES = MODULES + sorted(path for path in SCRIPTS.rglob("*.py") if "peers" not in path.parts)
COMMANDS = [path for path in FILES if path.parent == SCRIPTS and not path.name.startswith("_")]


def name_of(path):
    parts = path.relative_to(CHECKOUT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@functools.lru_cache(maxsize=None)
def tree_of(path):
    return ast.parse(path.read_text(encoding="utf-8"))


@functools.lru_cache(maxsize=None)
def nodes_of(path):
    return list(ast.walk(tree_of(path)))


@functools.lru_cache(maxsize=None)
def imports_of(path):
    return list(find_imports(path))


def find_imports(path):
    """Yield (absolute module name, imported name or None, stands at the top of the file) for each import of a file."""
    tree = tree_of(path)
    package = name_of(path).split(".") if path.name == "__init__.py" else name_of(path).split(".")[:-1]
    top = set(tree.body)
    for block in tree.body:  # an `if TYPE_CHECKING:` or a platform's `try:` at the top still stands at the top
        if isinstance(block, (ast.If, ast.Try)):
            top.update(ast.walk(block))
    for node in nodes_of(path):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, None, node in top
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join(base + ([node.module] if node.module else []))
            for alias in node.names:
                yield module, alias.name, node in top


def target_of(module, name):
    """Return the file-level module that `from module import name` reads: the submodule where name is one."""
    if name:
        inner = CHECKOUT.joinpath(*module.split("."), name)
        if inner.with_suffix(".py").exists() or (inner / "__init__.py").exists():
            return f"{module}.{name}"
    return module


def floor_of(module):
    """Return (floor number, chapter) of a module below netio, or None for netio itself."""
    parts = module.split(".")[1:]
    for length in (2, 1):
        for number, chapters in enumerate(FLOORS):
            if ".".join(parts[:length]) in chapters and len(parts) >= length:
                return number, ".".join(parts[:length])
    return None


def is_docs_only(path):
    return path.name == "__init__.py" and path.parent == PACKAGE


@pytest.mark.skipif(sys.version_info < (3, 10), reason="sys.stdlib_module_names came with Python 3.10")
@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(CHECKOUT)))
def test_only_the_standard_library_is_imported(path):
    own = {"netio", "scripts", "benches", *(script.stem for script in SCRIPTS.iterdir())}
    foreign = {m.split(".")[0] for m, _, _ in imports_of(path)} - set(sys.stdlib_module_names) - own
    assert not foreign


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_point_down(path):
    mine = floor_of(name_of(path))
    if mine is None:
        return
    for module, name, _ in imports_of(path):
        target = target_of(module, name)
        if not target.startswith("netio.") or floor_of(target) is None:
            continue
        theirs = floor_of(target)
        same_chapter = theirs[1].split(".")[0] == mine[1].split(".")[0]
        assert theirs[0] < mine[0] or same_chapter and theirs[0] <= mine[0], f"{path}: {target} is not below"


def test_imports_form_no_circle():
    graph = {name_of(path): set() for path in MODULES}
    for path in MODULES:
        for module, name, _ in imports_of(path):
            target = target_of(module, name)
            if target in graph and target != name_of(path) and not is_docs_only(path):
                graph[name_of(path)].add(target)
    done, path = set(), []

    def visit(module):
        assert module not in path, f"circle: {' -> '.join(path[path.index(module):] + [module])}"
        if module in done:
            return
        path.append(module)
        for target in sorted(graph[module]):
            visit(target)
        path.pop()
        done.add(module)

    for module in sorted(graph):
        visit(module)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_of_netio_are_relative(path):
    absolute = [node for node in nodes_of(path) if isinstance(node, ast.ImportFrom) and not node.level]
    assert not [node.module for node in absolute if (node.module or "").split(".")[0] == "netio"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(CHECKOUT)))
def test_a_choice_of_types_is_written_with_a_bar(path):
    """`X | None` in every annotation. An alias that is made when a module runs needs Union before Python 3.10."""
    made = [statement.value for statement in tree_of(path).body if isinstance(statement, ast.Assign)]
    aliases = {node for value in made for node in ast.walk(value)}
    written = {node.id for node in nodes_of(path) if isinstance(node, ast.Name) and node not in aliases}
    assert not written & {"Optional", "Union", "List", "Dict", "Tuple", "Set", "FrozenSet", "Deque"}


def pure_files():
    for entry in PURE:
        place = PACKAGE / entry
        yield from sorted(place.rglob("*.py")) if place.is_dir() else [place] if place.exists() else []


@pytest.mark.parametrize("path", list(pure_files()), ids=name_of)
def test_pure_modules_do_no_io(path):
    assert not {m.split(".")[0] for m, _, _ in imports_of(path)} & NO_IO


def chapters():
    return [name for name in importlib.import_module("netio").__all__]


@pytest.mark.parametrize("chapter", chapters())
def test_all_is_exactly_the_public_names(chapter):
    module = importlib.import_module(f"netio.{chapter}")
    assert module.__all__ == sorted(set(module.__all__), key=module.__all__.index), "a name stands twice"
    for name in module.__all__:
        assert not name.startswith("_") and getattr(module, name) is not None
    folder = Path(module.__file__).parent
    submodules = {path.stem for path in folder.iterdir()} if hasattr(module, "__path__") else set()
    public = {n for n, v in vars(module).items() if not n.startswith("_") and n not in submodules | {"annotations"}}
    foreign = {n for n in public if type(vars(module)[n]).__name__ == "module"} | {"TYPE_CHECKING", "load_later"}
    assert public - foreign <= set(module.__all__)


def examples_of(path):
    """Return the lines of a file's examples, as one text."""
    return "\n".join(re.findall(r"^ *(?:>>>|\.\.\.) .*", path.read_text(encoding="utf-8"), re.MULTILINE))


@pytest.mark.parametrize("chapter", chapters())
def test_every_public_name_has_an_example(chapter):
    """In its own docstring: a function or class. In any of its chapter: a constant that the chapter offers."""
    shared = "\n".join(examples_of(path) for path in sorted((PACKAGE / chapter).rglob("*.py")))
    bare = []
    for name in public_names(chapter) + module_names(chapter):
        is_code = re.search(r"^(async def|def|class) ", definition(f"{chapter}.{name}"), re.MULTILINE)
        if is_code and (chapter, name) not in VERBS and ">>>" not in documentation(f"{chapter}.{name}"):
            bare.append(name)
        elif not is_code and "." not in name and not re.search(rf"\b{name}\b", shared):
            bare.append(name)
    assert not bare


@pytest.mark.parametrize("room", ["check", "reference"])
def test_the_tools_have_examples(room):
    """Rules of `check` have their Wrong and Right, which tests/check runs; commands and page makers are run whole."""
    bare = [f"{path.name}: {node.name}" for path in sorted((PACKAGE / room).rglob("*.py")) if "rules" not in path.parts
            for node in ast.parse(path.read_text(encoding="utf-8")).body
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_")
            and ">>>" not in (ast.get_docstring(node) or "")]
    assert {name.partition(": ")[2] for name in bare} <= {"run", "main", "index_text", "write_pages"}


@pytest.mark.parametrize("verb", sorted(ACTIONS))
def test_an_ftp_verb_is_shown_in_a_conversation(verb):
    """Its docstring begins with its command and ends with the standard; its module's docstring has it in an example."""
    action = ACTIONS[verb]
    assert re.match(rf"{verb}\b.*: .*\. (RFC \d+ section [\d.]+|No RFC.*)\.(\n|$)", action.__doc__)
    assert re.search(rf'>>> .*\b{verb}\b', sys.modules[action.__module__].__doc__)


@pytest.mark.parametrize("chapter", chapters())
def test_every_constant_has_a_comment(chapter):
    definitions = {name: definition(f"{chapter}.{name}") for name in module_names(chapter) + public_names(chapter)}
    bare = [name for name, source in definitions.items()
            if not re.search(r"^(async def|def|class) ", source, re.MULTILINE) and "#" not in source]
    assert not bare


@pytest.mark.parametrize("chapter", chapters())
def test_a_chapter_says_where_to_start(chapter):
    assert set(starters(chapter)) <= set(public_names(chapter))


@pytest.mark.parametrize("path", COMMANDS, ids=lambda path: path.name)
def test_scripts_have_one_shape(path):
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    assert f"python3 scripts/{path.name}" in (ast.get_docstring(tree) or ""), "the docstring shows the command to type"
    assert path.stem not in getattr(sys, "stdlib_module_names", ())
    main = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "main")
    assert len(main.args.args) == 1 and len(main.args.defaults) == 1, "main(argv=None)"
    assert isinstance(tree.body[-1], ast.If) and "__main__" in ast.dump(tree.body[-1].test)


# Shows the --help of each script in a fork of one interpreter: a new one for each would take four times as long.
EXPLAIN = """
import argparse, ctypes, json, logging, multiprocessing.connection, os, runpy, socket, ssl, subprocess, sys, tempfile
sys.path[0] = sys.argv[1]
import _prelude
shown = {}
for path in sys.argv[2:]:
    with tempfile.TemporaryFile("w+", encoding="utf-8") as out, tempfile.TemporaryFile("w+", encoding="utf-8") as error:
        pid = os.fork()
        if not pid:
            os.dup2(out.fileno(), 1), os.dup2(error.fileno(), 2)
            sys.argv = [path, "--help"]
            runpy.run_path(path, run_name="__main__")
            sys.exit("--help has not ended it")
        status = os.waitpid(pid, 0)[1]
        out.seek(0), error.seek(0)
        shown[path] = status, out.read(), error.read()
print(json.dumps(shown))
"""


@pytest.fixture(scope="module")
def helps(tmp_path_factory):
    """(status, what is printed, what goes to stderr) of each script's --help by its path."""
    paths = [str(path) for path in COMMANDS]
    folder, options = tmp_path_factory.mktemp("empty"), {"capture_output": True, "text": True, "encoding": "utf-8"}
    environment = {**os.environ, "PYTHONUTF8": "1"}
    if hasattr(os, "fork"):
        done = subprocess.run([sys.executable, "-c", EXPLAIN, str(SCRIPTS), *paths], cwd=folder, env=environment,
                              timeout=120, **options)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)
    each = {path: subprocess.run([sys.executable, path, "--help"], cwd=folder, env=environment, timeout=30, **options)
            for path in paths}
    return {path: (done.returncode, done.stdout, done.stderr) for path, done in each.items()}


@pytest.mark.parametrize("path", COMMANDS, ids=lambda path: path.name)
def test_scripts_explain_themselves(path, helps):
    status, printed, error = helps[str(path)]
    assert status == 0 and path.name in printed and not error


def test_importing_netio_loads_no_socket():
    code = (f"import sys; sys.path.insert(0, {str(CHECKOUT)!r}); before = set(sys.modules); "
            "import netio; print(*set(sys.modules) - before)")
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) <= {"netio", "__future__"}


def test_what_tests_start_loads_pytest_only_for_more_than_marks():
    code = ("import sys, tests.http.test_bodies as module\n"
            "print('_pytest' in sys.modules, module.all_closed.__name__)\n"
            "print(module.pytest.raises.__name__, '_pytest' in sys.modules)")
    done = subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True)
    assert done.stdout.split() == ["False", "all_closed", "raises", "True"], done.stderr
