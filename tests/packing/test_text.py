"""Cutting text at a character's end, and taking padding off."""
from __future__ import annotations

import random

import pytest

from netio.packing import strip_nul, truncate_text


@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "gb18030", "ascii", "utf-16-le"])
def test_every_cut_decodes_and_is_the_longest_that_fits(encoding):
    text = "a张b三" if encoding != "ascii" else "abcd"
    for size in range(12):
        cut = truncate_text(text, size, encoding)
        kept = cut.decode(encoding)
        assert len(cut) <= size and text.startswith(kept)
        if kept != text:
            assert len(text[:len(kept) + 1].encode(encoding)) > size


def test_random_text_never_loses_more_than_one_character_to_the_cut():
    draw = random.Random(5)
    for _ in range(300):
        text = "".join(chr(draw.choice([65, 0xE9, 0x4E2D, 0x1F600])) for _ in range(draw.randrange(9)))
        size = draw.randrange(20)
        kept = truncate_text(text, size)
        assert text.startswith(kept.decode()) and len(kept) <= size and (len(kept) > size - 4 or kept == text.encode())


def test_a_character_the_encoding_lacks_is_an_error_and_no_question_mark():
    with pytest.raises(UnicodeEncodeError):
        truncate_text("中", 3, "ascii")
    with pytest.raises(ValueError, match="0 or more, not -1"):
        truncate_text("a", -1)


def test_padding_ends_at_the_first_nul_and_spaces_stay():
    assert strip_nul(b" li ly \0\0") == b" li ly "
    assert strip_nul(b"") == b"" and strip_nul(b"\0rest of an older name") == b""


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-8-sig"])
def test_a_field_that_is_too_short_for_the_byte_order_mark_is_empty(encoding):
    assert truncate_text("你好", 1, encoding) == b""
