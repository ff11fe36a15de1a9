"""The language of FTP, pure: lines, replies, addresses, listings, and which command may follow which. No I/O at all."""
from __future__ import annotations

from .addresses import check_active, format_epsv, format_pasv, parse_eprt, parse_port, plain_host
from .grammar import CommandError, LineReader, encode_name, format_reply, parse_command
from .listing import FACTS, Entry, format_facts, format_list, format_time, parse_time
from .newlines import FromNetwork, to_network
from .paths import join_path, quote_path
from .session import (
    COMMANDS, FEATURES, FEATURES_TLS, Rule, Session, parse_facts, parse_size, parse_type,
)

__all__ = [
    "COMMANDS", "CommandError", "Entry", "FACTS", "FEATURES", "FEATURES_TLS", "FromNetwork", "LineReader", "Rule",
    "Session", "check_active", "encode_name", "format_epsv", "format_facts", "format_list", "format_pasv",
    "format_reply", "format_time", "join_path", "parse_command", "parse_eprt", "parse_facts", "parse_port",
    "parse_size", "parse_time", "parse_type", "plain_host", "quote_path", "to_network",
]
