"""The client's side, step by step: with a server of ours, one of the notes, one that is silent."""
from __future__ import annotations

import pytest

from netio.chat import ReliableLink, Session
from netio.chat.link import Frame, parse_frame

SESSION = "5f1d0c9a7be24136"


def kinds(events):
    return [event.kind for event in events]


def enter_plainly():
    session = Session("lily", 0.0)
    assert session.datagrams(0.0) == [b"L lily"]
    assert kinds(session.receive(b"OK", 0.1)) == ["entered"]
    return session


class Peer:
    """A server of ours, as far as the link goes."""

    def __init__(self, session):
        self.session, self.link, self.heard = session, ReliableLink(SESSION, 0.0), []

    def take(self, now):
        for data in self.session.datagrams(now):
            frame = parse_frame(data)
            self.heard += self.link.receive(frame, now) if frame else [b"plain: " + data]

    def say(self, text, now):
        self.link.send(text)
        return [event for data in self.link.datagrams(now) for event in self.session.receive(data, now)]


def test_with_a_server_of_ours_everything_goes_through_the_link():
    session = Session("lily", 0.0, session=SESSION)
    peer = Peer(session)
    peer.take(0.0)
    assert kinds(peer.say(b"OK", 0.1)) == ["entered"]
    session.say("你好")
    assert peer.say("tom: hi".encode(), 0.2) == [("heard", "tom: hi")]
    session.quit(0.3)
    peer.take(0.3)
    assert peer.heard == [b"L lily", "C lily 你好".encode(), b"Q lily"]
    assert peer.say(b"EXIT", 0.4) == [("left", "EXIT")] and session.over
    assert [parse_frame(data).number for data in session.datagrams(0.4)] == [0], "EXIT is acknowledged"


def test_a_server_of_the_notes_ignores_the_link_and_is_spoken_to_plainly():
    session = Session("lily", 0.0, session=SESSION, patience=1.5)
    now, sent = 0.0, []
    while b"L lily" not in sent:
        sent += session.datagrams(now)
        now = session.next_deadline(now)
    assert 1.5 <= now and all(data.startswith(b"N ") for data in sent[:-1]) and len(sent) > 3
    assert kinds(session.receive(b"OK", 1.6)) == ["entered"]
    session.say("hello")
    assert b"C lily hello" in session.datagrams(1.6)
    assert session.receive("\ntom: 你好".encode(), 1.7) == [("heard", "\ntom: 你好")]
    session.quit(2.0)
    assert b"Q lily" in session.datagrams(2.0)
    assert kinds(session.receive(b"EXIT", 2.1)) == ["left"]


def test_a_server_that_objects_to_the_links_verb_is_spoken_to_plainly_at_once():
    session = Session("lily", 0.0, session=SESSION)
    session.datagrams(0.0)
    assert session.receive("请求格式错误".encode(), 0.01) == []
    assert session.datagrams(0.01) == [b"L lily"] and session.next_deadline(0.01) <= 0.3
    assert kinds(session.receive(b"OK", 0.02)) == ["entered"]


def test_a_link_that_answers_late_is_gone_over_to():
    session = Session("lily", 0.0, session=SESSION, patience=0.5)
    peer = Peer(session)
    session.datagrams(0.0)
    assert b"L lily" in session.datagrams(0.5)
    session.receive(b"OK", 0.6)
    session.say("one")
    peer.link.receive(Frame(SESSION, 1, 0, b"L lily"), 0.6)
    assert peer.say(b"OK", 0.7) == [], "it is in already"
    session.say("two")
    peer.take(0.7)
    assert peer.heard[-2:] == [b"C lily one", b"C lily two"] and not session.receive(b"tom: plain", 0.8)


def test_a_plain_log_in_and_log_out_are_repeated_until_answered():
    session = Session("lily", 0.0)
    assert [data for now in (0.0, 0.1, 0.2, 0.3, 0.7) for data in session.datagrams(now)] == [b"L lily"] * 3
    session.receive(b"OK", 0.7)
    assert session.datagrams(60.0) == [] and session.deadline_passed(100.0) == []
    assert session.receive(b"OK", 0.8) == [], "the answer to the second try"
    session.quit(100.0)
    assert [data for now in (100.0, 100.2, 100.7) for data in session.datagrams(now)] == [b"Q lily"] * 3
    assert kinds(session.receive(b"EXIT", 101.0)) == ["left"] and session.datagrams(102.0) == []


@pytest.mark.parametrize("numbered", [None, SESSION])
def test_silence_ends_it(numbered):
    session = Session("lily", 0.0, session=numbered, give_up=10.0)
    now, events = 0.0, []
    while not events and now < 100:
        session.datagrams(now)
        now = max(session.next_deadline(now), now + 0.001)
        events = session.deadline_passed(now)
    assert kinds(events) == ["lost"] and 10 <= now < 11 and session.deadline_passed(20.0) == []
    session = enter_plainly()
    session.quit(50.0)
    assert session.deadline_passed(55.9) == [] and kinds(session.deadline_passed(56.0)) == ["left"]


def test_a_link_that_breaks_is_told():
    session = Session("lily", 0.0, session=SESSION, give_up=5.0)
    peer = Peer(session)
    peer.take(0.0)
    peer.say(b"OK", 0.1)
    session.say("anybody?")
    now, events = 0.1, []
    while not events:
        session.datagrams(now)
        now = session.next_deadline(now)
        events = session.deadline_passed(now)
    assert events == [("lost", "no answer for 5 s")] and now < 7


def test_a_refusal_ends_it_with_the_servers_words():
    assert Session("lily", 0.0).receive("该用户存在".encode(), 0.1) == [("refused", "该用户存在")]


def test_quit_before_the_answer_comes():
    session = Session("lily", 0.0, session=SESSION)
    peer = Peer(session)
    session.quit(0.0)
    session.quit(0.0)  # which is not asked for twice
    peer.take(0.0)
    assert peer.heard == [b"L lily", b"Q lily", b"plain: Q lily"]
    peer.say(b"OK", 0.1)
    assert kinds(peer.say(b"EXIT", 0.1)) == ["left"]


def test_a_strangers_frames_and_bad_bytes_do_nothing():
    session = Session("lily", 0.0, session=SESSION)
    peer = Peer(session)
    peer.take(0.0)
    peer.say(b"OK", 0.1)
    assert session.receive(b"N 0000000000000000 2 1 EXIT", 0.2) == []
    assert session.receive(b"EXIT", 0.2) == [], "no plain datagram ends a talk through the link"
    assert kinds(session.receive("拒绝: 没有这个会话".encode(), 0.2)) == ["lost"], "but a server that was restarted says so"
    assert enter_plainly().receive(b"\xff", 0.2) == [("heard", "\\xff")]


def test_over_a_stream_nothing_is_repeated():
    session = Session("lily", 0.0, retry=False)
    assert [data for now in (0.0, 1.0, 5.0) for data in session.datagrams(now)] == [b"L lily"]
