"""The notes' group chat: textual requests over UDP, as there; nothing lost where both sides are ours; and over TCP.

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

from .client import DatagramWire, LineWire, Screen, join
from .hub import Hub, MemberProtocol, TCPServer, room_models
from .keyboard import ForkedKeyboard, Keyboard, ThreadKeyboard, cbreak_mode, open_keyboard
from .link import WINDOW, Frame, ReliableLink, parse_frame
from .prompt import LineEditor, draw_prompt, text_width, wipe_row
from .room import EXIT, OK, REFUSED, Member, Outgoing, Peer, Request, Room, parse_request, refuse
from .rules import ADMIN, MAX_NAME, MAX_TEXT, check_name, check_text, clean_text, looks_like_admin, name_skeleton
from .server import Server
from .session import Event, Session

__all__ = [
    # rules
    "ADMIN", "MAX_NAME", "MAX_TEXT", "check_name", "check_text", "clean_text", "looks_like_admin", "name_skeleton",
    # room
    "Room", "Member", "Request", "Peer", "Outgoing", "OK", "EXIT", "REFUSED", "parse_request", "refuse",
    # link, session
    "ReliableLink", "Frame", "WINDOW", "parse_frame", "Session", "Event",
    # server, hub
    "Server", "TCPServer", "Hub", "MemberProtocol", "room_models",
    # client
    "join", "Screen", "DatagramWire", "LineWire", "LineEditor", "draw_prompt", "text_width", "wipe_row",
    "Keyboard", "ForkedKeyboard", "ThreadKeyboard", "open_keyboard", "cbreak_mode",
]
