"""Each poller by itself: what is watched is reported as long as it is ready, and nothing else is."""
from __future__ import annotations

import os
import select
import socket
import time

import pytest

from netio.events.kqueue import KqueuePoller
from netio.events.loop import READ, WRITE
from netio.events.poll import PollPoller
from netio.events.select import SelectPoller

from . import fake_kqueue

POLLERS = {"select": SelectPoller, "poll": PollPoller, "epoll": lambda: select.epoll(), "kqueue": KqueuePoller}


@pytest.fixture(params=POLLERS)
def poller(request, monkeypatch, nothing_left):
    if request.param == "kqueue" and not hasattr(select, "kqueue"):
        fake_kqueue.install(monkeypatch)
    if not hasattr(select, request.param):
        pytest.skip(f"no {request.param}")
    poller = POLLERS[request.param]()
    yield poller
    poller.close()


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def test_what_is_ready_is_reported_until_it_is_dealt_with(poller, pair):
    ours, theirs = pair
    poller.register(ours.fileno(), READ)
    assert poller.poll(0) == []
    theirs.send(b"hello")
    for _ in range(2):
        assert poller.poll(10) == [(ours.fileno(), READ)]
    ours.recv(100)
    assert poller.poll(0) == []
    poller.unregister(ours.fileno())


def test_the_interest_changes_both_ways(poller, pair):
    ours, theirs = pair
    fd = ours.fileno()
    poller.register(fd, WRITE)
    assert poller.poll(10) == [(fd, WRITE)]
    theirs.send(b"hello")
    assert poller.poll(10) == [(fd, WRITE)]
    poller.modify(fd, READ | WRITE)
    assert poller.poll(10) == [(fd, READ | WRITE)]
    poller.modify(fd, READ)
    poller.modify(fd, READ)
    assert poller.poll(10) == [(fd, READ)]
    poller.unregister(fd)


def test_what_is_no_longer_watched_is_not_reported_and_can_be_watched_again(poller, pair):
    ours, theirs = pair
    theirs.send(b"hello")
    for _ in range(2):
        poller.register(ours.fileno(), READ)
        assert poller.poll(10) == [(ours.fileno(), READ)]
        poller.unregister(ours.fileno())
        assert poller.poll(0.001) == []


def test_a_peer_that_has_gone_is_reported_as_readable(poller, pair):
    ours, theirs = pair
    poller.register(ours.fileno(), READ)
    theirs.close()
    ((fd, events),) = poller.poll(10)
    assert fd == ours.fileno() and events & ~WRITE
    poller.unregister(fd)


def test_two_are_told_apart(poller, pair):
    ours, theirs = pair
    for sock in pair:
        poller.register(sock.fileno(), READ)
    ours.send(b"hello")
    assert poller.poll(10) == [(theirs.fileno(), READ)]
    for sock in pair:
        poller.unregister(sock.fileno())


@pytest.mark.skipif(os.name == "nt", reason="numbers of sockets are not used again at once")
def test_a_descriptor_that_cannot_be_watched_does_not_spoil_the_next_of_its_number(monkeypatch, pair):
    """The number is used again soon: were it taken for watched, its new socket would wait for ever."""
    if not hasattr(select, "kqueue"):
        fake_kqueue.install(monkeypatch)
    poller = KqueuePoller()
    ours, theirs = pair
    number = ours.fileno()
    spare = os.dup(number)
    ours.detach()
    os.close(number)
    with pytest.raises(OSError):
        poller.register(number, READ)
    os.dup2(spare, number)
    os.close(spare)
    with socket.socket(fileno=number):
        theirs.send(b"hello")
        poller.register(number, READ)
        assert poller.poll(10) == [(number, READ)]
        poller.unregister(number)
    poller.close()


def test_who_waits_for_nothing_sleeps(poller):
    begin = time.monotonic()
    assert poller.poll(0.05) == [] and time.monotonic() - begin > 0.03


@pytest.mark.skipif(os.name != "posix", reason="there descriptors are no small numbers")
def test_select_watches_descriptors_up_to_1023():
    poller = SelectPoller()
    poller.register(1023, READ)
    with pytest.raises(OSError, match="the highest is 1023"):
        poller.register(1024, READ)
