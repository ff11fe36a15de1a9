"""Question and answer: numbers, tries, duplicates, and a network that loses every third datagram."""
from __future__ import annotations

import errno
import threading

import pytest

from netio import udp
from netio.udp.requests import HEADER, REPLY, REQUEST, request_id

from ..fuzzing import mutate, rounds
from .test_datagrams import HOSTS

pytestmark = pytest.mark.usefixtures("nothing_left")


def question(number, data, port=1):
    return udp.Datagram(HEADER.pack(REQUEST, number) + data, ("127.0.0.1", port), False)


class Counting:
    """A handler that says how often it was asked each thing."""

    def __init__(self):
        self.asked = []

    def __call__(self, datagram):
        self.asked.append(datagram.data)
        return b"%s x%d" % (datagram.data, self.asked.count(datagram.data))


def test_a_repeated_question_is_answered_from_memory():
    handler = Counting()
    once = udp.AtMostOnce(handler, remember=2)
    first = once(question(7, b"pay"))
    assert first == HEADER.pack(REPLY, 7) + b"pay x1" == once(question(7, b"pay"))
    assert once(question(8, b"pay")).endswith(b"x2")  # another question with the same words
    assert once(question(7, b"pay", port=2)).endswith(b"x3")  # another client with the same number
    assert once(question(7, b"pay")).endswith(b"x4")  # forgotten: only two are remembered
    assert udp.AtMostOnce(handler, remember=0)(question(7, b"pay")).endswith(b"x5")
    assert len(once._replies) == 2


def test_a_plain_datagram_is_handed_through_each_time():
    once = udp.AtMostOnce(Counting())
    plain = udp.Datagram(b"word", ("127.0.0.1", 1), False)
    assert [once(plain), once(plain)] == [b"word x1", b"word x2"]
    for short in (b"", REQUEST, HEADER.pack(REQUEST, 1)[:-1]):
        assert once(plain._replace(data=short)) == short + b" x1"
    assert once(plain._replace(data=HEADER.pack(REPLY, 1))) is None


def test_no_answer_stays_no_answer_and_an_error_is_asked_again():
    replies = [None, b"not asked twice"]
    once = udp.AtMostOnce(lambda datagram: replies.pop(0))
    assert once(question(1, b"")) is once(question(1, b"")) is None and len(replies) == 1
    outcomes = [ZeroDivisionError(), b"second time lucky"]

    def shaky(datagram):
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    once = udp.AtMostOnce(shaky)
    with pytest.raises(ZeroDivisionError):
        once(question(2, b""))
    assert once(question(2, b"")).endswith(b"second time lucky")


@pytest.mark.parametrize("host", HOSTS)
def test_every_question_is_answered_once_under_loss_and_disorder(host):
    handler = Counting()
    questions = [b"%d" % number for number in range(25)]
    with udp.Server((host, 0), udp.AtMostOnce(handler)) as server:
        with udp.LossyProxy(server.address, drop=0.3, duplicate=0.2, reorder=0.2, seed=11, address=(host, 0)) as proxy:
            with udp.Client(proxy.address) as client:
                answers = [client.request(data, timeout=60, first_wait=0.01, longest_wait=0.05) for data in questions]
                assert client.tries >= 1
    assert answers == [data + b" x1" for data in questions]
    assert sorted(handler.asked) == sorted(questions)
    assert proxy.counts.dropped >= 5 and proxy.counts.duplicated and proxy.counts.reordered


def test_late_answers_and_strangers_are_not_taken_for_the_answer():
    def liar(datagram):
        number = udp.requests.request_id(datagram.data, REQUEST)
        late = HEADER.pack(REPLY, (number - 1) % 2 ** 64) + b"late"
        for wrong in (late, b"no header", HEADER.pack(REQUEST, number)):
            server.sock.sendto(wrong, datagram.address)
        return HEADER.pack(REPLY, number) + b"right"

    with udp.Server(("127.0.0.1", 0), liar) as server:
        assert udp.request(server.address, b"?", timeout=20) == b"right"


def test_silence_is_a_timeout_that_counts_the_tries():
    for timeout in (0.05, 10):  # a busy machine may wake us when the first is over
        with udp.bind(("127.0.0.1", 0)) as silent, udp.Client(silent.getsockname()) as client:
            with pytest.raises(TimeoutError, match=rf"no reply from 127.0.0.1:\d+ to \d+ tries in {timeout} s"):
                client.request(b"?", timeout=timeout, first_wait=0.01)
            sent = {udp.receive(silent, timeout=20).data for _ in range(client.tries)}
        if client.tries >= 2:
            break
    assert client.tries >= 2
    assert len(sent) == 1, "each try carries the same number"


def test_a_refusal_is_told_after_three_tries(monkeypatch):
    with udp.bind(("127.0.0.1", 0)) as sock, udp.Client(sock.getsockname()) as client:

        def refused(*arguments, **options):
            raise ConnectionResetError(10054, "what Windows says")

        monkeypatch.setattr("netio.udp.requests.receive", refused)
        with pytest.raises(ConnectionRefusedError, match=r"nobody listens at 127.0.0.1:\d+") as caught:
            client.request(b"?", first_wait=0.001)
        assert caught.value.errno in (10054, errno.ECONNREFUSED) and client.tries == 3


def test_a_server_that_comes_late_is_still_reached():
    with udp.bind(("127.0.0.1", 0)) as sock:
        address = sock.getsockname()
        answers = []
        with udp.Client(address) as client:
            asking = threading.Thread(
                target=lambda: answers.append(client.request(b"late?", timeout=60, first_wait=0.01)))
            asking.start()
            first = udp.receive(sock, timeout=20)  # heard, and not answered
            with udp.Server(sock, udp.AtMostOnce(udp.echo)):
                asking.join(60)
    assert answers == [b"late?"] and first.data.endswith(b"late?")


def test_where_one_address_of_a_name_refuses_the_next_is_asked(monkeypatch):
    with udp.bind(("127.0.0.1", 0)) as gone:
        dead = gone.getsockname()
    with udp.Server(("127.0.0.1", 0), udp.AtMostOnce(udp.echo)) as server:
        with udp.Client(server.address) as client:
            client._places = [dead, server.address]
            client.sock.close()
            client.sock = udp.connect(dead)
            real = udp.receive

            def receive(sock, *arguments, **options):
                if sock.getpeername() == dead:
                    raise ConnectionRefusedError(errno.ECONNREFUSED, "refused")
                return real(sock, *arguments, **options)

            monkeypatch.setattr("netio.udp.requests.receive", receive)
            assert client.request(b"found", timeout=60, first_wait=0.01) == b"found"


@rounds(300)
def test_whatever_comes_a_request_is_handled_once_and_anything_else_but_a_reply_is_handed_through(rounds, rng):
    seen = []
    once = udp.AtMostOnce(lambda datagram: seen.append(datagram.data) or datagram.data[::-1])
    seeds = [HEADER.pack(REQUEST, number) + b"pay 5" for number in range(3)] + [HEADER.pack(REPLY, 1), b"plain", b""]
    for count in range(rounds):
        data = mutate(rng, seeds, [REQUEST, REPLY, b"\0", b"\xff"])
        number, before = request_id(data, REQUEST), len(seen)
        datagram = udp.Datagram(data, ("192.0.2.7", count if number is None else rng.randrange(3)), False)
        answer = once(datagram)
        if data.startswith(REPLY):
            assert len(seen) == before and answer is None
        elif number is None:
            assert seen[before:] == [datagram.data] and answer == datagram.data[::-1]
        else:
            assert len(seen) - before <= 1 and answer[:HEADER.size] == HEADER.pack(REPLY, number)
            before = len(seen)
            assert once(datagram) == answer and len(seen) == before
    assert len(once._replies) <= once.remember
