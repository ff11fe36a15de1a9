"""Cut questions and texts into the words that `find` compares: English stems, pairs of Chinese characters.

Words that carry no meaning are dropped, and what learners call a thing is taken for the field's term too.
"""
from __future__ import annotations

import re
from functools import lru_cache

from .synonyms import MISTYPED, SYNONYMS

_ENGLISH = re.compile(r"[A-Za-z][A-Za-z0-9]*|\d+")
_CHINESE = re.compile("[\u3400-\u9fff]+")
_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
# Questions are full of these; none says what is asked for.
_STOP = frozenset(
    "a about all also am an and any are as at be been but by can cannot cant could did do does doesnt dont for "
    "from get gets getting give gives got had has have help how i if in into is isnt it its just like make me my "
    "need no not now of on one only or out please s should so some t than that the their them then there these "
    "they this to too try trying up use used using want was way what when where which while who why will with "
    "without whats vs versus rid thing things stuff really "
    "simple simply possible actually always still cause causes explain difference between somehow won wont work "
    "works would you your".split())
_STOP_CHINESE = re.compile(
    "怎么办|怎么样|解决|方法|办法|实现|使用|怎么|怎样|如何|为什么|为何|什么|请问|能不能|是不是|可不可以|可以|能否|"
    "我的|我想|我要|想要|一个|一下|这个|那个|这样|那样|的话|问题|"
    "出现|老是|总是|一直|应该|需要|有没有|没有办法|之后|时候|就会|就是|还是|但是|因为|所以|"
    "咋办|咋整|咋样|咋回事|怎么回事|为啥|有啥|啥意思|求助|求解|大佬|谢谢|不知道|"
    "[咋啥呀嘛的了吗呢吧啊我你他它们是在把被给和与或也都就还又很到会要用让对从跟]")

_BY_SYNONYM, SINGLE = 0.6, 0.3  # how much counts what a synonym adds, and a single Chinese character


def words_of(text: str) -> list[str]:
    """Return the words of a text as `find` compares them, in order, with repeats.

    >>> words_of("How do I receive_exactly the messages?")
    ['receiv', 'exact', 'messag']
    >>> words_of("怎么解决粘包问题")
    ['粘包']
    """
    found = [stem(word) for part in _ENGLISH.findall(text) for word in _HUMPS.split(part)
             if word.lower() not in _STOP]
    for run in _CHINESE.findall(_STOP_CHINESE.sub(" ", text)):
        found += [run[at:at + 2] for at in range(len(run) - 1)] or [run]
    return found


@lru_cache(maxsize=4096)
def stem(word: str) -> str:
    """Return an English word without its endings, so that `receiving` and `received` are one.

    >>> [stem(word) for word in ("Receiving", "received", "sockets", "closed", "copies")]
    ['receiv', 'receiv', 'socket', 'clos', 'copi']
    """
    word = word.lower()
    for ending in ("ings", "ing", "edly", "ed", "ely", "ly", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            word = word[:len(word) - len(ending)]
            break
    return word[:-1] + "i" if word.endswith("y") and len(word) > 3 else word


def expand(question: str) -> tuple[dict[str, float], list[str]]:
    """Return what a question asks for: {word: how much it counts}, and the names that learners mean by its words.

    A word of the question counts 1, one that a synonym adds less.

    >>> words, names = expand("it freezes")
    >>> sorted(words.items()), names
    ([('block', 0.7), ('freez', 1.0), ('hang', 0.7), ('timeout', 0.7)], ['tcp.Deadline', 'concurrency.Limits'])
    """
    wanted = dict.fromkeys(words_of(question), 1.0)
    names: list[str] = []
    lowered = f'{" ".join(question.lower().replace("_", " ").split())} '  # `pack ` is a whole word
    for said, meant in SYNONYMS:
        if any(has_phrase(phrase, lowered) for phrase in said.split("|")):
            for word in meant.split():
                if "." in word:
                    names.append(word)
                for part in words_of(word if "." not in word else ""):
                    wanted.setdefault(part, 0.7)
    return wanted, names


def features_of(text: str) -> dict[str, float]:
    """Return by what two questions are compared: {word: how much it counts}.

    To the words come those that synonyms add, and single Chinese characters, because 卡住 and 卡死 have no pair in common.

    >>> features_of("卡死了")
    {'卡死': 1.0, 'hang': 0.6, 'block': 0.6, 'timeout': 0.6, '卡': 0.3, '死': 0.3}
    """
    text = plain_question(text)
    features = {word: 1.0 if count == 1.0 else _BY_SYNONYM for word, count in expand(text)[0].items()}
    for char in "".join(_CHINESE.findall(_STOP_CHINESE.sub(" ", text))):
        features.setdefault(char, SINGLE)
    return features


def has_phrase(phrase: str, question: str) -> bool:
    """Tell whether a question in lower case has a phrase; an English one only where a word begins.

    >>> has_phrase("recv", "用recv收"), has_phrase("end", "send it")
    (True, False)
    """
    at = question.find(phrase)
    if at < 0:
        return False
    letters = phrase.isascii() and phrase[0].isalnum()
    while at > 0 and letters and question[at - 1].isascii() and question[at - 1].isalnum():
        at = question.find(phrase, at + 1)
    return at >= 0


def plain_question(text: str) -> str:
    """Return a question with full-width letters made plain and the usual wrong characters of Chinese input corrected.

    >>> plain_question("ｔｃｐ沾包，端囗")
    'tcp粘包，端口'
    """
    text = "".join(chr(ord(char) - 0xFEE0) if "\uff10" <= char <= "\uff5a" else char for char in text)
    for wrong, right in MISTYPED:
        text = text.replace(wrong, right)
    return text
