"""HTTP/1.1: messages, a server for applications, WSGI and files, over TCP, TLS and unix sockets, and a small client.

- `messages` (pure): requests, responses, headers, and parsers that find them in a stream
- `applications`: a function from a request to a response; `Routes` picks one by method and path
- `protocol`, `state`, `server`: one connection, what all connections share, and `HTTPServer`
- `wsgi`: `FromWSGI` serves any WSGI application, `ToWSGI` makes one of ours
- `static`: a folder as an application: paths, files, listings, zips, uploads
- `auth`, `conditions`, `ranges`, `dates`, `encodings`, `mime`, `forms`: what single headers and bodies mean
- `client`: `fetch`; `sockets`: one request and its answer over a blocking socket, as the notes' first servers do

Loading the chapter loads the messages only; what has sockets in it is loaded on first use (PEP 562).

What is done of which RFC, and what is left out:

| RFC | done | left out, and why |
|---|---|---|
| 9110 7.1, 9112 3 targets | origin, absolute and asterisk form | CONNECT (501): this is no proxy |
| 9110 5, 9112 5 fields | tokens, lists, repeats; no folds, no blank before ":" | charsets: other bytes stay Latin-1 |
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
from .messages import (
    REASONS, BlockingBody, FileBody, HTTPError, Headers, Limits, ProtocolError, Request, RequestParser, Response,
    ResponseParser, decode_path, decode_percent, encode_chunk, encode_head, format_date, format_fields, has_body,
    parse_fields, parse_form, parse_request, parse_response, split_list,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .applications import Routes, as_response, error_response, redirect
    from .auth import BasicAuth, check_password, hash_password, parse_basic
    from .client import fetch, format_request, split_url
    from .conditions import evaluate_preconditions, file_etag, parse_etags, if_range_matches
    from .dates import parse_date
    from .encodings import accepts_gzip
    from .forms import FormError, FormParser, form_boundary
    from .mime import content_type
    from .protocol import HTTPProtocol
    from .ranges import coalesce, content_range, parse_ranges
    from .server import HTTPServer
    from .sockets import handle_one_request, recv_request, send_response
    from .state import ServerState, Timeouts, format_access
    from .static.folder import StaticFiles
    from .static.paths import PathError, quote_path, split_path
    from .static.uploads import FormFiles
    from .static.zipping import zip_folder
    from .wsgi import FromWSGI, ToWSGI, make_environ, make_request

__all__ = [
    "REASONS", "HTTPError", "ProtocolError", "Headers", "format_fields", "parse_fields", "split_list", "Limits",
    "RequestParser", "ResponseParser", "Request", "decode_path", "decode_percent", "parse_form", "parse_request",
    "BlockingBody", "FileBody", "Response", "encode_chunk", "encode_head", "format_date", "has_body", "parse_response",
    "Routes", "as_response", "error_response", "redirect", "fetch", "format_request", "split_url", "HTTPProtocol",
    "HTTPServer", "ServerState", "Timeouts", "format_access", "StaticFiles", "FromWSGI", "ToWSGI", "make_environ",
    "make_request", "handle_one_request", "recv_request", "send_response",
    "BasicAuth", "check_password", "hash_password", "parse_basic", "evaluate_preconditions", "file_etag",
    "parse_etags", "if_range_matches", "parse_date", "accepts_gzip", "FormError", "FormParser", "form_boundary",
    "content_type", "PathError", "quote_path", "split_path", "coalesce",
    "content_range", "parse_ranges", "FormFiles", "zip_folder",
]

__getattr__, __dir__, _ = load_later(__name__, {
    "applications": "Routes as_response error_response redirect",
    "auth": "BasicAuth check_password hash_password parse_basic",
    "client": "fetch format_request split_url",
    "conditions": "evaluate_preconditions file_etag parse_etags if_range_matches",
    "dates": "parse_date",
    "encodings": "accepts_gzip",
    "forms": "FormError FormParser form_boundary",
    "mime": "content_type",
    "static.paths": "PathError quote_path split_path",
    "protocol": "HTTPProtocol",
    "ranges": "coalesce content_range parse_ranges",
    "server": "HTTPServer",
    "state": "ServerState Timeouts format_access",
    "sockets": "handle_one_request recv_request send_response",
    "static.folder": "StaticFiles",
    "static.uploads": "FormFiles",
    "wsgi": "FromWSGI ToWSGI make_environ make_request",
    "static.zipping": "zip_folder",
})
