"""A keyboard that cannot be read is no end of the input: the member is told, and leaves."""
from __future__ import annotations

import io
import os
import signal

import pytest

from netio import chat
from netio.chat.keyboard import ForkedKeyboard, ThreadKeyboard

KINDS = [ThreadKeyboard, pytest.param(lambda source: ForkedKeyboard(source, warn_threads=False), id="ForkedKeyboard",
                                      marks=pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork"))]


@pytest.fixture
def unreadable():
    reader, writer = os.pipe()
    os.close(reader)
    yield writer
    os.close(writer)


@pytest.mark.parametrize("kind", KINDS)
def test_what_cannot_be_read_is_said_once(kind, unreadable, nothing_left):
    with kind(unreadable) as keyboard:
        with pytest.raises(OSError):
            keyboard.read()
        assert keyboard.read() == b""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_a_killed_process_at_the_keyboard_is_no_end_of_the_input_but_an_interrupted_one_is(nothing_left):
    reader, writer = os.pipe()
    with ForkedKeyboard(reader, warn_threads=False) as keyboard:
        os.kill(keyboard._pid, signal.SIGKILL)
        with pytest.raises(OSError, match="signal 9"):
            keyboard.read()
    with ForkedKeyboard(reader, warn_threads=False) as keyboard:
        os.kill(keyboard._pid, signal.SIGINT)  # Ctrl-C ends both processes
        assert keyboard.read() == b""
    os.close(reader)
    os.close(writer)


def test_the_member_is_told(unreadable, nothing_left):
    out = io.StringIO()
    with chat.Server(("127.0.0.1", 0)) as server, ThreadKeyboard(unreadable) as keyboard:
        assert chat.join(server.address, "lily", keyboard=keyboard, out=out).kind == "left"
    assert "the keyboard cannot be read: " in out.getvalue()
