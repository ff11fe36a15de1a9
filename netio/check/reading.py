"""Read a program that need not compile: mend the text line by line, remember each mend, and go on.

The text keeps its lines: a mend changes a line or replaces a statement by `pass`, and never adds or removes one, so
that each place in the mended text is a place in the student's.
"""

from __future__ import annotations

import ast
import re
import sys
import warnings
from typing import Iterator, NamedTuple

FULL_WIDTH = str.maketrans("：（），；【】［］｛｝＝＋－＊／＜＞！．％＠　＆｜＃。、", ":(),;[][]{}=+-*/<>!.%@ &|#.,")
_OPEN_QUOTES, _QUOTES = "“‘＂＇", "“”‘’＂＇"
_STRING = re.compile(r"\"\"\"|'''|\"|'|#")
_CODE = re.compile(r"""(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|[^#'"])*""")  # ends before a comment
_HEADER = re.compile(r"\s*(if|elif|else|for|while|def|class|try|except|finally|with|async)\b")
_EXCEPT_OF_PYTHON_2 = re.compile(r"(?m)^[ \t]*except\s+([\w.]+)\s*,\s*([a-z_]\w*)\s*:")
_MISSPELT = {
    "form": "from", "improt": "import", "imoprt": "import", "impotr": "import", "retrun": "return", "whlie": "while",
    "wihle": "while", "esle": "else", "elfi": "elif", "brake": "break", "contiune": "continue", "dfe": "def",
    "calss": "class", "clsas": "class",
}
BROKEN = {"broken-statement", "misspelt-word", "unclosed-bracket", "try-alone", "empty-block", "broken-indentation"}
_MOST_MENDS = 80


class Repair(NamedTuple):
    """A mend of the text: where, what kind of mistake it was, and what was mended.

    >>> Repair(1, 11, "full-width-sign", "：", ":").new
    ':'
    """

    line: int
    column: int
    kind: str
    old: str
    new: str


class Reading(NamedTuple):
    """A program's tree, its mended text, and the mends.

    >>> read_program("x = 1\\n").repairs
    []
    """

    tree: ast.Module
    text: str
    repairs: list[Repair]


def read_program(text: str) -> Reading:
    """Return the tree of a program, mended where it does not compile.

    >>> reading = read_program("while True：\\n    print 'hello'\\n")
    >>> [(repair.line, repair.kind) for repair in reading.repairs]
    [(1, 'full-width-sign'), (2, 'python2-print')]
    """
    text = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\0", " ").replace("\f", " ")
    tree, _ = _parse(text)
    if tree is not None:
        return Reading(tree, text, [])
    repairs: list[Repair] = []
    lines = list(_ascii_signs(text, repairs))
    _untab(lines, repairs)
    for _ in range(_MOST_MENDS):
        tree, failed = _parse("\n".join(lines) + "\n")
        if tree is not None:
            return Reading(tree, "\n".join(lines) + "\n", list(_once(repairs)))
        _mend(lines, failed, repairs)
    return Reading(ast.Module([], []), text, repairs)


def _once(repairs: list[Repair]) -> Iterator[Repair]:
    """Yield the mends in their order, of several lines that are indented too far only the first, and none of the line
    that goes on after an open bracket."""
    last = Repair(-9, 0, "", "", "")
    for repair in sorted(repairs, key=lambda repair: repair.line):  # of one line the first mend comes first
        same = repair.kind == last.kind == "broken-indentation" and repair.line - last.line < 4
        goes_on = (last.kind, last.line, repair.kind) == ("unclosed-bracket", repair.line - 1, "broken-indentation")
        again = repair.line == last.line and (repair.kind == last.kind or {repair.kind, last.kind} <= BROKEN)
        if not (same or goes_on or again):
            yield repair
        last = repair if not again else last


def _parse(text: str) -> tuple[ast.Module | None, tuple[int, int]]:
    """Return (tree, -), or (None, the line and column where it fails)."""
    caught = _EXCEPT_OF_PYTHON_2.search(text)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            if sys.version_info >= (3, 14) and caught:  # which 3.14 takes for two exceptions
                ast.parse(text, feature_version=(3, 13))
            return ast.parse(text), (0, 0)
        except SyntaxError as error:
            lines, message = text.split("\n"), str(error.msg)
            number = min(error.lineno or 1, len(lines))
            if "was never closed" in message:  # PyPy says this before what is wrong above the bracket
                above = [*lines[: number - 1], " " * _indent(lines[number - 1]) + "pass"]
                tree, place = _parse("\n".join(above) + "\n") if number > 1 else (None, (0, 0))
                if tree is None and 0 < place[0] < number:
                    return None, place
            if message == "expected ':'" and not lines[number - 1][: (error.offset or 1) - 1].strip():
                earlier = _previous(lines, number - 1)  # the line that wants one: PyPy says the next
                return None, (earlier + 1, len(lines[earlier]) + 1)
            if caught and "without parentheses" in message:  # said of a place after it
                return None, (text.count("\n", 0, caught.start()) + 1, 0)
            return None, (number, error.offset or 0)
        except (ValueError, RecursionError, MemoryError):
            return None, (1, 0)


def _ascii_signs(text: str, repairs: list[Repair]) -> Iterator[str]:
    """Yield the lines with full-width signs outside of strings and comments as Python's own."""
    inside = ""
    for number, line in enumerate(text.split("\n"), 1):
        done, at = "", 0
        while at < len(line):
            if inside:
                end = line.find(inside, at)
                if end < 0:
                    done, at = done + line[at:], len(line)
                    break
                done, at, inside = done + line[at:end] + inside, end + len(inside), ""
                continue
            sign = line[at]
            if sign == "#":
                done, at = done + line[at:], len(line)
            elif sign in "'\"" and line.startswith(sign * 3, at):
                inside, done, at = sign * 3, done + sign * 3, at + 3
            elif sign in "'\"" or sign in _QUOTES:
                piece = _string(line, at)
                fixed = _plain_quotes(piece)
                if fixed != piece:
                    repairs.append(Repair(number, at + 1, "full-width-sign", sign, fixed[0]))
                done, at = done + fixed, at + len(piece)
            elif sign.translate(FULL_WIDTH) != sign:
                repairs.append(Repair(number, at + 1, "full-width-sign", sign, sign.translate(FULL_WIDTH)))
                done, at = done + sign.translate(FULL_WIDTH), at + 1
            else:
                done, at = done + sign, at + 1
        yield done


def _string(line: str, at: int) -> str:
    """Return the string that begins here with any quote, up to its end or the end of the line."""
    opening = line[at]
    ends = opening if opening in "'\"" else {"“": '”“"', "”": '”“"', "＂": "＂"}.get(opening, "’‘'＇")
    for end in range(at + 1, len(line)):
        if line[end] in ends and line[end - 1] != "\\":
            return line[at : end + 1]
    wide = "”“" if opening == '"' else "’‘"
    for end in range(at + 1, len(line)):
        if line[end] in wide:
            return line[at : end + 1]
    return line[at:]


def _plain_quotes(piece: str) -> str:
    if piece[0] in "'\"" and piece[-1] == piece[0] or len(piece) < 2:
        return piece
    if piece[-1] not in _QUOTES + "'\"":
        return piece
    quote = '"' if piece[0] in '“”＂"' else "'"
    return quote + piece[1:-1].replace(quote, " ") + quote


def _untab(lines: list[str], repairs: list[Repair]) -> None:
    """Replace tabs at the start of lines by four blanks where a file has both."""
    heads = [line[: len(line) - len(line.lstrip())] for line in lines]
    tabbed = [number for number, head in enumerate(heads) if "\t" in head]
    if not tabbed or not any(" " in head for head in heads):
        return
    first = next(
        (number for number in tabbed if " " in heads[number] or number and " " in heads[number - 1]), tabbed[0]
    )
    repairs.append(Repair(first + 1, 1, "mixed-tabs", "tab", "    "))
    for number in tabbed:
        lines[number] = heads[number].expandtabs(4) + lines[number].lstrip()


def _mend(lines: list[str], failed: tuple[int, int], repairs: list[Repair]) -> None:
    """Mend what fails first: the first mend after which reading gets further, else the statement goes."""
    for number in (failed[0] - 1, _previous(lines, failed[0] - 1)):
        if not 0 <= number < len(lines) or not lines[number].strip():
            continue
        for kind, new in _candidates(lines, number):
            old, lines[number] = lines[number], new
            tree, place = _parse("\n".join(lines) + "\n")
            if tree is not None or place[0] > failed[0] or number == failed[0] - 1 and place > failed:
                repairs.append(Repair(number + 1, _indent(old) + 1, kind, old.strip(), new.strip()))
                return
            lines[number] = old
    number = min(max(failed[0] - 1, 0), len(lines) - 1)
    for earlier in range(number, max(-1, number - 60), -1):  # a `try` that nothing follows
        if lines[earlier].strip() == "try:":
            old, lines[earlier] = lines[earlier], lines[earlier].replace("try:", "if True:")
            tree, place = _parse("\n".join(lines) + "\n")
            if tree is not None or place[0] > failed[0]:
                repairs.append(Repair(earlier + 1, _indent(old) + 1, "try-alone", "try:", ""))
                return
            lines[earlier] = old
    if lines[number].strip() in ("pass", "", "if True:"):  # what surrounds it is at fault
        earlier = _previous(lines, number)
        number = earlier if earlier >= 0 else number
    if not lines[number].strip():
        number = max((at for at, line in enumerate(lines) if line.strip()), default=0)
    old = lines[number]
    blanks = " " * _fitting_indent(lines, number)
    bound = re.match(r"\s*(\w+ =)(?! \.\.\.)", old)  # the name stays, with a value that is not known
    lost = f"{bound[1]} ..." if bound else "pass"
    lines[number] = blanks + ("if True:" if old.rstrip().endswith(":") and "if True" not in old else lost)
    if lines[number] == old:
        lines[number] = ""
    if old.strip() not in ("pass", "if True:"):
        repairs.append(Repair(number + 1, _indent(old) + 1, "broken-statement", old.strip(), ""))


def _candidates(lines: list[str], number: int) -> Iterator[tuple[str, str]]:
    """Yield (kind of mistake, the mended line) for what this line may want."""
    line = lines[number]
    head, body = line[: _indent(line)], line.strip()
    code, comment = _split_comment(body)
    if _HEADER.match(line) and not code.endswith((":", ": pass")):
        yield "missing-colon", f"{head}{code}:{comment}"
    word = re.match(r"\w+", body)
    if word and word[0] in _MISSPELT:
        yield "misspelt-word", head + _MISSPELT[word[0]] + body[word.end() :]
    if re.match(r"else if\b", body):
        yield "misspelt-word", head + "elif" + body[7:]
    if re.match(r"print\b(?!\s*\()", code):
        printed = re.sub(r"\s*,$", ", end=' '", code[5:].strip())
        yield "python2-print", f"{head}print({printed}){comment}"
    if re.match(r"print\b[^()]*[^()\s]\s*%|print\s*\([^()]*\)\s*\S", code):
        yield "python2-print", f"{head}print({code[5:].strip()}){comment}"
    caught = _EXCEPT_OF_PYTHON_2.match(body)
    if caught:
        yield "python2-except", f"{head}except {caught[1]} as {caught[2]}:{body[caught.end():]}"
    if re.match(r"(el)?if\b|while\b", code) and re.search(r"[^=!<>]=[^=]", code):
        fixed = re.sub(r"(?<![=!<>])=(?!=)", "==", code, count=1)
        yield "assignment-for-comparison", f"{head}{fixed}{comment}"
        yield "assignment-for-comparison", f"{head}{fixed.rstrip(':')}:{comment}"
    if ".[" in body:
        yield "broken-statement", line.replace(".[", "[")
    opened = [code.count(pair[0]) - code.count(pair[1]) for pair in ("()", "[]", "{}")]
    closing = _closing(code)
    if closing:
        if code.endswith(":"):
            yield "unclosed-bracket", f"{head}{code[:-1].rstrip()}{closing}:{comment}"
        yield "unclosed-bracket", f"{head}{code}{closing}{comment}"
    if code.endswith((")", "]", "}")) and min(opened) < 0:
        yield "broken-statement", f"{head}{code[:-1]}{comment}"
    if body.startswith(("else", "elif", "except", "finally")) and code.endswith(":"):
        for indent in _indents(lines, number):
            yield "broken-indentation", " " * indent + body
        yield "broken-statement", f"{head}if True:"
    for indent in _indents(lines, number):
        if indent != len(head):
            yield "broken-indentation", " " * indent + body
    if code.endswith(":"):
        yield "empty-block", f"{head}{code} pass{comment}"


def _split_comment(body: str) -> tuple[str, str]:
    """Return the code of a line, and its comment with the blanks before it."""
    end = _CODE.match(body).end()  # type: ignore[union-attr] # the empty text matches
    code = body[:end].rstrip() if body.startswith("#", end) else body
    return code, body[len(code) :]


def _closing(code: str) -> str:
    """Return the brackets that close those which a line opens."""
    opened: list[str] = []
    for sign in re.sub(r"'[^']*'|\"[^\"]*\"", "", code):
        if sign in "([{":
            opened.append(")]}"["([{".index(sign)])
        elif opened and sign == opened[-1]:
            opened.pop()
    return "".join(reversed(opened))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _previous(lines: list[str], number: int) -> int:
    """Return the number of the line with code before this one, or -1."""
    for earlier in range(number - 1, -1, -1):
        if lines[earlier].strip() and not lines[earlier].lstrip().startswith("#"):
            return earlier
    return -1


def _indents(lines: list[str], number: int) -> list[int]:
    """Return the indentations that lines before this one have, the likeliest first."""
    earlier = _previous(lines, number)
    if earlier < 0:
        return [0]
    inner = _indent(lines[earlier]) + 4
    seen = {_indent(line) for line in lines[max(0, number - 40) : number] if line.strip()}
    wanted = _indent(lines[number])
    opens = lines[earlier].split("#")[0].rstrip().endswith(":")
    known = sorted((indent for indent in seen if indent < inner), key=lambda indent: abs(indent - wanted))
    return ([inner] if opens else []) + known


def _fitting_indent(lines: list[str], number: int) -> int:
    """Return an indentation at which a statement can be here."""
    indents = _indents(lines, number)
    return (_indent(lines[number]) if _indent(lines[number]) in indents and not indents[0] > _indent(lines[number])
            else indents[0])
