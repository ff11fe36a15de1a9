"""Requests: what one is, the four forms of its target, its Host, and the one length that its body has.

Everything here is by RFC 9112 (message syntax) and RFC 9110 (meaning). Where the RFCs let a server choose between
repairing a doubtful request and refusing it, it is refused: a repair is what request smuggling lives on.
"""
from __future__ import annotations

from functools import lru_cache

from .errors import ProtocolError
from .headers import TOKEN, VISIBLE, Headers, content_length_of, parse_fields, split_list

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, BinaryIO

# The methods that are known: RFC 9110 section 9.1, RFC 5789 (PATCH).
METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT"))
_HEX = {(a + b).encode(): bytes([int(a + b, 16)]) for a in "0123456789abcdefABCDEF" for b in "0123456789abcdefABCDEF"}
_HOST = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~%!$&'()*+,;=")
_ADDRESS = frozenset("0123456789abcdefABCDEFvV:.%-_~")


class Request:
    """One request: `method`, `target` (as sent), `version` ((1, 0) or (1, 1)), `headers`, and `body`, a binary file.

    Read-only by habit. Beside the above: `path` (percent-decoded once, str), `query` (what follows "?", as sent),
    `arguments` (the query, decoded), `host`, `length` (bytes of body, None while chunked), `keep_alive`. A server adds
    `peer` and `local` (addresses, or None), `scheme` ("http" or "https"), and `trailers` after a chunked body.

    >>> request = Request("GET", "/caf%C3%A9?page=2", headers=Headers([("Host", "example.org")]))
    >>> request.path, request.query, request.arguments, request.host
    ('/café', 'page=2', {'page': ['2']}, 'example.org')
    >>> request.read()
    b''
    """

    body: BinaryIO | None = None
    peer: Any = None
    local: Any = None
    scheme: str = "http"
    trailers: Headers | None = None
    _path: str | None = None

    def __init__(self, method: str, target: str, version: tuple[int, int] = (1, 1), headers: Headers | None = None,
                 body: BinaryIO | None = None, length: int | None = 0, keep_alive: bool = True) -> None:
        self.method, self.target, self.version = method, target, version
        self.headers = Headers() if headers is None else headers
        self.length, self.keep_alive = length, keep_alive
        if body is not None:
            self.body = body

    @property
    def path(self) -> str:
        """The target's path, percent-decoded once, or "*" for OPTIONS *. Raises: ProtocolError(400) if not UTF-8."""
        if self._path is None:
            self._path = decode_path(self.target_parts()[1])
        return self._path

    @property
    def query(self) -> str:
        """What follows the first "?" of the target, as sent, or ""."""
        return self.target.partition("?")[2]

    @property
    def arguments(self) -> dict[str, list[str]]:
        """The query as a form: name -> values, in their order."""
        return parse_form(encode_target(self.query))

    @property
    def host(self) -> str:
        """The host that was asked for, with its port if given: from an absolute target, else the Host header."""
        return self.target_parts()[0] or self.headers.get("host", "") or ""

    def target_parts(self) -> tuple[str, str]:
        """Return (authority, path) of the target, both as sent; the authority is "" unless the target is absolute."""
        target = self.target.partition("?")[0]
        if target.startswith("/") or "://" not in target:
            return "", target
        authority, slash, path = target.partition("://")[2].partition("/")
        return authority, slash + path or ("*" if self.method == "OPTIONS" and "?" not in self.target else "/")

    def read(self) -> bytes:
        """Return what is left of the body, whole."""
        return self.body.read() if self.body is not None else b""

    def __repr__(self) -> str:
        return f"<Request {self.method} {self.target}>"


def parse_request(head: bytes) -> Request:
    """Parse a request's head: the request line and the headers, without the empty line that ends them.

    >>> parse_request(b"GET /a?b HTTP/1.1\\r\\nHost: example.org")
    <Request GET /a?b>
    >>> parse_request(b"POST / HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 5\\r\\nTransfer-Encoding: chunked")
    Traceback (most recent call last):
    ...
    netio.http.messages.errors.ProtocolError: 400 Bad Request: Content-Length beside Transfer-Encoding

    Raises: ProtocolError with the status to answer: 400, 501 for a transfer coding other than chunked, 505 for another
    major version. The stdlib's http.server.BaseHTTPRequestHandler.parse_request accepts most of what is refused here.
    """
    line, _, block = head.partition(b"\r\n")
    method, target, version = parse_request_line(line)
    headers, length, keep_alive = read_headers(block, version)
    return Request(method, target, version, headers, None, length, keep_alive)


def parse_request_line(line: bytes) -> tuple[str, str, tuple[int, int]]:
    """Parse the first line of a request: (method, target as sent, version).

    >>> parse_request_line(b"GET /a?b HTTP/1.1")
    ('GET', '/a?b', (1, 1))

    Raises: ProtocolError(400) for anything but three words with one space between them, RFC 9112 section 3; 505.
    """
    text = line.decode("latin-1")
    words = text.split(" ")
    if len(words) != 3 or not text.isprintable() and (line.translate(None, VISIBLE) or "\t" in text):
        raise ProtocolError(400, f"not a request line: {line[:40]!r}")
    method, target, word = words
    version = (1, 1) if word == "HTTP/1.1" else parse_version(word)
    if method not in METHODS and not (method and TOKEN.issuperset(method)):
        raise ProtocolError(400, f"not a method: {method[:40]!r}")
    if target[:1] != "/" or "#" in target or "%" in target or method == "CONNECT":
        check_target(method, target)
    return method, target, version


def read_headers(block: bytes, version: tuple[int, int]) -> tuple[Headers, int | None, bool]:
    """Parse the header lines of a request: (headers, length of the body or None while chunked, connection goes on).

    >>> read_headers(b"Host: a\\r\\nContent-Length: 5", (1, 1))
    (Headers([('host', 'a'), ('content-length', '5')]), 5, True)

    Raises: ProtocolError as `parse_request` does.
    """
    headers = parse_fields(block.decode("latin-1").split("\r\n") if block else [])
    check_host(headers, version)
    fields = headers.fields
    framed = "content-length" in fields or "transfer-encoding" in fields
    length = request_length(headers, version) if framed else 0
    keep_alive = persists(version, fields["connection"]) if "connection" in fields else version == (1, 1)
    return headers, length, keep_alive


def parse_version(word: str) -> tuple[int, int]:
    """Return (1, 0) or (1, 1) for HTTP/1.0 and for HTTP/1.1 or any later HTTP/1.

    >>> parse_version("HTTP/1.0"), parse_version("HTTP/1.9")
    ((1, 0), (1, 1))

    Raises: ProtocolError(505) for another major version, 400 for what is no version. RFC 9112 section 2.3.
    """
    digits = word[5:6] + word[7:8]
    if len(word) != 8 or not word.startswith("HTTP/") or word[6] != "." or not (digits.isascii() and digits.isdigit()):
        raise ProtocolError(400, f"not an HTTP version: {word[:40]!r}")
    if word[5] != "1":
        raise ProtocolError(505, f"HTTP/1.1 is spoken here, not {word}")
    return (1, 1 if word[7] != "0" else 0)


def check_target(method: str, target: str) -> None:
    """Refuse a target of none of the four forms: origin, absolute, authority (for CONNECT), asterisk (for OPTIONS).

    >>> check_target("GET", "/a%20b"), check_target("GET", "http://a.org/"), check_target("CONNECT", "a.org:443")
    (None, None, None)
    >>> check_target("GET", "*")
    Traceback (most recent call last):
    ...
    netio.http.messages.errors.ProtocolError: 400 Bad Request: not a target for GET: '*'

    Raises: ProtocolError(400), for a fragment and a malformed percent escape as well. RFC 9112 section 3.2.
    """
    if method == "CONNECT":
        good = is_host(target) and target.rpartition(":")[2].isdigit()
    elif target[:1] == "/":
        good = True
    elif target == "*":
        good = method == "OPTIONS"
    else:
        scheme, colon, rest = target.partition("://")
        authority = rest.partition("?")[0].partition("/")[0]
        good = colon != "" and scheme.lower() in ("http", "https") and authority != "" and is_host(authority)
    if not good or "#" in target:
        raise ProtocolError(400, f"not a target for {method}: {target[:40]!r}")
    if "%" in target:
        decode_percent(target)


def check_host(headers: Headers, version: tuple[int, int]) -> None:
    """Refuse a request that has not exactly one good Host header (HTTP/1.0: at most one).

    >>> check_host(Headers([("Host", "[::1]:8000")]), (1, 1))
    >>> check_host(Headers(), (1, 1))
    Traceback (most recent call last):
    ...
    netio.http.messages.errors.ProtocolError: 400 Bad Request: HTTP/1.1 without a Host header

    Raises: ProtocolError(400). RFC 9112 section 3.2. An empty Host is good: the client has no name for us.
    """
    host = headers.fields.get("host")
    if host is None:
        if version >= (1, 1):
            raise ProtocolError(400, "HTTP/1.1 without a Host header")
    elif headers.repeated and "host" in headers.repeated:
        raise ProtocolError(400, "two Host headers")
    elif not is_host(host):
        raise ProtocolError(400, f"not a host: {host[:40]!r}")


@lru_cache(maxsize=256)
def is_host(text: str) -> bool:
    """True for a name or an address with an optional port; an IPv6 address is in brackets.

    >>> [is_host(text) for text in ("a.org", "a.org:80", "[::1]:80", "", "user@a.org", "a b", "::1", "a.org:x")]
    [True, True, True, True, False, False, False, False]
    """
    if text.startswith("["):
        host, bracket, port = text[1:].partition("]")
        good = bracket != "" and host != "" and _ADDRESS.issuperset(host) and port[:1] in ("", ":")
        port = port[1:]
    else:
        host, _, port = text.partition(":")
        good = _HOST.issuperset(host) and (host != "" or text == "")
    return good and len(text) <= 1024 and (port == "" or port.isascii() and port.isdigit() and len(port) <= 5)


def request_length(headers: Headers, version: tuple[int, int]) -> int | None:
    """Return how many bytes of body follow the head: a number, or None when the body comes in chunks.

    >>> request_length(Headers([("Content-Length", "5")]), (1, 1)), request_length(Headers(), (1, 1))
    (5, 0)
    >>> request_length(Headers([("Transfer-Encoding", "Chunked")]), (1, 1)) is None
    True

    Raises: ProtocolError(400) unless there is exactly one length, RFC 9112 section 6: Content-Length twice, even with
    the same value; anything but digits; Content-Length beside Transfer-Encoding; chunked missing, twice or not last;
    Transfer-Encoding in HTTP/1.0. ProtocolError(501) for codings below chunked, which are not implemented here.
    """
    coding = headers.fields.get("transfer-encoding")
    if coding is None:
        return content_length_of(headers.fields.get("content-length")) or 0
    if "content-length" in headers.fields:
        raise ProtocolError(400, "Content-Length beside Transfer-Encoding")
    if version < (1, 1):
        raise ProtocolError(400, "Transfer-Encoding in HTTP/1.0")
    if coding.lower() != "chunked":
        codings = split_list(coding)
        good = len(codings) > 1 and codings.index("chunked") == len(codings) - 1 if "chunked" in codings else False
        raise ProtocolError(501 if good else 400, f"Transfer-Encoding: {coding[:40]!r}")
    return None


def persists(version: tuple[int, int], connection: str) -> bool:
    """True if the connection goes on after this message, by its version and its Connection header.

    >>> persists((1, 1), ""), persists((1, 0), ""), persists((1, 0), "Keep-Alive"), persists((1, 1), "Upgrade, close")
    (True, False, True, False)

    Source: RFC 9112 section 9.3.
    """
    options = split_list(connection)
    return "close" not in options and (version >= (1, 1) or "keep-alive" in options)


def encode_target(target: str) -> bytes:
    """Return the bytes of a target, or of a part: each character is a byte, as sent. One that can be none was not
    sent but written by hand, and means its UTF-8.

    >>> encode_target("/caf\\xc3\\xa9"), encode_target("/茶")
    (b'/caf\\xc3\\xa9', b'/\\xe8\\x8c\\xb6')
    """
    try:
        return target.encode("latin-1")
    except UnicodeEncodeError:
        return target.encode("utf-8", "surrogatepass")


def decode_percent(text: str | bytes) -> bytes:
    """Replace each %XX by its byte, once.

    >>> decode_percent("/a%20b%252e")
    b'/a b%2e'

    Raises: ProtocolError(400) for a percent sign without two hexadecimal digits. The stdlib's
    urllib.parse.unquote_to_bytes leaves such a sign where it is.
    """
    data = encode_target(text) if isinstance(text, str) else text
    first, *rest = data.split(b"%")
    try:
        return first + b"".join([_HEX[part[:2]] + part[2:] for part in rest])
    except KeyError:
        raise ProtocolError(400, "a malformed percent escape") from None


def decode_path(path: str) -> str:
    """Return a path percent-decoded once, as text.

    >>> decode_path("/%E4%B8%AD%E6%96%87")
    '/中文'

    Raises: ProtocolError(400) if what comes out is not UTF-8. What the path may name is for whoever opens files to
    judge.
    """
    if "%" not in path and path.isascii():
        return path
    try:
        return decode_percent(path).decode("utf-8")
    except UnicodeDecodeError:
        raise ProtocolError(400, "the path is not UTF-8") from None


def parse_form(text: str | bytes, limit: int = 1000) -> dict[str, list[str]]:
    """Parse `name=value&name=value` (a query, or a form's body), with + for a space: name -> values.

    >>> parse_form("q=tea+pot&q=%E8%8C%B6&empty"), parse_form("q=茶".encode())
    ({'q': ['tea pot', '茶'], 'empty': ['']}, {'q': ['茶']})

    Bytes that are not UTF-8 become U+FFFD. Raises: ProtocolError(400) for a malformed escape or more than `limit`
    pairs. The stdlib has urllib.parse.parse_qs.
    """
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    pairs = [pair.partition(b"=") for pair in data.split(b"&") if pair]
    if len(pairs) > limit:
        raise ProtocolError(400, f"a form with more than {limit} fields")
    form: dict[str, list[str]] = {}
    for name, _, value in pairs:
        key = decode_percent(name.replace(b"+", b" ")).decode("utf-8", "replace")
        form.setdefault(key, []).append(decode_percent(value.replace(b"+", b" ")).decode("utf-8", "replace"))
    return form
