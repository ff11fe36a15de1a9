"""Seeded fuzz of the chat room's wires: any datagrams to a session and to a link, lines in any pieces."""
from __future__ import annotations

import re
import unicodedata

from netio.chat import Room
from netio.chat.hub import Hub
from netio.chat.link import ReliableLink, parse_frame
from netio.chat.prompt import LineEditor, draw_prompt, text_width
from netio.chat.rules import clean_text
from netio.chat.session import Session

from ..fuzzing import cut, mutate, rounds

SESSION = "5f1d0c9a7be24136"
FRAMES = [b"N 5f1d0c9a7be24136 1 0 OK", b"N 5f1d0c9a7be24136 0 4 5 7", b"N 5f1d0c9a7be24136 3 1 C lily hello",
          b"N 5f1d0c9a7be24136 2 1 EXIT", "管理员消息: 开饭".encode(), b"OK", "拒绝: x".encode()]
LINES = [b"L lily\n", b"C lily hello\r\nC lily again\n", b"Q lily\n", "L 猫\nC 猫 你好\n".encode(), b"\n\n"]
MOVES = re.compile("[\0-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")  # what moves the cursor or turns the direction
TOKENS = [b" ", b"\n", b"\r", b"\0", b"\xff", b"9" * 9, b"9" * 30, b"0", b"-1", b"N ", b"L ", b"C ", b"Q ",
          "管理员".encode(), b"\x1b[2J", b"lily", b"x" * 3000, b"\xe2\x80\xae"]


@rounds(1000)
def test_a_frame_is_read_or_is_none(rounds, rng):
    for _ in range(rounds):
        frame = parse_frame(mutate(rng, FRAMES, TOKENS))
        assert frame is None or len(frame.session) == 16 and 0 <= frame.number < 10 ** 9 > frame.received >= 0


@rounds(30, 30_000)
def test_whatever_a_server_sends_a_session_stays_bounded_and_nothing_shown_moves_the_cursor(rounds, rng):
    for _ in range(rounds):
        session, now = Session("lily", 0.0, session=SESSION), 0.0
        for number in range(30):
            now += rng.random()
            for event in session.receive(mutate(rng, FRAMES, TOKENS), now):
                assert not MOVES.search(clean_text(event.text)), event
            session.deadline_passed(now)
            assert all(len(data) < 2000 for data in session.datagrams(now)) and len(session.datagrams(now)) < 100


@rounds(30, 30_000)
def test_whatever_comes_a_link_hands_over_each_text_once_and_in_order(rounds, rng):
    for _ in range(rounds):
        sender, link, heard, now = ReliableLink(SESSION, 0.0), ReliableLink(SESSION, 0.0), [], 0.0
        for number in range(20):
            now += 0.3
            sender.send(b"%d" % number)
            for data in sender.datagrams(now):
                if rng.random() < 0.7:
                    heard += receive(link, data, now)
            noise = mutate(rng, [b"N 5f1d0c9a7be24136 0 0", b"N 0000000000000000 1 0 x"], TOKENS[:9])
            heard += receive(link, noise, now, most=0)  # only acknowledgements can be forged: the session is secret
            for data in link.datagrams(now):
                receive(sender, data, now)
        assert heard == [b"%d" % number for number in range(len(heard))]


def receive(link, data, now, most=100):
    frame = parse_frame(data)
    return link.receive(frame, now) if frame is not None and frame.session == SESSION and frame.number <= most else []


def typed(editor, pieces):
    return [line for piece in pieces for line in editor.feed(piece)], editor.text, editor.ended


@rounds(200)
def test_keys_mean_the_same_however_they_are_cut_and_the_prompt_stays_in_its_row(rounds, rng):
    for number in range(rounds):
        keys = mutate(rng, ["你好\r\x1b[A\x7flily\t".encode(), b"a b\x17\x15\x04\x03", b"\x1bOP\xff\xe4\xbd"], [
            b"\x1b", b"[", b"\r", b"\n", b"\x7f", "\x9b31m\x85".encode(), "e\u0301".encode(), b"x" * 90, b"\0"])
        lines, text, ended = typed(LineEditor(), [keys])
        pieces = cut(rng, keys)
        assert typed(LineEditor(), pieces) == (lines, text, ended), (number, pieces)
        assert all(unicodedata.category(char) != "Cc" for line in [*lines, text] for char in line), (number, keys)
        drawn, columns = draw_prompt("> ", text, 20), rng.randrange(1, 30)
        assert text.endswith(drawn[3:]) and text_width(draw_prompt("> ", text, columns)[1:]) < max(columns, 1), number


class Wire:
    """A transport in memory."""

    def __init__(self):
        self.sent, self.closed, self.turns = b"", False, []

    def get_extra_info(self, name, default=None):
        return {"peername": ("192.0.2.7", 4000), "socket": self}.get(name, default)

    def write(self, data):
        self.sent += data

    def call_in_turn(self, callback):
        self.turns.append(callback)

    def get_write_buffer_size(self):
        return 0

    def is_closing(self):
        return self.closed

    def close(self):
        self.closed = True

    pause_reading = resume_reading = setsockopt = set_write_buffer_limits = lambda self, *arguments: None
    abort = close


def talk(pieces):
    """Return what a member is sent that sends these pieces."""
    member, wire = Hub(Room(), clock=lambda: 0.0).member(), Wire()
    member.connection_made(wire)
    for piece in pieces:
        if not wire.closed:
            member.data_received(piece)
        while wire.turns:
            wire.turns.pop()()
    member.connection_lost(None)
    return re.sub(rb"(no b'|message of)[^\n]*", b"too long", wire.sent), wire.closed


@rounds(400, 200_000)
def test_lines_are_answered_alike_however_they_are_cut(rounds, rng):
    for number in range(rounds):
        data = mutate(rng, LINES, TOKENS)
        pieces = cut(rng, data)
        assert talk(pieces) == talk([data]), (number, pieces)
