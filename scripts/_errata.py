"""Read docs/errata.md, and run its proofs without pytest.

The proofs are the tests called test_NN_... in tests/CHAPTER/test_errata.py, so that every platform checks them. Each
prints two lines: `notes: ...`, what came of the notes' way in this run, and `netio: ...`, what came of the right one.
They use so few of pytest's words that `_StandIn` below can say them all: no second copy of a proof, and no need of
pytest. Beyond that a proof may use `tmp_path` and the fixtures of its own module, its conftest.py and the tests'.
"""
from __future__ import annotations

import ast
import contextlib
import importlib
import inspect
import io
import re
import sys
import tempfile
import textwrap
import types
import warnings
from pathlib import Path
from typing import Any, Callable, Iterator, NamedTuple, NoReturn

CHECKOUT = Path(__file__).resolve().parent.parent
PAGE = CHECKOUT / "docs" / "errata.md"
_ENTRY = re.compile(
    r"### (?P<number>\d+)\. (?P<title>[^\n]+) · (?P<title_zh>[^\n]+)\n> `?(?P<said>[^\n]+?)`?\n\n(?P<true>[^\n]+)\n\n"
    r"(?P<true_zh>[^\n]+)\n\nSource 依据: (?P<source>[^\n]+)\\\nProof 证明: (?P<proofs>[^\n]+)\n"
)


class Erratum(NamedTuple):
    """One entry of the page; `heading` is the notes' own, and `proofs` are pairs (file, name of the test)."""

    number: int
    heading: str
    title: str
    title_zh: str
    said: str
    true: str
    true_zh: str
    source: str
    proofs: list[tuple[str, str]]


def read_page(path: Path = PAGE) -> list[Erratum]:
    """Return the entries of the page in its order."""
    errata = []
    for section in re.split(r"^## ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        heading = section.partition("\n")[0].rpartition(" · ")[0]
        for entry in section.split("\n### ")[1:]:
            found = _ENTRY.fullmatch(f"### {entry.rstrip()}\n")
            if not found:
                raise ValueError(f"{path.name}: this entry is not of the usual form: {entry.partition(chr(10))[0]}")
            fields = found.groupdict()
            proofs = re.findall(r"\[`(\w+)`\]\(\.\./([\w/.]+)\)", fields.pop("proofs"))
            errata.append(Erratum(int(fields.pop("number")), heading, proofs=[(file, name) for name, file in proofs],
                                  **fields))
    return errata


def find_proofs() -> dict[int, list[tuple[str, str]]]:
    """Return the (file, name) of every test_NN_... that tests/*/test_errata.py define, by number."""
    proofs: dict[int, list[tuple[str, str]]] = {}
    for path in sorted((CHECKOUT / "tests").glob("*/test_errata.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and (found := re.match(r"test_(\d+)_", node.name)):
                proofs.setdefault(int(found[1]), []).append((path.relative_to(CHECKOUT).as_posix(), node.name))
    return proofs


class Skipped(Exception):
    """The proof needs what this platform lacks."""


class Unturned(Exception):
    """What a proof is to be turned by is not in it."""


def run_proof(file: str, name: str, turn: tuple[str, str] | None = None) -> list[tuple[str, str]]:
    """Run one proof; return what it printed as pairs (whose way, what came of it).

    With `turn` (old, new) the proof is changed before: it, or a text of its module, has `new` in place of `old`.

    Raises: Skipped where the platform lacks something; whatever the proof raises where it does not hold.
    """
    sys.modules["pytest"] = _StandIn("pytest")
    folder = ".".join(file.split("/")[:-1])
    places = [importlib.import_module(f"{folder}.test_errata")]
    for module in (f"{folder}.conftest", "tests.conftest"):
        with contextlib.suppress(ModuleNotFoundError):
            places.append(importlib.import_module(module))
    proof = getattr(places[0], name)
    if turn and not hasattr(proof, "skip_reason"):
        proof = _turned(proof, *turn)
    if reason := getattr(proof, "skip_reason", None):
        raise Skipped(reason)
    printed = io.StringIO()
    with warnings.catch_warnings(), contextlib.redirect_stdout(printed):
        warnings.simplefilter("ignore")
        for given in getattr(proof, "parameters", [{}]):
            with contextlib.ExitStack() as stack:
                proof(**_fixtures(proof, given, places, stack))
    lines = printed.getvalue().splitlines()
    return [(whose, text) for line in lines for whose, _, text in [line.partition(": ")] if whose in ("notes", "netio")]


def _turned(proof: Callable[..., Any], old: str, new: str) -> Callable[..., Any]:
    """Return the proof with other text in its source, or in the programs that its module has as constants."""
    source, names = textwrap.dedent(inspect.getsource(proof)), dict(proof.__globals__)
    texts = {name: value for name, value in names.items() if name.isupper() and isinstance(value, str) and old in value
             and name in source}
    if not texts and old not in source:
        raise Unturned(f"{proof.__name__} has no {old!r}")
    names.update({name: value.replace(old, new) for name, value in texts.items()})
    exec(compile(source.replace(old, new), inspect.getfile(proof), "exec"), names)
    turned = names[proof.__name__]
    for attribute in ("skip_reason", "parameters"):
        if hasattr(proof, attribute):
            setattr(turned, attribute, getattr(proof, attribute))
    return turned  # type: ignore[no-any-return]


def _fixtures(function: Callable[..., Any], given: dict[str, Any], places: list[types.ModuleType],
              stack: contextlib.ExitStack) -> dict[str, Any]:
    made = dict(given)
    for name in inspect.signature(function).parameters:
        if name == "tmp_path" and name not in made:
            made[name] = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        elif name not in made:
            fixture = next(getattr(place, name) for place in places if hasattr(place, name))
            value = fixture(**_fixtures(fixture, made, places, stack))
            if inspect.isgenerator(value):
                generator, value = value, next(value)
                stack.callback(next, generator, None)
            made[name] = value
    return {name: made[name] for name in inspect.signature(function).parameters}


class _StandIn(types.ModuleType):
    """The words of pytest that the proofs use."""

    class mark:
        """What pytest notes down beside a test; here it is an attribute of the function."""

        @staticmethod
        def skipif(condition: bool, *, reason: str) -> Callable[[Any], Any]:
            return _with_attribute("skip_reason", reason) if condition else lambda function: function

        @staticmethod
        def parametrize(name: str, values: list[Any], indirect: bool = False) -> Callable[[Any], Any]:
            return _with_attribute("parameters", [{name: value} for value in values])

        @staticmethod
        def usefixtures(*names: str) -> None:
            return None

    @staticmethod
    def fixture(function: Any = None, *, params: list[Any] | None = None) -> Any:
        if function is not None:
            return function
        return lambda function: lambda: function(types.SimpleNamespace(param=(params or [None])[0]))

    @staticmethod
    def skip(reason: str) -> NoReturn:
        raise Skipped(reason)

    @staticmethod
    def importorskip(name: str, reason: str) -> types.ModuleType:
        try:
            return importlib.import_module(name)
        except ImportError:
            raise Skipped(reason) from None

    @staticmethod
    @contextlib.contextmanager
    def raises(expected: Any, *, match: str = "") -> Iterator[Any]:
        caught = types.SimpleNamespace(value=None)
        try:
            yield caught
        except expected as error:
            assert re.search(match, str(error)), f"{error!r} does not say {match!r}"
            caught.value = error.with_traceback(None)  # no circle of frames is left for the end of the program
            return
        raise AssertionError(f"no {expected} was raised")

    @staticmethod
    @contextlib.contextmanager
    def warns(expected: Any, *, match: str = "") -> Iterator[Any]:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            yield caught
        assert any(issubclass(w.category, expected) and re.search(match, str(w.message)) for w in caught), "no warning"


def _with_attribute(name: str, value: object) -> Callable[[Any], Any]:
    def add(function: Any) -> Any:
        setattr(function, name, value)
        return function

    return add
