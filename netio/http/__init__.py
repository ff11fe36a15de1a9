"""HTTP/1.1: messages, a server for applications, WSGI and files, over TCP, TLS and unix sockets, and a small client.

- `messages` (pure): requests, responses, headers, and parsers that find them in a stream
- `applications`: a function from a request to a response; `Routes` picks one by method and path
- `protocol`, `state`, `server`: one connection, what all connections share, and `HTTPServer`
- `wsgi`: `FromWSGI` serves any WSGI application, `ToWSGI` makes one of ours
- `static`: a folder as an application: paths, files, listings, zips, uploads
- `auth`, `conditions`, `ranges`, `dates`, `encodings`, `mime`, `forms`: what single headers and bodies mean
- `client`: `fetch`; `sockets`: one request and its answer over a blocking socket, as the notes' first servers do

Start here: HTTPServer, Routes, Response, fetch, handle_one_request.

This front offers what programs use; the rest is in its module, such as `http.ranges.parse_ranges`. Each name is loaded
on first use (PEP 562).

What is done of which RFC, and what is left out:

| RFC | done | left out, and why |
|---|---|---|
| 9110 7.1, 9112 3 targets | origin, absolute and asterisk form | CONNECT (501): this is no proxy |
| 9110 5, 9112 5 fields | tokens, lists, repeats; folds in responses only | charsets: other bytes stay Latin-1 |
| 9110 7.2 Host | exactly one, checked; an absolute target overrules it | virtual hosts: an app has `host` |
| 9110 7.8 Upgrade | declined, by answering as if it was not there | HTTP/2, WebSocket: other protocols |
| 9110 8 representations | types, Last-Modified, strong ETag, a .gz beside a file | languages; compressing as it goes |
| 9110 9 methods | any, by the app; HEAD, and OPTIONS by Routes | TRACE: it would echo credentials |
| 9110 10.1.1 Expect | 100-continue when the body is wanted, 417 for others |  |
| 9110 11, 7617 passwords | Basic, for folders | Digest: TLS does better |
| 9110 13, 14 | all five conditions; ranges, several at once, If-Range | ranges in units other than bytes |
| 9110 15 status codes | the server's own; the rest by the app | interim responses other than 100 |
| 9112 2, 6 messages | exactly one length, CR LF only, no repair of doubtful ones | HTTP/0.9 |
| 9112 7 transfer codings | chunks both ways, trailers received | gzip and others (501); sent trailers |
| 9112 9 connections | persistence of 1.0 and 1.1, pipelining, lingering close |  |
| 9111 caching | what an origin sends: validators, Vary | it is no cache |
| 8446 TLS | 1.2 and 1.3, through `ssl` |  |
| 7578, 6585, 8187 | multipart uploads; 431; file names in UTF-8 |  |
"""
from __future__ import annotations

from .._lazy import load_later

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .applications import Routes as Routes, error_response as error_response, redirect as redirect
    from .auth import BasicAuth as BasicAuth, hash_password as hash_password
    from .client import fetch as fetch
    from .messages.errors import HTTPError as HTTPError, ProtocolError as ProtocolError
    from .messages.parser import Limits as Limits, RequestParser as RequestParser, ResponseParser as ResponseParser
    from .messages.requests import Request as Request, parse_form as parse_form
    from .messages.responses import BlockingBody as BlockingBody, FileBody as FileBody, Response as Response
    from .protocol import HTTPProtocol as HTTPProtocol
    from .server import HTTPServer as HTTPServer
    from .sockets import (
        handle_one_request as handle_one_request, recv_request as recv_request, send_response as send_response,
    )
    from .state import ServerState as ServerState, Timeouts as Timeouts
    from .static.folder import StaticFiles as StaticFiles
    from .wsgi import FromWSGI as FromWSGI, ToWSGI as ToWSGI
else:
    __getattr__, __dir__, __all__ = load_later(__name__, {
        "applications": "Routes error_response redirect",
        "auth": "BasicAuth hash_password",
        "client": "fetch",
        "messages.errors": "HTTPError ProtocolError",
        "messages.parser": "Limits RequestParser ResponseParser",
        "messages.requests": "Request parse_form",
        "messages.responses": "BlockingBody FileBody Response",
        "protocol": "HTTPProtocol",
        "server": "HTTPServer",
        "sockets": "handle_one_request recv_request send_response",
        "state": "ServerState Timeouts",
        "static.folder": "StaticFiles",
        "wsgi": "FromWSGI ToWSGI",
    })
