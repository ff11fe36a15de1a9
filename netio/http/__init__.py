"""HTTP/1.1: messages, a server for applications, WSGI and files, over TCP, TLS and unix sockets.

Loading the chapter loads the messages only; what has sockets in it is loaded on first use.
"""
from __future__ import annotations

from .messages import (
    REASONS, FileBody, Headers, HTTPError, Limits, ProtocolError, Request, RequestReader, Response, ResponseReader, decode_path,
    decode_percent, encode_chunk, encode_head, format_fields, has_body, parse_fields, parse_form, parse_request,
    parse_response, split_list,
)

__all__ = [
    "REASONS", "HTTPError", "ProtocolError", "Headers", "format_fields", "parse_fields", "split_list", "Limits", "RequestReader",
    "ResponseReader", "Request", "decode_path", "decode_percent", "parse_form", "parse_request", "FileBody", "Response",
    "encode_chunk", "encode_head", "format_date", "has_body", "parse_response",
]
