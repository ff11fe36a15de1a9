"""What several tests of the chat need: a member in a thread, a notes-style client and a notes-style server."""
from __future__ import annotations

import io
import os
import socket
import threading

from netio import chat, udp


class Typist:
    """A member whose keyboard is a pipe: `type` lines, wait until something is `shown`."""

    def __init__(self, address, name, **options):
        reader, self._writer = os.pipe()
        self._reader, self._screen = reader, io.StringIO()
        self._shown = threading.Condition()
        self._screen.flush = self._note  # the screen flushes after each line
        self._thread = threading.Thread(target=self._stay, args=(address, name), kwargs=options)
        self._thread.start()

    def _stay(self, address, name, **options):
        try:
            with chat.keyboard.ThreadKeyboard(self._reader) as keyboard:
                self.end = chat.join(address, name, keyboard=keyboard, out=self._screen, **options)
        except OSError as error:
            self.end = error
        self._note()

    def _note(self):
        with self._shown:
            self._shown.notify_all()

    @property
    def lines(self):
        return self._screen.getvalue().splitlines()[1:]  # without the line that says that we are in

    def type(self, *lines):
        os.write(self._writer, "".join(line + "\n" for line in lines).encode())

    def wait(self, count=0):
        """Wait until `count` lines have come, or the log-in is done for none; return the lines."""
        with self._shown:
            assert self._shown.wait_for(
                lambda: len(self._screen.getvalue().splitlines()) > count or not self._thread.is_alive(), 60)
        return self.lines

    def wait_for_all(self, count):
        """Wait until `count` lines have been said; return all lines, those about comings and goings included."""
        with self._shown:
            assert self._shown.wait_for(lambda: len([x for x in self.lines if "聊天室" not in x]) >= count, 60)
        return self.lines

    def leave(self):
        """End the input, wait for the end and return it."""
        if self._writer is not None:
            os.close(self._writer)
            self._writer = None
        self._thread.join(60)
        assert not self._thread.is_alive()
        os.close(self._reader)
        return self.end


class Plain:
    """A notes-style client: a socket that says what the notes say."""

    def __init__(self, address):
        self.sock, self.address = socket.socket(socket.AF_INET, socket.SOCK_DGRAM), address
        self.sock.settimeout(20)

    def say(self, text):
        self.sock.sendto(text.encode(), self.address)

    def hear(self):
        return self.sock.recvfrom(1024)[0].decode()

    def ask(self, text):
        self.say(text)
        return self.hear()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.sock.close()


def notes_server(answer_unknown=None):
    """Return a udp.Server that does what the notes ask of one, and no more: the wrong ways included."""
    users = {}

    def handle(datagram):
        verb, name, *rest = (datagram.data.decode() + " ").split(" ", 2)
        others = [address for user, address in users.items() if user != name]
        if verb == "L":
            if name in users or "管理员" in name:
                return "该用户已存在".encode()
            users[name] = datagram.address
            return tell(others, f"\n欢迎 {name}", b"OK")
        if verb == "C":
            return tell(others, f"\n{name}: {rest[0].strip()}", None)
        if verb == "Q":
            users.pop(name, None)
            return tell(others, f"\n{name} 走了", b"EXIT")
        return answer_unknown

    def tell(others, text, reply):
        for address in others:
            server.sock.sendto(text.encode(), address)
        return reply

    server = udp.Server(("127.0.0.1", 0), handle)
    return server
