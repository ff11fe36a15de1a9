"""Show what the system knows about a socket: names, options, buffers and the state of TCP.

    python3 scripts/show_socket.py                     a new pair, from listening to closed
    python3 scripts/show_socket.py example.org 80      a connection to a server
    python3 scripts/show_socket.py --buffers           how many bytes fit before send blocks
"""
from __future__ import annotations

import os
import socket
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -P does not look here
import _prelude

from netio import tcp


def show(title: str, sock: socket.socket) -> None:
    print(f"\n{title}")
    for name, value in tcp.describe(sock).items():
        if value is not None:
            print(f"  {name:<20} {value}")


def show_buffers() -> None:
    titles = (_prelude.say(title) for title in ("asked for", "send buffer", "recv buffer", "taken"))
    print(" ".join(_prelude.pad(title, -12) for title in titles) + _prelude.say("   (bytes)"))
    taken = []
    for size in (8 * 1024, 64 * 1024, 512 * 1024, None):
        found = tcp.measure_buffers(send=size, receive=size)
        taken.append(found["taken"])
        asked = _prelude.pad(str(size or _prelude.say("nothing")), -12)
        print(f"{asked} {found['send_buffer']:>12} {found['receive_buffer']:>12} {found['taken']:>12}")
    print()
    _prelude.conclude("You saw: `send` took {} to {} bytes that nobody read; with full buffers it blocks until the "
                      "reader makes room.", min(taken), max(taken))


def show_life() -> None:
    with tcp.listen(("127.0.0.1", 0)) as listener:
        show(_prelude.say("listening"), listener)
    client, server = tcp.connect_pair()
    with client, server:
        client.sendall("猫".encode())
        show(_prelude.say("connected, and three bytes have come"), server)
        tcp.half_close(client)
        tcp.Reader(server).read_to_end()
        wait_for_acknowledgement(client)
        states = tcp.tcp_state(client) or "-", tcp.tcp_state(server) or "-"
        print("\n" + _prelude.say("after the client's half-close"))
        _prelude.tell("  client {}, server {}", *states)
    show(_prelude.say("closed"), client)
    print()
    if "-" in states:
        _prelude.conclude("You saw: a connection is known by both ends' addresses. This system does not show TCP's "
                          "state.")
    else:
        _prelude.conclude("You saw: a connection is known by both ends' addresses; after the half-close the client "
                          "was in {} and the server in {} until it closes, too.", *states)


def wait_for_acknowledgement(sock: socket.socket) -> None:
    """Wait until the peer's system has acknowledged the end: Linux may take 40 ms for it."""
    deadline = time.monotonic() + 1
    while tcp.tcp_state(sock) == "FIN-WAIT-1" and time.monotonic() < deadline:
        time.sleep(0.005)


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    options.add_argument("host", metavar="HOST", nargs="?")
    options.add_argument("port", metavar="PORT", nargs="?", type=_prelude.port_number)
    options.add_argument("--buffers", action="store_true", help="fill buffers of several sizes")
    chosen = options.parse_args(argv)
    if (chosen.host is None) != (chosen.port is None):
        options.error(_prelude.say("HOST and PORT belong together"))
    if chosen.buffers:
        show_buffers()
    elif chosen.host is None:
        show_life()
    else:
        with tcp.connect((chosen.host, chosen.port), timeout=10) as sock:
            show(_prelude.say("connected to {}", tcp.format_address((chosen.host, chosen.port))), sock)
    return 0


if __name__ == "__main__":
    _prelude.run(main)
