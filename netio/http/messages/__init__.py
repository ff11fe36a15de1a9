"""HTTP messages and nothing else: bytes in, requests and responses out, and back. No socket, no file, no clock.

- `errors`: status codes and the errors that carry one
- `headers`: the grammar of header fields, and a collection of them
- `requests`, `responses`: the two kinds of message; what they mean and how they look on the wire
- `parser`: messages out of a stream that comes in any pieces
- `plain`: what nearly all requests look like, as one regular expression
"""
from __future__ import annotations

from .errors import REASONS, HTTPError, ProtocolError
from .headers import Headers, format_fields, parse_fields, split_list
from .parser import Limits, RequestParser, ResponseParser
from .requests import Request, decode_path, decode_percent, parse_form, parse_request
from .responses import (
    BlockingBody, FileBody, Response, encode_chunk, encode_head, format_date, has_body, parse_response,
)

__all__ = [
    "REASONS", "HTTPError", "ProtocolError", "Headers", "format_fields", "parse_fields", "split_list", "Limits",
    "RequestParser", "ResponseParser", "Request", "decode_path", "decode_percent", "parse_form", "parse_request",
    "BlockingBody", "FileBody", "Response", "encode_chunk", "encode_head", "format_date", "has_body", "parse_response",
]
