"""Which encoding is it? By the mark, or the first that fits."""
from __future__ import annotations

import codecs
import random

import pytest

from netio.files import guess_file_encoding
from netio.files.encodings import find_unencodable, guess_encoding

CASES = [("plain", "ascii", "ascii"), ("中文 naïve 😀", "utf-8", "utf-8"), ("中文", "utf-8-sig", "utf-8-sig"),
         ("中文记事本", "gbk", "gbk"), ("联通", "gbk", "gbk"), ("中文", "utf-16", "utf-16"), ("中文", "utf-32", "utf-32"),
         ("𠀀𠀁汉字", "gb18030", "gb18030"), ("", "ascii", "ascii")]


@pytest.mark.parametrize("text, written, guessed", CASES)
def test_the_guess_decodes(sample, text, written, guessed):
    data = text.encode(written)
    assert guess_encoding(data) == guess_file_encoding(sample(data)) == guessed
    assert data.decode(guessed) == text


def test_a_mark_of_either_byte_order():
    assert guess_encoding("\ufeff中".encode("utf-16-be")) == "utf-16"
    assert guess_encoding("\ufeff中".encode("utf-32-be")) == "utf-32"


def test_a_character_across_chunks_is_no_error(sample):
    path = sample(b"x" * (65536 - 1) + "中".encode() + b"y" * 70_000)
    assert guess_file_encoding(path) == "utf-8"


def test_an_error_late_in_the_file_counts(sample):
    assert guess_file_encoding(sample(b"x" * 100_000 + "中".encode("gbk"))) == "gbk"


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n\0\0", "a".encode("utf-16-le"), b"\xff", b"\xe4\xb8\xff\xff"])
def test_no_text(sample, data):
    with pytest.raises(ValueError, match="no text"):
        guess_encoding(data)
    with pytest.raises(ValueError, match="no text"):
        guess_file_encoding(sample(data))


def test_any_bytes_are_guessed_or_refused():
    choose = random.Random(3)
    for _ in range(500):
        data = bytes(choose.choices(range(256), k=choose.randint(0, 12)))
        try:
            encoding = guess_encoding(data)
        except ValueError:
            continue
        if encoding == "utf-8":  # perhaps cut in its last character
            codecs.getincrementaldecoder(encoding)().decode(data)
        elif encoding not in ("utf-16", "utf-32"):  # their mark is taken at its word
            data.decode(encoding)


TEXTS = {
    "gbk": ["人生若只如初见，何事秋风悲画扇。", "张三,李四,王五,赵六,韩梅梅,李雷,陈小明,欧阳修", "陈", "阿保常", "苹果 动物园 银行 河岸 抓住 猫 狗",
            "繁體中文的網頁與瀏覽器，請問裡面還說什麼？"],
    "gb18030": ["𠮷野家的人😀"],
    "big5": ["繁體中文的網頁與瀏覽器，請問裡面還說什麼？", "我們要學習網路程式設計，這是一個很好的機會。"],
    "euc_kr": ["안녕하세요. 한국어로 쓴 글입니다. 네트워크 프로그래밍을 배우고 있습니다."],
    "euc_jp": ["これは日本語の文章です。ネットワークプログラミングを勉強しています。東京都"],
    "shift_jis": ["これは日本語の文章です。ネットワークプログラミングを勉強しています。東京都"],
}


@pytest.mark.parametrize("encoding, text", [(encoding, text) for encoding, texts in TEXTS.items() for text in texts])
@pytest.mark.parametrize("times", [1, 5000])
def test_the_encodings_of_east_asia(sample, encoding, text, times):
    data = (text + "\n").encode(encoding) * times
    assert guess_encoding(data) == encoding
    assert guess_file_encoding(sample(data)) == encoding


def test_private_use_characters_fit_nothing():
    with pytest.raises(ValueError, match="private use"):
        guess_encoding(bytes([0xAA, 0xA1, 0xAB, 0xA2, 0xFB, 0xFD] * 40))


@pytest.mark.parametrize("cut", range(1, 8))
def test_utf_8_that_is_cut_is_utf_8(cut):
    data = ("中文abc😀" * 1000).encode()
    assert guess_encoding(data[:-cut]) == "utf-8"


@pytest.mark.parametrize("text, encoding, expected", [
    ("", "ascii", []), ("abc", "ascii", []), ("中a文", "ascii", [(0, "中"), (2, "文")]), ("中文", "gbk", []),
    ("中文", "ascii", [(0, "中"), (1, "文")]),
    ("中" * 3 + "😀" * 2, "gbk", [(3, "😀"), (4, "😀")]),
    ("x😀y\udc80", "gbk", [(1, "😀"), (3, "\udc80")]), ("😀", "utf-8", []),
])
def test_what_an_encoding_cannot_write(text, encoding, expected):
    assert find_unencodable(text, encoding) == expected
