"""python -m netio: what there is, what it does, and how to copy it out.

    python -m netio                         the chapters, and where to start
    python -m netio list tcp                a chapter's names, where to start first (--all: its modules' too)
    python -m netio find 粘包               names, scripts, pages, the notes' headings, errors by their text: best first
    python -m netio show tcp.recv_exactly   documentation and source
    python -m netio copy tcp.recv_exactly   a snippet that stands alone, for your own program (--to FILE, --platform)
    python -m netio vendor http.HTTPServer --to mypackage/_netio    what is too long to paste, as a package of files
    python -m netio plain thread_server     a program of the notes' size, corrected, without netio (alone: a list)
    python -m netio check server.py         the mistakes of a program of your own, each with its cure
    python -m netio tour                    a walk through every chapter
    python -m netio tour --html tour.html   the same, as a page for a browser or a phone
"""
from __future__ import annotations

import argparse
import keyword
import os
import re
import sys
from importlib import import_module
from pathlib import Path
from typing import Callable

from . import __all__ as CHAPTERS
from . import _console, _language, reference
from .check.options import add_options
from .reference.index import Item, load_index
from .reference.plain import Program, errata_of
from .reference.sources import NotFound
from .reference.words import words_of

_TOO_LONG_TO_PASTE = 300  # lines
_IN_CHECKOUT = (Path(__file__).parent.parent / "scripts" / "tour.py").exists()
_ALL = "default: all of them"
_PLATFORMS = ("posix", "linux", "macos", "windows")
_PLATFORM = "leave out what cannot run there; default: it runs everywhere"
_CHINESE = re.compile("[\u3400-\u9fff]")  # a full-width comma is none
_START = "New here? Type these, in this order:"
# The scripts are in a checkout only.
_FIRST_COMMANDS = [(command, why) for command, why in (
    ("python3 scripts/show_sticky.py", "three messages, glued together and torn apart"),
    ("python3 -m netio plain tcp_server_many", "a whole server in 60 lines, to read"),
    ("python3 -m netio list tcp", "what netio has for it"),
    ("python3 scripts/tour.py", "every chapter, in a minute; then the ladder in README.md"),
) if _IN_CHECKOUT or "scripts/" not in command]
_NO_CHAPTER = "no chapter {!r}; there are {}"


def main(argv: list[str] | None = None) -> int:
    _console.prepare_streams()
    words = _language.load_words("netio._chinese")
    options = _parser(words).parse_args(argv)
    options.say = lambda text: words.get(text, text)
    try:
        status = int(options.run(options))
        sys.stdout.flush()
        return status
    except BrokenPipeError:  # the reader of our output, such as `head`, has left
        _console.abandon_output()
        return 0
    except LookupError as error:
        print(f"netio: {_say_error(options, error)}", file=sys.stderr)
        if isinstance(error, NotFound) and len(error.values) == 1:  # else it says itself what there is
            _point_to(options, _console.typed_text(str(error.values[0])))
        return 2
    except FileExistsError as error:
        why = "" if error.strerror in ("", os.strerror(error.errno or 0)) else f" ({options.say(error.strerror)})"
        print(f"netio: {options.say('{} exists already, and is not overwritten').format(error.filename)}{why}",
              file=sys.stderr)
        return 2
    except OSError as error:
        print(f"netio: {_language.explain(error, words)}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _parser(words: _language.Words) -> argparse.ArgumentParser:
    parser = _language.make_parser(__doc__, words, "python -m netio")
    parser.set_defaults(run=_map, translations=words)
    commands = parser.add_subparsers(title=words.get("commands", "commands"), metavar="COMMAND")

    def add(name: str, run: Callable[[argparse.Namespace], int], summary: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=summary, description=summary, formatter_class=parser.formatter_class)
        command.set_defaults(run=run)
        return command

    def chapter(name: str) -> str:
        if name in CHAPTERS:
            return name
        message = words.get(_NO_CHAPTER, _NO_CHAPTER).format(name, ", ".join(CHAPTERS))
        raise argparse.ArgumentTypeError(message)

    command = add("list", _list, "the names of a chapter with their first sentence")
    command.add_argument("chapter", nargs="?", type=chapter, metavar="CHAPTER", help=_ALL)
    command.add_argument("--all", action="store_true", help="also the further public names of its modules")
    command = add("find", _find, "search names, scripts, Chinese terms, and errors by their text")
    command.add_argument("words", nargs="+", metavar="WORD", help="English or Chinese, or an error as it was printed")
    command = add("show", _show, "documentation and source of a name")
    command.add_argument("names", nargs="+", metavar="NAME", help="such as tcp.recv_exactly")
    command = add("copy", _copy, "print a snippet that stands alone")
    command.add_argument("names", nargs="*", metavar="NAME", help="such as tcp.recv_exactly, or tcp for all of it")
    command.add_argument("--to", type=Path, metavar="FILE", help="write it to FILE, which must not exist")
    command.add_argument("--no-docs", action="store_true", help="without docstrings")
    command.add_argument("--platform", choices=_PLATFORMS, default="", help=_PLATFORM)
    command = add("vendor", _vendor, "write the modules that names need as a package of your own")
    command.add_argument("names", nargs="+", metavar="NAME", help="such as http.HTTPServer, or tcp for all of it")
    command.add_argument("--to", type=Path, metavar="FOLDER",
                         help="the folder of the package; one that this command wrote before is renewed")
    command.add_argument("--no-docs", action="store_true", help="without docstrings")
    command.add_argument("--platform", choices=_PLATFORMS, default="", help=_PLATFORM)
    command = add("plain", _plain, "print the notes' programs, corrected, which need no netio")
    command.add_argument("names", nargs="*", metavar="NAME",
                         help="such as thread_server, or words such as zombie; none: list them")
    command.add_argument("--to", type=Path, metavar="FILE", help="write it to FILE, which must not exist")
    command = add("check", _check, "name the mistakes in a program of your own, without running it")
    add_options(command)
    command = add("tour", _tour, "walk through every chapter on real files and sockets")
    command.add_argument("chapters", nargs="*", metavar="CHAPTER", type=chapter, help=_ALL)
    command.add_argument("--chapter", dest="chapters_too", action="append", default=[], metavar="CHAPTER", type=chapter,
                         help="only this one (may be repeated)")
    command.add_argument("--html", type=Path, metavar="FILE",
                         help="write all that is shown to FILE, too, as one HTML page")
    return parser


def _map(options: argparse.Namespace) -> int:
    say = options.say
    print(say("netio: network and concurrent programming with nothing but Python's standard library"), end="\n\n")
    for chapter in CHAPTERS:
        print(f"  netio.{chapter:<12} {say(reference.documentation(chapter).splitlines()[0])}")
    print("\n" + _language.translate_doc((__doc__ or "").strip().partition("\n\n")[2], options.translations))
    print("\n" + say(_START) + "\n")
    for command, why in _FIRST_COMMANDS:
        print(f"    {command:<40}{say(why)}")
    return 0


def _list(options: argparse.Namespace) -> int:
    index = reference.load_index()
    for chapter in [options.chapter] if options.chapter else CHAPTERS:
        listed = {item.name: item for item in index.items if item.kind == "name"
                  and item.name.startswith(f"{chapter}.") and (options.all or item.name.count(".") == 1)}
        first = [listed.pop(f"{chapter}.{name}") for name in index.start[chapter]]
        chinese = _is_chinese(options)
        print(options.say("netio.{}, start here:" if first else "netio.{}:").format(chapter))
        for item in first:
            print(f"  {item.name:<28}  {chinese and item.summary_zh or item.summary}")
        if first:
            print(options.say("and further:"))
        for item in listed.values():
            print(f"  {item.name:<28}  {chinese and item.summary_zh or item.summary}")
        print()
    if options.all:
        print(options.say("What only a module offers has its English docstring here: python -m netio show NAME."))
    return 0


def _find(options: argparse.Namespace) -> int:
    words = sys.stdin.read() if options.words == ["-"] else " ".join(map(_console.typed_text, options.words))
    if not words.strip():
        raise LookupError(options.say("say what to look for"))
    answer = reference.search(words)
    if answer.own_line:
        print(options.say("your line: {}").format(_language.printable(answer.own_line)), end="\n\n")
    if answer.unknown and not answer.hits:
        print(options.say("nothing in netio speaks of {!r}").format(words.strip()), file=sys.stderr)
        _suggest(options, [words])
        return 1
    if answer.unknown:
        print(options.say("not understood: {}").format(_language.printable(" ".join(answer.unknown))), file=sys.stderr)
    chinese = _is_chinese(options) or bool(_CHINESE.search(words)) and _language.shows_chinese()
    for hit in answer.hits:
        _print_hit(hit.item, chinese, options)
    return 0


def _print_hit(item: Item, chinese: bool, options: argparse.Namespace) -> None:
    """Print what was found: its name, one line of what it is, and where to go on."""
    summary = item.summary_zh if chinese else item.summary or item.summary_zh  # docstrings are English: `show`
    see = [_title(load_index().named(target, chinese), chinese, options) for target in item.see
           if _IN_CHECKOUT or not target.startswith(("scripts/", "docs/"))]
    lines = [_title(item, chinese, options)]
    if summary and summary != item.name:
        lines += _language.wrap_wide(summary, 100)
    if see:
        lines += _language.wrap_wide(options.say("see {}").format(", ".join(see)), 100)
    print("\n    ".join(lines))


def _title(item: Item, chinese: bool, options: argparse.Namespace) -> str:
    """Return what something found is called, with its kind."""
    title = {"error": "error: {}", "erratum": "erratum {}", "notes": "notes: {}", "term": "term: {}",
             "plain": "plain {}", "answer": "answer: {}"}
    called = (item.name_zh if chinese else "") or item.name
    return str(options.say(title.get(item.kind, "{}"))).format(called)


def _show(options: argparse.Namespace) -> int:
    texts = [reference.documentation(name) if name in CHAPTERS else reference.definition(name)
             for name in options.names]
    print("\n\n".join(_headline(options, name, text) + text for name, text in zip(options.names, texts)))
    _name_plain(options)
    return 0


def _headline(options: argparse.Namespace, name: str, text: str) -> str:
    """Return a comment that says in Chinese what a name is; "" for a reader of English."""
    if not _is_chinese(options):
        return ""
    if name in CHAPTERS:
        return f"# netio.{name}：{options.say(text.splitlines()[0])}\n"
    asked = name.removeprefix("netio.")
    found = [item for item in reference.load_index().items if item.kind == "name" and item.summary_zh
             and asked in (item.name, item.name.rpartition(".")[2])]
    return f"# {found[0].name}：{found[0].summary_zh}\n" if len(found) == 1 else ""


def _is_chinese(options: argparse.Namespace) -> bool:
    """True where the reader is spoken to in Chinese, and the console can show it."""
    return bool(options.translations)


def _copy(options: argparse.Namespace) -> int:
    if not options.names:
        raise LookupError(options.say("which name? `python -m netio list` shows them all"))
    snippet = reference.copy(options.names, docs=not options.no_docs, platform=options.platform)
    if options.to is None:
        print(snippet, end="")
    else:
        with options.to.open("x", encoding="utf-8", newline="\n") as file:
            file.write(snippet)
    _advise(options, snippet.count("\n"))
    return 0


def _advise(options: argparse.Namespace, lines: int) -> None:
    """Say how long a snippet is, and what is handier where it is too long to paste."""
    print("# " + options.say("{} lines").format(lines), file=sys.stderr)
    if lines > _TOO_LONG_TO_PASTE:
        names = " ".join(options.names)
        if not options.no_docs:
            short = reference.copy(options.names, docs=False, platform=options.platform).count("\n")
            print("# " + options.say("without docstrings, by --no-docs: {} lines").format(short), file=sys.stderr)
        print("# " + options.say("as files: {}").format(f"python -m netio vendor {names} --to mypackage/_netio"),
              file=sys.stderr)
        _name_plain(options)


def _name_plain(options: argparse.Namespace) -> None:
    """Name the plain programs that do the same in the size of the notes."""
    if shorter := sorted({program for name in options.names for program in reference.programs_before(name)}):
        sys.stdout.flush()
        command = f"python -m netio plain {' '.join(shorter)}"
        print("# " + options.say("plain, in the size of the notes: {}").format(command), file=sys.stderr)


def _vendor(options: argparse.Namespace) -> int:
    if options.to is None:
        raise LookupError(options.say("say where the package goes: --to mypackage/_netio"))
    if not _is_package_name(os.path.basename(os.path.abspath(options.to))):
        raise LookupError(options.say("{} is no name for a package").format(options.to))
    paths = reference.vendor(options.names, options.to, docs=not options.no_docs, platform=options.platform)
    names = ", ".join(reference.resolve(name)[1] for entry in options.names for name in reference.expand(entry))
    print(options.say("{} files in {}").format(len(paths), options.to))
    print(f"from {_import_name(options.to)} import {names}")
    return 0


def _import_name(folder: Path) -> str:
    """Return the name by which a project imports a package: a path below this folder says it, else what is around."""
    if not folder.is_absolute() and all(map(_is_package_name, folder.parts)):
        return ".".join(folder.parts[-2:])
    *parents, last = folder.resolve().parts
    names = [last]
    while parents and Path(*parents, "__init__.py").exists():
        names.insert(0, parents.pop())
    return ".".join(names)


def _is_package_name(name: str) -> bool:
    return name.isidentifier() and not keyword.iskeyword(name)


def _plain(options: argparse.Namespace) -> int:
    known = {program.name: program for program in reference.programs()}
    if not known:
        raise LookupError(options.say("the plain programs are not here; a checkout has them in scripts/plain"))
    names = [name[:-3] if name.endswith(".py") else name for name in options.names]
    if not names or not known.keys() >= set(names):
        words = " ".join(map(_console.typed_text, names))
        found = reference.find_programs(words) if names else list(known.values())
        if options.to is not None and len(found) > 1:
            raise LookupError(options.say("say which: {}").format(", ".join(program.name for program in found)))
        if len(found) > 1:
            chinese = _is_chinese(options)
            for program in found:
                print(f"  {program.name:<20}  {program.summary_zh if chinese else program.summary}")
            return 0
        names = [found[0].name] if found else [name for name in names if name not in known]
    text = "\n\n".join(map(reference.program_text, names))
    if options.to is None:
        print(text, end="")
    else:
        with options.to.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    _list_mistakes(options, [program for program in known.values() if program.name in names])
    return 0


def _list_mistakes(options: argparse.Namespace, shown: list[Program]) -> None:
    """Say what the notes' own programs get wrong."""
    numbers = {number for program in shown for number in errata_of(program)}
    wrong = {item.name: item.summary_zh if _is_chinese(options) else item.summary
             for item in reference.load_index().items if item.kind == "erratum" and item.name in numbers}
    if wrong:
        sys.stdout.flush()
        print("# " + options.say("what the notes' own gets wrong, by numbers of the errata:"), file=sys.stderr)
        for number in sorted(wrong, key=int):
            print(f"# {number:>4}  {wrong[number]}", file=sys.stderr)
        if _IN_CHECKOUT:
            command = f"python3 scripts/prove_errata.py {min(wrong, key=int)}"
            print("# " + options.say("see it happen: {}").format(command), file=sys.stderr)


def _check(options: argparse.Namespace) -> int:
    run = import_module("netio.check.command").run
    return int(run(options, options.say, _is_chinese(options)))


def _tour(options: argparse.Namespace) -> int:
    tour = import_module(".tour", __package__)  # here, because `find` shall not wait for it
    return 1 if tour.run(options.chapters + options.chapters_too or tour.CHAPTERS, html=options.html) else 0


def _say_error(options: argparse.Namespace, error: LookupError) -> str:
    if isinstance(error, NotFound):
        return str(options.say(error.text).format(*error.values))
    return str(error.args[0])


def _point_to(options: argparse.Namespace, name: str) -> None:
    """Say what else a name may mean that is no public name: a plain program, a script, a word to search for."""
    close = reference.suggest(name)
    stem = name.replace("\\", "/").rpartition("/")[2]
    stem = stem[:-3] if stem.endswith(".py") else stem
    if stem in {program.name for program in reference.programs()}:
        text, command = "{} is a program of the notes: {}", f"python -m netio plain {stem}"
    elif f"scripts/{stem}.py" in {script.name for script in reference.scripts()}:
        text, command = "{} is a script: {}", f"python3 scripts/{stem}.py"
    elif close:
        return _suggest(options, [name])
    else:
        text, command = "{} is no name; search for it: {}", f"python -m netio find {name}"
    print("  " + options.say(text).format(stem, command), file=sys.stderr)
    if "find" in command:
        _suggest_found(options, name)


def _suggest_found(options: argparse.Namespace, words: str) -> None:
    typed = set(words_of(words))
    likely = [hit for hit in reference.search(words).hits if hit.item.kind == "name" and typed & set(hit.matched)]
    for hit in likely[:3]:
        print("  " + options.say("did you mean {}?").format(hit.item.name), file=sys.stderr)


def _suggest(options: argparse.Namespace, names: list[str]) -> None:
    for name in names:
        for close in reference.suggest(name):
            print("  " + options.say("did you mean {}?").format(close), file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
