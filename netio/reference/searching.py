"""Find what a question, a word or an error text asks for: the best partial match over the whole index.

Each word of the question counts the more the rarer it is. An error as it was printed, or a whole traceback, is
compared with the texts of the common errors first (`matching`). What an error, a heading or an erratum points to
gets a share of its points.
"""
from __future__ import annotations

import difflib
import errno
import re
from functools import lru_cache
from typing import NamedTuple

from .errors import ALL_ERRORS, title_by_kind
from .index import Item, load_index
from .matching import fit_error
from .recognising import recognise
from .words import expand, has_phrase, plain_question, words_of

# The last line of a traceback: `OSError: [Errno 98] Address already in use`, `queue.Empty`.
_ERROR_LINE = re.compile(
    r"(?m)^(?:[\w.]+\.)?[A-Z]\w*(?:Error|Exception|Empty|Full|Warning|Interrupt|Exit|timeout)\b.*$")
_ERROR_CLASS = re.compile(
    r"\s*(?P<kind>(?:[\w.]+\.)?(?:[A-Z]\w*|error(?:_\w+)?)|socket\.timeout)(?:: ?(?P<text>.*)|$)", re.DOTALL)
# recv报错ConnectionResetError; the general classes tell nothing.
_NAMED = re.compile(r"(?<![A-Za-z])(?!(?:Type|Value|Runtime|OS|Assertion|Overflow|Lookup)Error)"
                    r"(?:[A-Z][a-z]+){2,}(?![A-Za-z])")
_FRAME = re.compile(r'(?m)^ *File "(?P<file>[^"]+)", line (?P<line>\d+).*\n +(?P<code>.+)$')
_NAME = re.compile(r"[A-Za-z]\w*[._]\w[\w.]*")  # recv_exactly, tcp.listen
_LIBRARY = re.compile(r"[/\\](lib|Lib|site-packages)[/\\]|^<")
# What answers a question best is a name, a page or an erratum rather than a heading of the notes.
_KIND_FACTOR = {"error": 0.7, "name": 1.0, "script": 0.9, "plain": 0.7, "erratum": 0.8, "page": 0.6, "notes": 0.9,
                "term": 1.1, "answer": 0.8}  # an answer is found by how it is asked
_NOT_IN_FRONT = 0.5  # a name that only its module offers
_SHARE, _ANSWER_SHARE = 0.5, 0.3
_MEANT, _TYPED = 250.0, 1200.0
_RECOGNISED = 1000.0  # for an answer that a question asks for without doubt
_MOST_RECOGNISED, _LEAST_RECOGNISED = 4, 0.2
_FITS, _MOST_FITS = 0.4, 5  # for the best of the answers whose groups of words are all in the question
_NEARLY, _LEAST_SAID = 3.0, 9  # for an answer of which one group is missing: by how much less, and bytes of the others
# For an error whose text fits as a whole, by its number or a word of it and nothing else, or partly.
_WHOLLY, _NUMBERED, _PARTLY = 100, 20, 10
_LEAST_SHARE = 16  # what has less than this part of the best hit's points is not shown
_LEAST_COVERAGE = 0.35
_LESSON = re.compile("lesson|syllabus|教案", re.IGNORECASE)  # who asks for one wants a page, and no answer
_UNKNOWN = 7.0  # how much a word tells that nothing here has: about as much as one that only one item has
_MOST_READ = 4000  # characters of a question: who pastes a whole log is answered by how it begins
_UNKNOWN_PAIR = 1.0  # a pair of Chinese characters is often no word at all


class Hit(NamedTuple):
    """Something found: what, how well it fits, and the words of the question that it has.

    >>> "粘包" in search("粘包").hits[0].matched
    True
    """

    item: Item
    points: float
    matched: tuple[str, ...]


class Answer(NamedTuple):
    """What a search gave: the hits, best first, the words that nothing here has, and the asker's own line of code.

    >>> Answer([], ["xylophone"]).own_line
    ''
    """

    hits: list[Hit]
    unknown: list[str]
    own_line: str = ""


def search(question: str, limit: int = 10) -> Answer:
    """Return what fits a question best.

    The question may be English or Chinese, a name, an error as it was printed, or a whole traceback.

    >>> search("OSError: [Errno 98] Address already in use").hits[0].item.name
    'Address already in use'
    >>> search("tcp recv_exactly").hits[0].item.name
    'tcp.recv_exactly'
    >>> search("xylophone tuner").hits, search("xylophone tuner").unknown
    ([], ['xylophone', 'tuner'])
    """
    question, own_line = _read_traceback(question)
    question = plain_question(question[:_MOST_READ])
    if question.isupper():  # EADDRINUSE and the like: each system has its own number for it
        question = str(getattr(errno, question, question))
    index = load_index()
    wanted, meant = expand(_correct(question))
    points: dict[int, float] = {}
    matched: dict[int, list[str]] = {}
    for word, count in wanted.items():
        told = count * index.rarity(word)
        for number, weight in index.words.get(word, {}).items():
            points[number] = points.get(number, 0.0) + told * weight
            matched.setdefault(number, []).append(word)
    shares = [_shares([word for word, count in wanted.items() if count == 1.0]),
              _shares([word for word, count in wanted.items() if count < 1.0])]
    hits = {number: _hit(index.items[number], points[number], matched[number], shares) for number in points}
    _prefer_language(question, hits)
    if not _add_errors(question, hits) and not _LESSON.search(question):
        _add_answers(question, hits)
    _add_meant(question, meant, hits)
    _lend(hits)
    best = sorted(hits.values(), key=lambda hit: (-hit.points, hit.item.name))
    least = best[0].points / _LEAST_SHARE if best else 0
    return Answer([hit for hit in best[:limit] if hit.points > least], _unknown_words(question), own_line)


def _unknown_words(question: str) -> list[str]:
    known = load_index().words
    typed = [word.strip(".,:;?!，。：；？！'\"()[]") for word in question.split()]
    return [word for word in typed if words_of(word) and not any(part in known for part in words_of(word))
            and not _like(word)]


def _correct(question: str) -> str:
    """Return the question with each misspelt English word replaced by the most similar one that is known here."""
    return re.sub(r"[A-Za-z]{4,}", lambda found: _like(found[0]) or found[0], question)


@lru_cache(maxsize=256)
def _like(word: str) -> str:
    """Return the known word most like one that is not known, or \"\"."""
    known = load_index().words
    parts = words_of(word)
    if len(parts) != 1 or len(word) < 4 or not word.isascii() or parts[0] in known:
        return ""
    candidates = [other for other in known if other[0] == parts[0][0] and other.isalpha() and other.isascii()]
    return next(iter(difflib.get_close_matches(parts[0], candidates, n=1, cutoff=0.8)), "")


def _hit(item: Item, points: float, matched: list[str], shares: list[dict[str, float]]) -> Hit:
    coverage = max(sum([share[word] for word in matched if word in share]) for share in shares)
    if coverage < _LEAST_COVERAGE:
        return Hit(item, 0.0, tuple(matched))
    front = _NOT_IN_FRONT if item.kind == "name" and item.name.count(".") > 1 else 1.0
    return Hit(item, points * coverage * _KIND_FACTOR[item.kind] * front, tuple(matched))


def _shares(wanted: list[str]) -> dict[str, float]:
    """Return how much each of the wanted words tells of all that they tell: the rarer a word, the more."""
    index = load_index()
    told = {word: index.rarity(word) or (_UNKNOWN if word.isascii() else _UNKNOWN_PAIR) for word in wanted}
    total = sum(told.values())
    return {word: value / total for word, value in told.items()}


def _prefer_language(question: str, hits: dict[int, Hit]) -> None:
    """Put the pages of the other language last."""
    chinese = re.search("[\u3400-\u9fff]", question) is not None
    for number, hit in hits.items():
        if hit.item.kind == "page" and hit.item.name.startswith("docs/zh/") != chinese:
            hits[number] = hit._replace(points=hit.points / 3)


def _add_answers(question: str, hits: dict[int, Hit]) -> None:
    """Raise what is recognised: by groups of words that are in the question, and by what its words tell."""
    index = load_index()
    recognised = recognise(question, index.evidence, index.words)
    fits = sorted(((fit, number) for number, asked in index.asked if (fit := _fit_answer(question, asked))[2]),
                  reverse=True)
    for rank, (fit, number) in enumerate(fits[:_MOST_FITS]):
        more = _FITS / (1 + rank / 2) / (1 if fit[0] else _NEARLY)
        recognised[number] = recognised.get(number, 0.0) + more
    best = sorted(((value, number) for number, value in recognised.items() if value >= _LEAST_RECOGNISED), reverse=True)
    for value, number in best[:_MOST_RECOGNISED]:
        if value * 2 >= best[0][0]:
            before = hits.get(number, Hit(index.items[number], 0.0, ()))
            hits[number] = before._replace(points=before.points + _RECOGNISED * value)


def _fit_answer(question: str, asked: str) -> tuple[bool, float, int]:
    """Return (whether all groups are there, how much they tell, bytes of their longest phrases) of the best way to ask.

    Where one group is missing the others tell half of one less; a group with ! before it must be there.
    """
    lowered, best = f" {question.lower()} ", (False, 0.0, 0)
    for groups in _ways_to_ask(asked):
        said = [max([phrase for phrase in phrases if has_phrase(phrase, lowered)], key=_bytes_in, default="")
                for _, phrases in groups]
        missing = [needed for (needed, _), phrase in zip(groups, said) if not phrase]
        size = sum(map(_bytes_in, said))
        if not missing or missing == [False] and size >= _LEAST_SAID:
            best = max(best, (not missing, sum(map(_told_by, said)) - len(missing) / 2, size))
    return best


@lru_cache(maxsize=None)
def _ways_to_ask(asked: str) -> list[list[tuple[bool, list[str]]]]:
    """Return, for each way to ask, (whether it must be there, its phrases) of each group."""
    return [[(group[0] == "!", group.lstrip("!").split("|")) for group in way.split(" & ")]
            for way in asked.split(" // ")]


def _bytes_in(phrase: str) -> int:
    return len(phrase.encode())


def _told_by(phrase: str) -> float:
    """Return how much a phrase tells: a single Chinese character less, a long phrase more."""
    if len(phrase) <= 1:
        return 0.5 if phrase and not phrase.isascii() else float(len(phrase))
    return 1.5 if _bytes_in(phrase) >= 12 else 1.0


def _add_errors(question: str, hits: dict[int, Hit]) -> bool:
    """Put the errors whose text the question holds in front of all else; tell whether there is one."""
    numbers = {item.name: number for number, item in enumerate(load_index().items) if item.kind == "error"}
    fits = {error.title: fit for error in ALL_ERRORS if (fit := fit_error(question, error))}
    line = _ERROR_CLASS.match(question)
    if line and max(fits.values(), default=0) < 100:
        fits[title_by_kind(line["kind"], line["text"] or "")] = 90
    for kind in _NAMED.findall(question):
        title = title_by_kind(kind if re.search("Error|Empty|Full", kind) else f"{kind}Error", "")
        fits[title] = max(fits.get(title, 0), 60)
    weak = _NUMBERED if len(question.split()) <= 2 and question.isascii() else _PARTLY
    for title in fits.keys() & numbers.keys():
        before = hits.get(numbers[title], Hit(load_index().items[numbers[title]], 0.0, ()))
        more = fits[title] * (_WHOLLY if fits[title] >= 100 else weak)
        hits[numbers[title]] = before._replace(points=before.points + more)
    return bool(line) or max(fits.values(), default=0) >= 100


def _add_meant(question: str, meant: list[str], hits: dict[int, Hit]) -> None:
    """Raise the names that are in the question, and those that learners mean by what they say, the first most."""
    named = set(_NAME.findall(question)) or {question.strip()}
    for number, item in enumerate(load_index().items):
        if item.kind == "name":
            more = _TYPED if item.name in named or item.name.rpartition(".")[2] in named else 0.0
            more += _MEANT / (1 + meant.index(item.name) / 4) if item.name in meant else 0.0
            if more:
                before = hits.get(number, Hit(item, 0.0, ()))
                hits[number] = before._replace(points=before.points + more)


def _lend(hits: dict[int, Hit]) -> None:
    """Give what the best guides point to a share of the points of the best of them."""
    index = load_index()
    numbers = {item.name: number for number, item in enumerate(index.items)}
    guides = sorted((hit for hit in hits.values() if hit.item.see and hit.points), key=lambda hit: -hit.points)[:8]
    lent: dict[int, float] = {}
    for guide in guides:
        for name in guide.item.see:
            if name in numbers:
                share = _ANSWER_SHARE if guide.item.kind == "answer" else _SHARE
                lent.setdefault(numbers[name], share * guide.points)
    for number, points in lent.items():
        own = hits.get(number, Hit(index.items[number], 0.0, ()))
        hits[number] = own._replace(points=own.points + points)


def _read_traceback(text: str) -> tuple[str, str]:
    """Return the error line of a traceback and the asker's own line in it; any other text as it is."""
    if "Traceback (most recent call last)" not in text and not _FRAME.search(text):
        return text, ""
    errors = list(_ERROR_LINE.finditer(text))
    frames = [found for found in _FRAME.finditer(text) if not _LIBRARY.search(found["file"])]
    own = f"{frames[-1]['file']}:{frames[-1]['line']}: {frames[-1]['code'].strip()}" if frames else ""
    return (text[errors[-1].start():].strip() if errors else text), own  # a message may have several lines
