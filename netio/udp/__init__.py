"""Datagrams: sent and received whole, asked and answered over a network that loses them, told to everyone at once.

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

Notes: udp, udp应用之广播 (broadcast).
"""
from __future__ import annotations

from .addresses import Interface, interfaces, own_addresses
from .broadcast import LIMITED_BROADCAST, broadcast_addresses, discover, listen_broadcast, send_broadcast
from .datagrams import (MAX_DATAGRAM, SAFE_DATAGRAM, Address, Datagram, bind, connect, truncate_text, format_address,
                        receive, receive_nowait, resolve, share_port)
from .endpoint import Endpoint
from .multicast import join_group, leave_group, listen_multicast, open_multicast_sender
from .proxy import Counts, Impairment, LossyProxy
from .requests import HEADER, REPLY, REQUEST, AtMostOnce, Client, request, request_id
from .server import Handler, OnError, Server, answer_text, echo, log_error, serve
from .talk import talk

__all__ = [
    "bind", "connect", "receive", "receive_nowait", "Datagram", "Address", "MAX_DATAGRAM", "SAFE_DATAGRAM",
    "Server", "serve", "Handler", "OnError", "echo", "answer_text", "log_error", "Endpoint",
    "Client", "request", "AtMostOnce", "request_id", "HEADER", "REQUEST", "REPLY", "talk",
    "send_broadcast", "discover", "listen_broadcast", "broadcast_addresses", "interfaces", "own_addresses",
    "Interface", "LIMITED_BROADCAST", "join_group", "leave_group", "listen_multicast", "open_multicast_sender",
    "LossyProxy", "Impairment", "Counts",
    "truncate_text", "format_address", "resolve", "share_port",
]
