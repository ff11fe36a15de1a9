"""Show what the system knows about a socket: names, options, buffers and the state of TCP.

    python3 scripts/show_socket.py                     a new pair, from listening to closed
    python3 scripts/show_socket.py example.org 80      a connection to a server
    python3 scripts/show_socket.py --buffers           how many bytes fit before send blocks
"""
from __future__ import annotations

import socket

import _prelude

from netio import tcp


def show(title: str, sock: socket.socket) -> None:
    print(f"\n{title}")
    for name, value in tcp.describe(sock).items():
        if value is not None:
            print(f"  {name:<20} {value}")


def show_buffers() -> None:
    print(f"{'asked for':>12} {'send buffer':>12} {'recv buffer':>12} {'taken':>12}   (bytes)")
    for size in (8 * 1024, 64 * 1024, 512 * 1024, None):
        found = tcp.measure_buffers(send=size, receive=size)
        print(f"{size or 'nothing':>12} {found['send_buffer']:>12} {found['receive_buffer']:>12} {found['taken']:>12}")


def show_life() -> None:
    with tcp.listen(("127.0.0.1", 0)) as listener:
        show("listening", listener)
    client, server = tcp.connect_pair()
    with client, server:
        client.sendall("猫".encode())
        show("connected, and three bytes have come", server)
        tcp.half_close(client)
        tcp.Reader(server).read_to_end()
        print("\nafter the client's half-close")
        print(f"  client {tcp.tcp_state(client) or '-'}, server {tcp.tcp_state(server) or '-'}")
    show("closed", client)


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    options.add_argument("host", metavar="HOST", nargs="?")
    options.add_argument("port", metavar="PORT", nargs="?", type=_prelude.port_number)
    options.add_argument("--buffers", action="store_true", help="fill buffers of several sizes")
    chosen = options.parse_args(argv)
    if (chosen.host is None) != (chosen.port is None):
        options.error("HOST and PORT belong together")
    if chosen.buffers:
        show_buffers()
    elif chosen.host is None:
        show_life()
    else:
        with tcp.connect((chosen.host, chosen.port), timeout=10) as sock:
            show(f"connected to {tcp.format_address((chosen.host, chosen.port))}", sock)
    return 0


if __name__ == "__main__":
    _prelude.run(main)
