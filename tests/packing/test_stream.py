"""Records out of a stream: whole, byte by byte, with trailing bytes, and with one that is broken."""
from __future__ import annotations

from typing import Annotated

import pytest

from netio.packing import Record, RecordDecoder, RecordError, Text, UInt16

from ..fuzzing import cut, mutate, rounds


class Word(Record, byte_order="!"):
    number: UInt16
    text: Annotated[str, Text(4)]


WORDS = [Word(1, "一"), Word(2, "two"), Word(3, "")]
STREAM = b"".join(word.pack() for word in WORDS)


@pytest.mark.parametrize("piece", [1, 2, 5, 6, 7, 11, 100])
@pytest.mark.parametrize("trailing", [0, 1, 5])
def test_pieces_of_any_size_give_the_same_records(piece, trailing):
    decoder, got, data = RecordDecoder(Word), [], STREAM + b"x" * trailing
    decoder.finish()  # nothing has begun
    for start in range(0, len(data), piece):
        got += decoder.feed(data[start:start + piece])
    assert got == WORDS and decoder.pending == trailing
    if trailing:
        with pytest.raises(RecordError, match=f"Word: the stream ended with {trailing} of 6 bytes"):
            decoder.finish()
    else:
        decoder.finish()


def read_records(pieces):
    """Return the records, and how many could not be decoded."""
    decoder, got, broken = RecordDecoder(Word), [], 0
    for piece in pieces:
        decoder.feed(piece)
        while decoder.pending >= 6:
            try:
                got += decoder.feed(b"")
            except RecordError:
                broken += 1
    return got, broken, decoder.pending


@rounds(300, 500_000)
def test_whole_and_cut_input_agree_whatever_it_is(rounds, rng):
    for number in range(rounds):
        data = mutate(rng, [STREAM, STREAM[:6], STREAM[:-3]], [b"\xff", b"\0", "一".encode(), b"\xe4\xb8"])
        pieces = cut(rng, data)
        got, broken, pending = read_records(pieces)
        assert got == read_records([data])[0] and pending == len(data) % 6, (number, pieces)


def test_records_may_be_taken_one_by_one_and_left_for_later():
    decoder = RecordDecoder(Word)
    first = next(decoder.feed(STREAM[:-1]))
    assert first == WORDS[0] and decoder.pending == 11
    assert list(decoder.feed(STREAM[-1:])) == WORDS[1:]


def test_data_is_taken_in_though_nobody_iterates():
    decoder = RecordDecoder(Word)
    decoder.feed(STREAM)
    assert decoder.pending == len(STREAM) and list(decoder.feed(b"")) == WORDS
    decoder.finish()


def test_a_broken_record_costs_no_other():
    broken = bytearray(STREAM)
    broken[8] = 0xFF
    decoder, got = RecordDecoder(Word), []
    with pytest.raises(RecordError, match="Word.text"):
        for word in decoder.feed(bytes(broken)):
            got.append(word)
    got += decoder.feed(b"")
    assert got == [WORDS[0], WORDS[2]]
