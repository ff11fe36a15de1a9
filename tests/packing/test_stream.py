"""Records out of a stream: whole, byte by byte, with trailing bytes, and with one that is broken."""
from __future__ import annotations

from typing import Annotated

import pytest

from netio.packing import Record, RecordError, RecordReader, Text, UInt16


class Word(Record, byte_order="!"):
    number: UInt16
    text: Annotated[str, Text(4)]


WORDS = [Word(1, "一"), Word(2, "two"), Word(3, "")]
STREAM = b"".join(word.pack() for word in WORDS)


@pytest.mark.parametrize("piece", [1, 2, 5, 6, 7, 11, 100])
@pytest.mark.parametrize("trailing", [0, 1, 5])
def test_pieces_of_any_size_give_the_same_records(piece, trailing):
    reader, got, data = RecordReader(Word), [], STREAM + b"x" * trailing
    for start in range(0, len(data), piece):
        got += reader.feed(data[start:start + piece])
    assert got == WORDS and reader.pending == trailing
    if trailing:
        with pytest.raises(RecordError, match=f"Word: the stream ended with {trailing} of 6 bytes"):
            reader.finish()
    else:
        reader.finish()


def test_records_may_be_taken_one_by_one_and_left_for_later():
    reader = RecordReader(Word)
    first = next(reader.feed(STREAM[:-1]))
    assert first == WORDS[0] and reader.pending == 11
    assert list(reader.feed(STREAM[-1:])) == WORDS[1:]


def test_data_is_taken_in_though_nobody_iterates():
    reader = RecordReader(Word)
    reader.feed(STREAM)
    assert reader.pending == len(STREAM) and list(reader.feed(b"")) == WORDS
    reader.finish()


def test_a_broken_record_costs_no_other():
    broken = bytearray(STREAM)
    broken[8] = 0xFF
    reader, got = RecordReader(Word), []
    with pytest.raises(RecordError, match="Word.text"):
        for word in reader.feed(bytes(broken)):
            got.append(word)
    got += reader.feed(b"")
    assert got == [WORDS[0], WORDS[2]]
