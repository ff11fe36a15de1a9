"""Datagrams: sent and received whole, requests and replies over a network that loses them, broadcast and multicast.

`bind`, `connect` and `receive` are the notes' three steps with IPv6 and a flag for what was cut. `Server` answers
datagrams with a function and survives what peers do. `Client` and `AtMostOnce` make request and reply reliable under
loss. `send_broadcast` and `listen_broadcast` reach a whole network, `join_group` and `leave_group` a group.
`LossyProxy` is a bad network to try it all on.

>>> from netio import udp
>>> with udp.Server(("127.0.0.1", 0), udp.echo) as server, udp.connect(server.address) as sock:
...     sock.send("你好".encode())
...     udp.receive(sock, 4, timeout=5)[::2]
6
(b'\\xe4\\xbd\\xa0\\xe5', True)

Start here: bind, receive, serve, Client, AtMostOnce, send_broadcast.

Notes: udp, udp应用之广播 (broadcast).
"""
from __future__ import annotations

from .addresses import interfaces
from .broadcast import broadcast_addresses, discover, listen_broadcast, send_broadcast
from .datagrams import MAX_DATAGRAM, SAFE_DATAGRAM, Datagram, bind, connect, format_address, receive
from .multicast import join_group, listen_multicast
from .proxy import LossyProxy
from .requests import AtMostOnce, Client, request
from .server import Server, answer_text, echo, serve
from .talk import talk

__all__ = [
    "bind", "connect", "receive", "Datagram", "MAX_DATAGRAM", "SAFE_DATAGRAM",
    "Server", "serve", "echo", "answer_text",
    "Client", "request", "AtMostOnce", "talk",
    "send_broadcast", "discover", "listen_broadcast", "broadcast_addresses", "interfaces",
    "join_group", "listen_multicast",
    "LossyProxy",
    "format_address",
]
