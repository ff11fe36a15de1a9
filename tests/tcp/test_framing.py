"""Framings: every case whole, byte by byte, in every split, with trailing bytes; limits; seeded fuzz; huge messages."""
from __future__ import annotations

import array
import random
import struct

import pytest

from netio import tcp

from .. import fuzzing
from ..fuzzing import mutate, rounds

MESSAGES = [b"hello", "猫".encode(), b"x" * 250, b"a", b"0" * 250]
FRAMINGS = {
    **{f"length {size} {order}": lambda size=size, order=order: tcp.LengthPrefix(size, order, max_size=250)
       for size in (1, 2, 4, 8) for order in ("big", "little")},
    "line": lambda: tcp.Delimiter(b"\n", max_size=250),
    "crlf": lambda: tcp.Delimiter(b"\r\n", max_size=250),
    "long delimiter": lambda: tcp.Delimiter(b"--end--", max_size=250),
    "netstring": lambda: tcp.Netstring(max_size=250),
}


@pytest.fixture(params=FRAMINGS)
def make(request):
    return FRAMINGS[request.param]


def byte_by_byte(framing, stream):
    return [message for at in range(len(stream)) for message in framing.feed(stream[at:at + 1])]


def test_whole(make):
    messages = [*MESSAGES, b""]
    framing = make()
    assert framing.feed(framing.wrap_all(messages)) == messages
    framing.finish()


def test_byte_by_byte(make):
    framing = make()
    assert byte_by_byte(framing, framing.wrap_all(MESSAGES)) == MESSAGES
    assert framing.held == 0
    framing.finish()


def test_every_split_with_trailing_bytes(make):
    stream = make().wrap_all([b"one", b"", b"three"])
    tail = make().wrap(b"four")[:3]
    for cut in range(len(stream) + len(tail)):
        framing = make()
        assert framing.feed((stream + tail)[:cut]) + framing.feed((stream + tail)[cut:]) == [b"one", b"", b"three"]
        assert framing.held == len(tail)
        with pytest.raises(EOFError, match="ended inside a message: got 3 "):
            framing.finish()


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_any_bytes_like(make, kind):
    framing = make()
    stream = framing.wrap(kind(b"cat"))
    assert framing.feed(kind(stream[:2])) + framing.feed(kind(stream[2:])) == [b"cat"]
    assert type(make().feed(kind(stream))[0]) is bytes


def test_a_fed_buffer_may_be_used_again(make):
    framing = make()
    buffer = bytearray(framing.wrap(b"cat")[:-1])
    framing.feed(memoryview(buffer))
    last = framing.wrap(b"cat")[-1:]
    buffer[:] = bytes(len(buffer))
    assert framing.feed(last) == [b"cat"]


@pytest.mark.parametrize("whole", [True, False])
def test_what_came_before_a_fault_is_not_lost(make, whole):
    framing, long = make(), make()
    long.max_size = 1000
    if isinstance(framing, tcp.LengthPrefix) and len(framing.wrap(b"")) == 1:
        pytest.skip("one byte cannot say more than 255")
    stream = framing.wrap_all([b"one", b"two"]) + long.wrap(b"x" * 400) + framing.wrap(b"four")
    if whole:
        assert framing.feed(stream) == [b"one", b"two"]
        assert isinstance(framing.fault, ValueError)
    else:
        got = []
        with pytest.raises(ValueError, match="250"):
            for at in range(len(stream)):
                got += framing.feed(stream[at:at + 1])
        assert got == [b"one", b"two"]
    for again in (lambda: framing.feed(b""), framing.finish):
        with pytest.raises(ValueError, match="250"):
            again()


def test_the_longest_is_allowed_one_more_is_not(make):
    framing = make()
    assert framing.feed(framing.wrap(b"x" * 250)) == [b"x" * 250]
    with pytest.raises(ValueError, match="longer than the maximum of 250|fit"):
        framing.wrap(b"x" * 251)


def test_a_length_is_refused_before_its_message_comes():
    framing = tcp.LengthPrefix(4, max_size=1000)
    with pytest.raises(ValueError, match="4294967295 bytes is longer than the maximum of 1000"):
        framing.feed(b"\xff\xff\xff\xff")
    with pytest.raises(ValueError, match="10000 bytes or more"):
        tcp.Netstring(max_size=1000).feed(b"100000")


@pytest.mark.parametrize("size", [0, 1, 7, 64, 1000])
@pytest.mark.parametrize("prefix", [1, 2, 4, 8])
def test_runs_of_equal_frames_and_where_they_break(size, prefix):
    if size >= 256 ** prefix:
        size = 255
    for others in ([], [b"y"], [b"", b"zz"]):
        messages = [bytes([n % 251]) * size for n in range(300)] + others + [b"x" * size] * 5
        framing = tcp.LengthPrefix(prefix)
        assert framing.feed(framing.wrap_all(messages) + b"\0" * (prefix - 1)) == messages
        assert framing.held == prefix - 1


def test_fixed_size():
    framing = tcp.FixedSize(3)
    assert framing.feed(b"onetwot") == [b"one", b"two"]
    assert byte_by_byte(framing, b"wothr") == [b"two", b"thr"]
    assert framing.wrap_all([b"abc", b"def"]) == b"abcdef"
    with pytest.raises(ValueError, match="3 bytes, not 2"):
        framing.wrap(b"ab")
    framing.feed(b"a")
    with pytest.raises(EOFError, match="got 1 of 3 bytes"):
        framing.finish()


@pytest.mark.parametrize("bad", [b"x:", b":", b",", b"01:a,", b"-1:", b"3:cat;", b"12345678901", b"1 :a,", b"\xb2:ab,"])
def test_what_is_no_netstring(bad):
    with pytest.raises(ValueError):
        tcp.Netstring().feed(bad)
    with pytest.raises(ValueError):
        byte_by_byte(tcp.Netstring(), bad)


def test_a_delimiter_in_a_message_or_across_its_end_is_refused():
    with pytest.raises(ValueError, match="contains the delimiter"):
        tcp.Delimiter(b"\n").wrap(b"a\nb")
    with pytest.raises(ValueError, match="contains the delimiter"):
        tcp.Delimiter(b"aa").wrap(b"xa")
    assert tcp.Delimiter(b"\r\n").feed(tcp.Delimiter(b"\r\n").wrap(b"a\r")) == [b"a\r"]


@pytest.mark.parametrize("wrong", [lambda: tcp.LengthPrefix(3), lambda: tcp.LengthPrefix(4, "middle"),
                                   lambda: tcp.Delimiter(b""), lambda: tcp.FixedSize(0)])
def test_wrong_settings(wrong):
    with pytest.raises(ValueError):
        wrong()


def test_seeded_fuzz_only_documented_errors(make):
    numbers = random.Random(4)
    for _ in range(300):
        framing = make()
        messages = [numbers.randbytes(numbers.randrange(20)).hex().encode() for _ in range(5)]
        stream = bytearray(framing.wrap_all(messages))
        for _ in range(numbers.randrange(3)):
            stream[numbers.randrange(len(stream))] = numbers.randrange(256)
        at = 0
        try:
            while at < len(stream):
                step = numbers.randrange(1, 30)
                assert all(len(message) <= 250 for message in framing.feed(stream[at:at + step]))
                at += step
            framing.finish()
        except (ValueError, EOFError):
            pass


def read_framed(framing, pieces):
    """Return (the messages, the kind of error that ended them or that `finish` raises)."""
    messages = []
    try:
        for piece in pieces:
            messages += framing.feed(piece)
        framing.finish()
    except (ValueError, EOFError) as error:
        return messages, type(error)
    return messages, None


@rounds(100, 100_000)
def test_whole_and_cut_input_agree(make, rounds, rng):
    for number in range(rounds):
        seeds = [make().wrap_all(MESSAGES[:number % 5 + 1]), make().wrap(b"")]
        data = mutate(rng, seeds, [b"\r\n", b"5:hello,", b"\0\0\0\5", b"--end--", b":", b",", b"9" * 30, b"x" * 260])
        pieces = fuzzing.cut(rng, data)
        assert read_framed(make(), pieces) == read_framed(make(), [data]), (number, pieces)


@pytest.mark.parametrize("framing", [tcp.LengthPrefix(), tcp.Delimiter(b"\r\n", max_size=1 << 24), tcp.Netstring()],
                         ids=lambda framing: type(framing).__name__)
def test_a_huge_message_in_crumbs_is_looked_at_once(framing, monkeypatch):
    looked_at = []
    cut = framing._cut
    monkeypatch.setattr(framing, "_cut", lambda data, at: looked_at.append(len(data)) or cut(data, at))
    stream = framing.wrap(b"x" * 1_000_000)
    found = [message for at in range(0, len(stream), 100) for message in framing.feed(stream[at:at + 100])]
    assert list(map(len, found)) == [1_000_000]
    assert sum(looked_at) < 2 * len(stream)


def test_the_wire_is_the_one_of_struct():
    assert tcp.LengthPrefix(2, "little").wrap(b"ab") == struct.pack("<H", 2) + b"ab"
    assert tcp.Netstring().wrap(b"hello world!") == b"12:hello world!,"


@pytest.mark.parametrize("framing", [tcp.LengthPrefix(), tcp.Delimiter(b"\n"), tcp.FixedSize(8), tcp.Netstring()])
def test_text_is_to_be_encoded_and_any_buffer_counts_its_bytes(framing):
    with pytest.raises(TypeError, match="a message is bytes, not str: encode it"):
        framing.wrap("a message")
    numbers = array.array("i", [1, 2])
    for message in (numbers, memoryview(numbers), bytearray(numbers.tobytes()), numbers.tobytes()):
        assert framing.feed(framing.wrap(message)) == [numbers.tobytes()]


def test_a_delimiter_is_bytes():
    with pytest.raises(TypeError, match="encode it"):
        tcp.Delimiter("\n")
