"""The status codes with their phrases, and the two errors that carry one."""
from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Sequence

# Status code -> phrase (RFC 9110 section 15; the stdlib has http.HTTPStatus, at the price of importing enum).
REASONS = {
    100: "Continue", 101: "Switching Protocols", 103: "Early Hints",
    200: "OK", 201: "Created", 202: "Accepted", 203: "Non-Authoritative Information", 204: "No Content",
    205: "Reset Content", 206: "Partial Content", 207: "Multi-Status",
    300: "Multiple Choices", 301: "Moved Permanently", 302: "Found", 303: "See Other", 304: "Not Modified",
    307: "Temporary Redirect", 308: "Permanent Redirect",
    400: "Bad Request", 401: "Unauthorized", 402: "Payment Required", 403: "Forbidden", 404: "Not Found",
    405: "Method Not Allowed", 406: "Not Acceptable", 407: "Proxy Authentication Required", 408: "Request Timeout",
    409: "Conflict", 410: "Gone", 411: "Length Required", 412: "Precondition Failed", 413: "Content Too Large",
    414: "URI Too Long", 415: "Unsupported Media Type", 416: "Range Not Satisfiable", 417: "Expectation Failed",
    418: "I'm a Teapot", 421: "Misdirected Request", 422: "Unprocessable Content", 423: "Locked", 425: "Too Early",
    426: "Upgrade Required", 428: "Precondition Required", 429: "Too Many Requests",
    431: "Request Header Fields Too Large", 451: "Unavailable For Legal Reasons",
    500: "Internal Server Error", 501: "Not Implemented", 502: "Bad Gateway", 503: "Service Unavailable",
    504: "Gateway Timeout", 505: "HTTP Version Not Supported", 507: "Insufficient Storage",
}


class HTTPError(Exception):
    """Ends a request with an error page: an application raises it, the server answers it and goes on.

    `status` is the code to answer, `detail` a sentence for the page, `headers` what the answer needs beside.

    >>> str(HTTPError(404, "no such page"))
    '404 Not Found: no such page'
    """

    title = ""  # of the page, after the status; empty: the phrase of the status

    def __init__(self, status: int, detail: str = "", headers: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(status, detail)
        self.status, self.detail, self.headers = status, detail, list(headers)

    def __str__(self) -> str:
        return f"{self.status} {REASONS.get(self.status, '')}" + (f": {self.detail}" if self.detail else "")


class ProtocolError(HTTPError):
    """The peer broke the protocol: after the answer the connection must close, for nobody knows where a message ends.

    >>> ProtocolError(400, "two Host headers").status
    400
    """
