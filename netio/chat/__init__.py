"""The notes' group chat: textual requests over UDP, as there; nothing lost where both sides are ours; and over TCP.

Start here: Server, join, Room, TCPServer.

- `rules` (pure): what may be a name, what may be said
- `room` (pure): who is here and what each request means: `L name`, `C name text`, `Q name`
- `link` (pure): texts over datagrams that get lost: numbered, acknowledged, shown once and in order
- `session` (pure): a client's side of the talk, with a server of ours or of the notes
- `prompt` (pure): the line that is being typed while others come in
- `server`: the room at a UDP address; `hub`: at a TCP address, under every server model with one process
- `keyboard`, `client`: a member at a terminal

What each side understands of the other:

| client   | server    | what happens                                                              |
|----------|-----------|---------------------------------------------------------------------------|
| ours     | ours      | everything through a link: nothing lost or doubled, whatever the network  |
| notes'   | ours      | plain datagrams; a log-in or log-out that is sent again is answered again |
| ours     | notes'    | plain datagrams after 1.5 s; log-in and log-out repeated until answered   |
| nc, ours | ours, TCP | a line each                                                               |

Notes: 群聊聊天室.
"""
from __future__ import annotations

from .client import join
from .hub import TCPServer, room_models
from .link import ReliableLink
from .room import Room, parse_request
from .rules import check_name
from .server import Server
from .session import Session

__all__ = [
    "Server", "TCPServer", "room_models", "join",
    "Room", "Session", "ReliableLink", "parse_request", "check_name",
]
