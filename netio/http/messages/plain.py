"""The request that nearly all requests are, recognised at one go: a GET that asks for nothing but the target.

Whoever has the answer in memory needs to know the target and whether the connection goes on, and nothing else. So the
grammar of such a request is one regular expression, along which the interpreter's own C code runs: each name, each
value and each line end is checked as strictly as the parser does it, but no header becomes an object. What does not
match is not refused. It is left to the parser, which takes all that matches here and understands the same by it.

>>> PLAIN.match(b"GET /tea?hot HTTP/1.1\\r\\nHost: a.org\\r\\nConnection: close\\r\\n\\r\\n").groups()
(b'/tea?hot', None, b'close')
>>> PLAIN.match(b"GET / HTTP/1.1\\r\\nHost: a.org\\r\\nRange: bytes=0-1\\r\\n\\r\\n") is None
True
"""
from __future__ import annotations

import re

_TARGET = rb"/[!-\"$&-~]*(?:%[0-9A-Fa-f]{2}[!-\"$&-~]*)*"
# No second Host; no Connection, Content-Length, Transfer-Encoding, Trailer, Range, If-Match and the like, or Expect: by
# the first letter of a name the expression knows which of these it need not look for.
_NAME = (rb"(?:[!#$%&'*+.^_`|~0-9ABDFGJ-QSU-Zabdfgj-qsu-z-]"
         rb"|[Hh](?![Oo])|[Cc](?![Oo][Nn])|[Tt](?![Rr])|[Rr](?![Aa])|[Ii](?![Ff])|[Ee](?![Xx]))"
         rb"[!#$%&'*+.^_`|~0-9A-Za-z-]{0,255}")
_FIELD = rb"\r\n" + _NAME + rb":[\t -~\x80-\xff]*"
_HOST = rb"\r\n[Hh]ost:[\t ]*[0-9A-Za-z.-]{1,255}(?::[0-9]{1,5})?[\t ]*"
_CONNECTION = rb"\r\n[Cc]onnection: (?:keep-alive|(close))(?=\r)"

# How many header lines such a request has at most.
MOST_FIELDS = 100

# A whole head, from the method to the empty line: `PLAIN.match(data, at)` has three groups, the target and, if the
# connection shall end, `close` before or after the host: one of both is not None.
PLAIN = re.compile(rb"GET (%b) HTTP/1\.1(?:%b|%b){0,9}%b(?:%b|%b){0,90}\r\n\r\n" % (
    _TARGET, _FIELD, _CONNECTION, _HOST, _FIELD, _CONNECTION))
