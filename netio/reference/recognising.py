"""Recognise by its words which answer a question asks for, where the answers have example questions.

What a word tells of an answer is how much more frequent it is in what speaks of that answer than elsewhere: the log of
the ratio, smoothed, as in a naive Bayes classifier. A question's words add up, divided by what they could tell at most.
"""
from __future__ import annotations

import math
from collections import Counter
from typing import Container, Mapping

from .words import SINGLE, features_of

Evidence = Mapping[str, Mapping[int, float]]  # {word: {number of an answer: what the word tells of it}}

_OWN = 0.8  # smoothing: this share of an answer's words is its own, the rest are anybody's
# What a word could tell that no answer has: more where something else has it; a pair of characters is often no word.
_ELSEWHERE, _UNKNOWN, _UNKNOWN_CHINESE = 4.0, 2.0, 0.5


def weigh_evidence(texts: Mapping[int, Mapping[str, float]]) -> dict[str, dict[int, float]]:
    """Return what each word tells, from {number of an answer: {word: how often what speaks of it has the word}}.

    >>> told = weigh_evidence({1: {"tea": 2, "cup": 1}, 2: {"coffee": 2, "cup": 1}})
    >>> sorted(told["cup"]), sorted(told["tea"]), told["tea"][1] > told["cup"][1]
    ([1, 2], [1], True)
    """
    everywhere: Counter[str] = Counter()
    for words in texts.values():
        everywhere.update(words)
    total = sum(everywhere.values())
    told: dict[str, dict[int, float]] = {}
    for number, words in texts.items():
        size = sum(words.values())
        for word, count in words.items():
            ratio = _OWN * (count / size) / ((1 - _OWN) * everywhere[word] / total)
            told.setdefault(word, {})[number] = math.log(1 + ratio)
    return told


def recognise(question: str, told: Evidence, known: Container[str] = ()) -> dict[int, float]:
    """Return {number of an answer: how much the question's words tell of it}, 0 to 1.

    `known` are words that tell of something else. Single Chinese characters alone tell of nothing.

    >>> told = weigh_evidence({1: {"tea": 2, "cup": 1}, 2: {"coffee": 2, "cup": 1}})
    >>> values = recognise("a cup of tea", told)
    >>> 1 >= values[1] > values[2] > 0
    True
    """
    values: dict[int, float] = {}
    firm: set[int] = set()
    most = 0.0
    for word, count in features_of(question).items():
        tells = told.get(word, {})
        unknown = _ELSEWHERE if word in known else _UNKNOWN if word.isascii() else _UNKNOWN_CHINESE
        most += count * max(tells.values(), default=unknown)
        firm.update(tells if count > SINGLE else ())
        for number, value in tells.items():
            values[number] = values.get(number, 0.0) + count * value
    return {number: value / most for number, value in values.items() if number in firm}
