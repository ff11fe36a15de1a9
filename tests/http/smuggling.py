"""Request smuggling: inputs of which two programs may think differently where one request ends and the next begins.

The ideas are published ones: "HTTP Desync Attacks" (Kettle, 2019) and the header mutations of the tools that followed
it, the server
bugs that the HTTP Garden project lists, "Funky Chunks" (Weikop, 2025), RFC 9112 section 11, and the CVEs named below.
The bytes are our own.

REFUSED: (name, bytes, status). The server must answer that status, once, and end the connection.
HARMLESS: (name, bytes, what the application must have seen: a list of (method, target, body)).
"""

from __future__ import annotations

HOST = b"Host: a\r\n"
EVIL = b"GET /evil HTTP/1.1\r\nHost: a\r\n\r\n"


def post(fields, body=b"0\r\n\r\n" + EVIL):
    return b"POST / HTTP/1.1\r\n" + HOST + fields + b"\r\n\r\n" + body


def chunked(body):
    return post(b"Transfer-Encoding: chunked", body)


def get(fields, line=b"GET / HTTP/1.1"):
    return line + b"\r\n" + HOST + fields + b"\r\n\r\n" + EVIL


_TE = b"Transfer-Encoding: chunked"
REFUSED = [
    # Two lengths
    ("CL.TE", post(b"Content-Length: 6\r\n" + _TE), 400),
    ("TE.CL", post(_TE + b"\r\nContent-Length: 4", b"5c\r\n" + EVIL + b"\r\n0\r\n\r\n"), 400),
    ("CL.TE with an unknown coding", post(b"Content-Length: 6\r\nTransfer-Encoding: xchunked"), 400),
    ("CL.CL, the first longer", post(b"Content-Length: 5\r\nContent-Length: 0"), 400),
    ("CL.CL, the last longer", post(b"Content-Length: 0\r\nContent-Length: 5"), 400),
    ("CL.CL, equal", post(b"Content-Length: 5\r\nContent-Length: 5"), 400),
    ("CL list, equal", post(b"Content-Length: 5, 5"), 400),
    ("CL list, different", post(b"Content-Length: 5, 0"), 400),
    ("CL list, the first empty", post(b"Content-Length: ,5"), 400),
    ("CL empty, then another", post(b"Content-Length:\r\nContent-Length: 5"), 400),
    ("CL on GET, twice", get(b"Content-Length: 31\r\nContent-Length: 0"), 400),
    ("TE in HTTP/1.0", b"POST / HTTP/1.0\r\n" + _TE + b"\r\n\r\n0\r\n\r\n" + EVIL, 400),
    # Malformed Content-Length
    *[
        (f"CL {value!r}", post(b"Content-Length:" + value), 400)
        for value in (
            b"",
            b" ",
            b" +5",
            b" -0",
            b" -5",
            b" 0x5",
            b" 5_0",
            b" 5.0",
            b" 5e0",
            b" 5 5",
            b" 5;",
            b" 5z",
            b" 0 x",
            b' "5"',
            b" \xb2",
            b" \xa05",
            b" 5\xa0",
            b" 5\x85",
            b" \x0b5",
            b" 5\x00",
            b" five",
            b" NaN",
            b" 1" + b"0" * 50,
        )
    ],
    ("CL larger than 2**64", post(b"Content-Length: 18446744073709551621"), 413),
    ("CL larger than 2**32", post(b"Content-Length: 4294967301"), 413),
    # Malformed Transfer-Encoding
    *[
        (f"TE {value!r}", post(b"Transfer-Encoding:" + value), 400)
        for value in (
            b"",
            b" ",
            b" xchunked",
            b" chunkedx",
            b" chunk",
            b" identity",
            b" chunked, identity",
            b" chunked, cow",
            b" chunked,",
            b" ,chunked",
            b" chunked, chunked",
            b" chunked;q=1",
            b" chunked ext",
            b' "chunked"',
            b" 'chunked'",
            b" cow chunked bar",
            b" ch\x96nked",
            b"\xffchunked",
            b" \xa0chunked",
            b" chunked\x85",
            b"\x0bchunked",
            b" \x0cchunked",
            b" chunked\x00",
            b"\x00 chunked",
            b"\r\r chunked",
            b" chun\rked",
            b"\x7f chunked",
            b" chunked\x1f",
        )
    ],
    ("TE identity, then chunked, in one line", post(b"Transfer-Encoding: identity, chunked"), 501),
    ("TE gzip, chunked", post(b"Transfer-Encoding: gzip, chunked"), 501),
    ("TE cow, then TE chunked", post(b"Transfer-Encoding: cow\r\n" + _TE), 501),
    ("TE chunked, then TE cow", post(_TE + b"\r\nTransfer-Encoding: cow"), 400),
    ("TE chunked, then TE identity", post(_TE + b"\r\nTransfer-encoding: identity"), 400),
    ("TE chunked twice", post(_TE + b"\r\n" + _TE), 400),
    ("TE empty, then TE chunked", post(b"Transfer-Encoding:\r\n" + _TE), 400),
    # Malformed names and lines
    *[
        (f"name {name!r}", post(name + b" chunked"), 400)
        for name in (
            b"Transfer-Encoding :",
            b"Transfer-Encoding\t:",
            b" Transfer-Encoding:",
            b"\tTransfer-Encoding:",
            b"Transfer Encoding:",
            b"Transfer-Encoding\x0b:",
            b"Transfer-Encoding\x00:",
            b"Transfer-Encoding\xa0:",
            b"Transfer-Encoding\x85:",
            b"\x00Transfer-Encoding:",
            b"Transf\x82r-Encoding:",
            b"Transfer\r-Encoding:",
            b"Transfer-\r\nEncoding:",
            b"Transfer-Encoding\r\n:",
            b'"Transfer-Encoding":',
            b"Transfer-Encoding",
            b"(Transfer-Encoding):",
            b"\xef\xbb\xbfTransfer-Encoding:",
            b"Transfer-Encoding=",
        )
    ],
    ("CL with a blank before the colon", get(b"Content-Length : 31"), 400),
    ("CL with no colon", get(b"Content-Length 31"), 400),
    ("a name and nothing else", get(b"X"), 400),
    ("an empty name", get(b": x"), 400),
    ("only a colon", get(b":"), 400),
    ("obs-fold", get(b"X: a\r\n b"), 400),
    ("obs-fold with a tab, hiding TE", post(b"X: a\r\n\t" + _TE), 400),
    ("obs-fold within TE", post(b"Transfer-Encoding:\r\n chunked"), 400),
    ("obs-fold of the first line", b"GET / HTTP/1.1\r\n Content-Length: 31\r\nHost: a\r\n\r\n" + EVIL, 400),
    ("a blank line with a blank", b"GET / HTTP/1.1\r\nHost: a\r\n \r\n\r\n" + EVIL, 400),
    ("NUL in a value", get(b"X: a\x00b"), 400),
    ("CR in a value", get(b"X: a\rContent-Length: 31"), 400),
    ("CR CR LF", get(b"X: a\r"), 400),
    ("CR at the head's end", b"GET / HTTP/1.1\r\nHost: a\r\n\rZ" + EVIL, 400),
    ("LF hides TE", post(b"X: X\nTransfer-Encoding: chunked"), 400),
    ("LF ends the head", b"GET / HTTP/1.1\r\nHost: a\r\nX:\n\n" + EVIL, 400),
    ("LF CR LF ends the head", b"GET / HTTP/1.1\r\nHost: a\n\r\n" + EVIL, 400),
    ("LF everywhere", b"GET / HTTP/1.1\nHost: a\n\n" + EVIL, 400),
    ("CR everywhere", b"GET / HTTP/1.1\rHost: a\r\r" + EVIL, 400),
    ("other line ends of Unicode", get(b"X: a\x0bContent-Length: 31\x0c\x1c\x85"), 400),
    # The request line
    *[
        (f"line {line!r}", get(b"X: y", line), status)
        for line, status in (
            (b"GET  / HTTP/1.1", 400),
            (b"GET /  HTTP/1.1", 400),
            (b"GET\t/\tHTTP/1.1", 400),
            (b"GET /\x0bHTTP/1.1", 400),
            (b"GET / HTTP/1.1 ", 400),
            (b" GET / HTTP/1.1", 400),
            (b"GET /\nHTTP/1.1", 400),
            (b"GET / a HTTP/1.1", 400),
            (b"GET /\x00 HTTP/1.1", 400),
            (b"G\x00T / HTTP/1.1", 400),
            (b"GET / http/1.1", 400),
            (b"GET / HTTP/1.1\r", 400),
            (b"GET / HTTP/1.10", 400),
            (b"GET / HTTP/01.1", 400),
            (b"GET / HTTP/1,1", 400),
            (b"GET / HTTP/1.1X", 400),
            (b"GET / HTTP/1.", 400),
            (b"GET / HTTP/\xb2.0", 400),
            (b"GET / HTTP /1.1", 400),
            (b"GET / XTTP/1.1", 400),
            (b"GET / HTTP/4294967297.1", 400),
            (b"GET / HTTP/0.9", 505),
            (b"GET / HTTP/2.0", 505),
            (b"PRI * HTTP/2.0", 505),
            (b"GET /", 400),
            (b"GET", 400),
            (b'G=":<>(e),[T];?" / HTTP/1.1', 400),
            (b"GE\xf6T / HTTP/1.1", 400),
            (b"GET ! HTTP/1.1", 400),
            (b"GET ../ HTTP/1.1", 400),
            (b"GET a:80 HTTP/1.1", 400),
            (b"GET * HTTP/1.1", 400),
            (b"GET ?a HTTP/1.1", 400),
            (b"GET /#a HTTP/1.1", 400),
            (b"GET http:/// HTTP/1.1", 400),
            (b"GET http:// HTTP/1.1", 400),
            (b"GET ftp://a/ HTTP/1.1", 400),
            (b"GET http://u:p@a/ HTTP/1.1", 400),
            (b"GET http://a@evil/ HTTP/1.1", 400),
            (b"GET /%zz HTTP/1.1", 400),
            (b"GET /% HTTP/1.1", 400),
            (b"GET /%2 HTTP/1.1", 400),
            (b"GET /% 20 HTTP/1.1", 400),
            (b"CONNECT / HTTP/1.1", 400),
            (b"CONNECT a HTTP/1.1", 400),
            (b"CONNECT a: HTTP/1.1", 400),
            (b"CONNECT a:80 HTTP/1.1", 501),
            (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
        )
    ],
    ("three empty lines first", b"\r\n\r\n\r\n" + EVIL, 400),
    # Host
    ("no Host", b"GET / HTTP/1.1\r\nX: y\r\n\r\n", 400),
    ("no Host beside an absolute target", b"GET http://a/ HTTP/1.1\r\n\r\n", 400),
    ("two Hosts", get(b"Host: b"), 400),
    ("two equal Hosts", get(b"Host: a"), 400),
    ("two Hosts in HTTP/1.0", b"GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", 400),
    *[
        (f"Host {value!r}", b"GET / HTTP/1.1\r\nHost: " + value + b"\r\n\r\n", 400)
        for value in (
            b"a b",
            b"a/b",
            b"a:b",
            b"a:80:80",
            b"a:-1",
            b"a:123456",
            b"u@a",
            b"a?b",
            b"a#b",
            b"[::1",
            b"::1",
            b"[]",
            b"[::1]x",
            b":80",
            b"<a>",
            b"a\\b",
            b"\xe4",
            b"a:\xb2",
        )
    ],
    # Expectations
    ("Expect: something else, with a body", post(b"Content-Length: 5\r\nExpect: 200-ok"), 417),
    # Chunks
    *[
        (f"chunk size {size!r}", chunked(size + b"\r\nhello\r\n0\r\n\r\n"), 400)
        for size in (
            b"",
            b" ",
            b" 5",
            b"5 ",
            b"5\t",
            b"\t5",
            b"+5",
            b"-5",
            b"-0",
            b"0x5",
            b"0X5",
            b"5h",
            b"5_0",
            b"5,",
            b"5.",
            b"5\x00",
            b"\x005",
            b"5\x0b",
            b"g",
            b"\xb2",
            b"00000000000000005",
            b"5\r",
            b"5\rX",
            b"5\r\r;a",
            b"5 5",
            b'"5"',
            b"\xa05",
            b"5\x85",
        )
    ],
    *[
        (f"chunk extension {text!r}", chunked(b"5" + text + b"\r\nhello\r\n0\r\n\r\n"), 400)
        for text in (
            b";",
            b"; ",
            b";=",
            b";=a",
            b";;",
            b";a\x00",
            b";a\x7f",
            b";a\nX",
            b";a\rX",
            b';a="\n"',
            b"\n",
            b";\n",
            b"; \x0ba",
            b";a b",
            b";\xe4",
        )
    ],
    ("chunk extension ends with LF (TERM.EXT)", chunked(b"2;\nxx\r\n45\r\n0\r\n\r\n" + EVIL), 400),
    ("chunk size ends with LF", chunked(b"5\nhello\r\n0\r\n\r\n"), 400),
    ("chunk size ends with CR", chunked(b"5\rhello\r\n0\r\n\r\n"), 400),
    ("chunk data ends with LF", chunked(b"5\r\nhello\n0\r\n\r\n"), 400),
    ("chunk data ends with CR", chunked(b"5\r\nhello\r0\r\n\r\n"), 400),
    ("chunk data ends with nothing", chunked(b"5\r\nhello0\r\n\r\n"), 400),
    ("chunk data is longer (SPILL)", chunked(b"5\r\nhelloXX0\r\n\r\n"), 400),
    ("chunk data ends with two others", chunked(b"5\r\nhelloXX\r\n0\r\n\r\n"), 400),
    ("an empty line between chunks", chunked(b"5\r\nhello\r\n\r\n0\r\n\r\n"), 400),
    ("an empty line as the last chunk", chunked(b"\r\n\r\n"), 400),
    ("a chunk of 2**64 bytes", chunked(b"10000000000000000\r\n"), 400),
    ("a chunk of nearly 2**64 bytes", chunked(b"ffffffffffffffff\r\n"), 413),
    ("last chunk ends with LF", chunked(b"0\n\n" + EVIL), 400),
    ("trailers end with LF", chunked(b"0\r\n\n" + EVIL), 400),
    ("trailers end with CR", chunked(b"0\r\n\r\r\n" + EVIL), 400),
    ("last chunk, then a request", chunked(b"0\r\n" + EVIL), 400),
    ("last chunk, then a request that looks like a trailer", chunked(b"0\r\nGET / HTTP/1.1\r\nX: y\r\n\r\n"), 400),
    ("a folded trailer", chunked(b"0\r\nX: a\r\n b\r\n\r\n"), 400),
    ("a trailer with a blank before the colon", chunked(b"0\r\nX : a\r\n\r\n"), 400),
    ("NUL in a trailer", chunked(b"0\r\nX: \x00\r\n\r\n"), 400),
    (
        "extensions without end (CVE-2023-39326)",
        chunked(b"1;a=" + b"x" * 9000 + b"\r\nx\r\n1;a=" + b"x" * 9000 + b"\r\nx\r\n"),
        413,
    ),
    ("trailers without end", chunked(b"0\r\n" + b"X: y\r\n" * 200), 431),
    # Size
    ("a request line without end", b"GET /" + b"a" * 9000, 414),
    ("a header line without end", b"GET / HTTP/1.1\r\nX: " + b"a" * 40000, 431),
    ("headers without end", b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 200 + b"\r\n", 431),
    ("a name of 300 characters", get(b"X" * 300 + b": y"), 400),
]

_SEEN = [("POST", "/", b"hello"), ("GET", "/evil", b"")]
HARMLESS = [
    # EVIL comes after the body here: it is a plain second request, and must be seen as that, no more and no less.
    ("one length", post(b"Content-Length: 5", b"hello" + EVIL), _SEEN),
    ("a length with zeros in front", post(b"Content-Length: 005", b"hello" + EVIL), _SEEN),
    ("a length between tabs", post(b"Content-Length:\t 5 \t", b"hello" + EVIL), _SEEN),
    ("chunks", chunked(b"5\r\nhello\r\n0\r\n\r\n" + EVIL), _SEEN),
    ("chunks, sarcastic", post(b"TrAnSFer-EnCODinG: cHuNkeD", b"5\r\nhello\r\n0\r\n\r\n" + EVIL), _SEEN),
    ("chunks, after tabs", post(b"Transfer-Encoding:\t\tchunked\t", b"5\r\nhello\r\n0\r\n\r\n" + EVIL), _SEEN),
    ("chunk sizes with zeros in front", chunked(b"005\r\nhello\r\n000\r\n\r\n" + EVIL), _SEEN),
    ("chunk extensions", chunked(b'2;a;b=c\r\nhe\r\n3 ; d="e;\\"f" \r\nllo\r\n0;g\r\n\r\n' + EVIL), _SEEN),
    (
        "trailers that would change the length",
        chunked(b"5\r\nhello\r\n0\r\nContent-Length: 31\r\nTransfer-Encoding: chunked\r\nHost: b\r\n\r\n" + EVIL),
        _SEEN,
    ),
    (
        "chunk data that looks like the end",
        chunked(b"5\r\n0\r\n\r\n\r\n0\r\n\r\n" + EVIL),
        [("POST", "/", b"0\r\n\r\n"), ("GET", "/evil", b"")],
    ),
    ("a body that looks like a request", post(b"Content-Length: 31", EVIL), [("POST", "/", EVIL)]),
    ("a body on GET", b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 31\r\n\r\n" + EVIL, [("GET", "/", EVIL)]),
    (
        "a chunked body on GET",
        b"GET / HTTP/1.1\r\nHost: a\r\n" + _TE + b"\r\n\r\n5\r\nhello\r\n0\r\n\r\n" + EVIL,
        [("GET", "/", b"hello"), ("GET", "/evil", b"")],
    ),
    (
        "a body on HEAD",
        b"HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello" + EVIL,
        [("HEAD", "/", b"hello"), ("GET", "/evil", b"")],
    ),
    (
        "names with an underscore",
        post(b"Content-Length: 5\r\nTransfer_Encoding: chunked\r\nContent_Length: 0", b"hello" + EVIL),
        _SEEN,
    ),
    (
        "other names",
        post(b"Content-Length: 5\r\nContent-Encoding: chunked\r\nX-Transfer-Encoding: chunked", b"hello" + EVIL),
        _SEEN,
    ),
    (
        "Connection names Content-Length",
        post(b"Content-Length: 5\r\nConnection: Content-Length, keep-alive", b"hello" + EVIL),
        _SEEN,
    ),
    ("no length: no body", post(b"X: y", EVIL), [("POST", "/", b""), ("GET", "/evil", b"")]),
    ("an empty line first", b"\r\n" + EVIL, [("GET", "/evil", b"")]),
    (
        "an absolute target beside another Host",
        b"GET http://b/evil HTTP/1.1\r\nHost: a\r\n\r\n",
        [("GET", "http://b/evil", b"")],
    ),
    (
        "upgrade to h2c (declined)",
        b"GET /evil HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\n"
        b"Upgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n"
        + b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        [("GET", "/evil", b"")],
    ),
    (
        "upgrade to WebSocket (declined)",
        b"GET /evil HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n" + EVIL,
        [("GET", "/evil", b""), ("GET", "/evil", b"")],
    ),
    ("a later minor version", b"GET /evil HTTP/1.7\r\nHost: a\r\n\r\n", [("GET", "/evil", b"")]),
    ("methods are case-sensitive", b"get /evil HTTP/1.1\r\nHost: a\r\n\r\n", [("get", "/evil", b"")]),
    (
        "obs-text stays where it is",
        b"GET /evil HTTP/1.1\r\nHost: a\r\nUser: \x85admin\xa0\r\n\r\n",
        [("GET", "/evil", b"")],
    ),
]
