"""Save the student records that clients send, one line a student, each on the disk before the answer `saved`.

    python3 scripts/serve_students.py                        TCP, into students.txt
    python3 scripts/serve_students.py --udp --port 0         datagrams, any free port

Send some with send_student.py. Over TCP a `recv` may bring half a record or several; a datagram holds whole ones.
"""
from __future__ import annotations

import functools
import os
import socket
import sys
from typing import Any

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -P does not look here
import _prelude

from _students import Student, save_students
from netio import concurrency, files, packing, tcp, udp

SILENCE_SECONDS = 300.0  # how long a client may think


def save_stream(log: files.DurableLog, sock: socket.socket, address: tuple[Any, ...]) -> None:
    """Answer one TCP client until it has no more."""
    decoder = packing.RecordDecoder(Student)
    sock.settimeout(SILENCE_SECONDS)
    try:
        while data := sock.recv(65536):
            for answer in save_students(decoder, data, log):
                sock.sendall(answer)
        decoder.finish()
    except (OSError, packing.RecordError) as error:  # it vanished, fell silent, or left in the middle of a record
        where = tcp.format_address(address)
        print(_prelude.say("{}: {}", where, _prelude.explain(error)), file=sys.stderr, flush=True)


def save_datagram(log: files.DurableLog, datagram: udp.Datagram) -> bytes:
    """Answer one datagram: a line for each student in it."""
    decoder = packing.RecordDecoder(Student)
    answers = b"".join(save_students(decoder, datagram.data, log))
    return answers if answers and not decoder.pending else answers + b"refused: not a whole record\n"


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    _prelude.add_address(options, 8888)
    options.add_argument("--file", default="students.txt", help="where the lines go (default: %(default)s)")
    options.add_argument("--udp", action="store_true", help="datagrams instead of connections")
    chosen = options.parse_args(argv)
    with files.DurableLog(chosen.file) as log:
        if chosen.udp:
            once = udp.AtMostOnce(functools.partial(save_datagram, log))
            udp.serve((chosen.host, chosen.port), once, max_size=udp.SAFE_DATAGRAM,  # each student is synced
                      on_listening=_prelude.announce)
        else:
            listener = tcp.listen((chosen.host, chosen.port))
            with concurrency.Server(listener, functools.partial(save_stream, log), model="thread") as server:
                _prelude.announce(server.address)
                server.serve_forever()
    return 0


if __name__ == "__main__":
    _prelude.run(main)
