"""Question and answer: numbers, tries, duplicates, and a network that loses every third datagram."""
from __future__ import annotations

import contextlib
import errno
import threading

import pytest

from netio import udp
from netio.udp.requests import HEADER, REPLY, REQUEST, request_id

from ..fuzzing import mutate, rounds
from .test_datagrams import HOSTS

HOST = "192.0.2.7"
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
    with pytest.raises(ValueError, match="not -1"):
        udp.AtMostOnce(handler, remember=-1)
    assert len(once._replies) == 2


def test_what_has_no_number_is_answered_a_number_of_times_whatever_is_remembered(monkeypatch):
    monkeypatch.setattr(udp.requests.time, "monotonic", lambda: 5.0)
    once = udp.AtMostOnce(udp.echo, remember=0)
    answers = [once(udp.Datagram(b"plain", ("127.0.0.1", 9), False)) for _ in range(udp.requests.MOST_PLAIN + 1)]
    assert answers == [b"plain"] * udp.requests.MOST_PLAIN + [None]


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


@rounds(30, 50_000)
def test_whatever_comes_a_request_is_handled_once_and_anything_else_but_a_reply_is_handed_through(rounds, rng):
    seeds = [HEADER.pack(REQUEST, number) + b"pay 5" for number in range(3)] + [HEADER.pack(REPLY, 1), b"plain", b""]
    for _ in range(rounds):
        answers, known, remember = [], {}, rng.randrange(6)  # known: {(sender, number): answer}, oldest first

        def handler(datagram):
            answers.append(rng.choice((datagram.data[::-1], b"", None, ZeroDivisionError)))
            if answers[-1] is ZeroDivisionError:
                raise ZeroDivisionError
            return answers[-1]

        once = udp.AtMostOnce(handler, remember=remember)
        for _ in range(20):
            data = mutate(rng, seeds, [REQUEST, REPLY, b"\0", b"\xff"])
            datagram = udp.Datagram(data, (HOST, rng.randrange(3)), False)
            key, before = (datagram.address, request_id(datagram.data, REQUEST)), len(answers)
            try:
                got = once(datagram)
            except ZeroDivisionError:
                got = ZeroDivisionError
            new = answers[before:]
            if data.startswith(REPLY):
                assert new == [] and got is None
            elif key[1] is None or got is ZeroDivisionError:
                assert new == [got]
            else:
                assert len(new) == (key not in known)
                if new:
                    known[key] = None if new[0] is None else HEADER.pack(REPLY, key[1]) + new[0]
                assert got == known[key]
                known = dict(list(known.items())[max(0, len(known) - remember):])


class Network:
    """What a client meets instead of `time`, `connect` and `receive`: a clock, and a server whose mood changes."""

    def __init__(self, rng):
        self.rng, self.now, self.sent, self.slept, self.opened = rng, 0.0, [], 0.0, []
        self.trouble = rng.choice((0.0, 0.3, 0.9))

    def monotonic(self):
        return self.now

    def sleep(self, seconds):
        assert seconds >= 0
        self.now += seconds

    def connect(self, address):
        self.opened.append(self)
        return self

    def close(self):
        self.opened.pop()

    def send(self, data):
        self.fail()
        self.sent.append(data)

    def fail(self):
        if self.rng.random() < self.trouble / 3:
            raise OSError(errno.ENOBUFS, "full")
        if self.rng.random() < self.trouble / 3:
            raise ConnectionRefusedError(errno.ECONNREFUSED, "nobody")

    def receive(self, sock, max_size, *, timeout):
        assert timeout > 0
        self.fail()
        if self.rng.random() < self.trouble:
            self.now += timeout
            raise TimeoutError
        self.now += timeout / self.rng.randrange(2, 9)
        number = request_id(self.sent[-1], REQUEST) if self.sent else 0
        reply = HEADER.pack(REPLY, number) + b"to %d" % number
        reply = mutate(self.rng, [reply], [REPLY, REQUEST]) if self.rng.random() < 0.5 else reply
        return udp.Datagram(reply, (), False)


@rounds(200, 200_000)
def test_whatever_the_network_does_a_client_returns_a_reply_to_its_request_or_says_why_not(rounds, rng, monkeypatch):
    answered = 0
    for _ in range(rounds):
        network = Network(rng)
        with monkeypatch.context() as patch, contextlib.ExitStack() as stack:
            for name, value in ("time", network), ("connect", network.connect), ("receive", network.receive):
                patch.setattr(f"netio.udp.requests.{name}", value)
            patch.setattr("netio._deadline.time", network)
            client = stack.enter_context(udp.Client(("127.0.0.1", 9)))
            client._places *= rng.choice((1, 2))
            for _ in range(3):
                begin, network.sent[:] = network.now, []
                try:
                    reply = client.request(b"?", timeout=5, first_wait=rng.choice((0.01, 0.5)))
                    number = request_id(network.sent[-1], REQUEST)
                    assert number == client._number and len(set(network.sent)) == 1
                    answered += reply == b"to %d" % number
                except (TimeoutError, ConnectionRefusedError) as error:
                    assert network.now - begin > 4.999 or not isinstance(error, TimeoutError)
                except OSError as error:
                    raise AssertionError("an error that is not documented") from error
                assert network.now - begin <= 5.001 and len(network.sent) <= client.tries and len(network.opened) == 1
        assert not network.opened
    assert answered > rounds // 4


@pytest.mark.parametrize("wrong", [0, -1])
def test_not_even_one_client_to_know_is_refused(wrong):
    with pytest.raises(ValueError, match="at least 1 client"):
        udp.LossyProxy(("127.0.0.1", 9), clients=wrong)


class Failing:
    """A socket whose sends fail first, each with one of these errors."""

    def __init__(self, sock, *numbers):
        self._sock, self._numbers = sock, [*numbers]

    def send(self, data):
        if self._numbers:
            raise OSError(self._numbers.pop(), "it cannot be sent")
        return self._sock.send(data)

    def __getattr__(self, name):
        return getattr(self._sock, name)


def test_a_lack_of_memory_passes_and_no_other_error_does():
    answer = udp.AtMostOnce(lambda datagram: datagram.data)
    with udp.Server(("127.0.0.1", 0), answer) as server, udp.Client(server.address) as client:
        client._number = 2 ** 64 - 1  # the next one is 0
        sock, client.sock = client.sock, Failing(client.sock, errno.ENOBUFS)
        assert client.request(b"abc") == b"abc" and client.tries == 2
        client.sock = Failing(sock, errno.ENETUNREACH)
        with pytest.raises(OSError, match="cannot be sent"):
            client.request(b"abc")
        assert client.tries == 1


def test_however_quick_the_last_reply_was_the_next_is_waited_for():
    with udp.bind(("127.0.0.1", 0)) as silent, udp.Client(silent.getsockname()) as client:
        client._round_trip = 0.0
        with pytest.raises(TimeoutError):
            client.request(b"abc", timeout=0.05)
        assert client.tries <= 2  # now and after 20 ms, then after 40
