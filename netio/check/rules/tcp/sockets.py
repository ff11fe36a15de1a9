"""Which socket of a program is which: those that listen, that were accepted, that connect."""

from __future__ import annotations

import ast

from ...program import Program
from ...values import Thing


def listeners(program: Program) -> list[Thing]:
    """Return the sockets that listen or accept."""
    return [sock for sock in program.of_kind("tcp", "socket")
            if sock.facts.get("listening") or any(call.live for call in program.calls_on(sock, "listen", "accept"))]


def connections(program: Program) -> list[Thing]:
    """Return the sockets that `accept` gave."""
    return [sock for sock in program.of_kind("tcp") if sock.facts.get("accepted")]


def clients(program: Program) -> list[Thing]:
    """Return the sockets that connect."""
    return [sock for sock in program.of_kind("tcp") if any(program.calls_on(sock, "connect", "connect_ex"))
            or sock.facts.get("connected") and not sock.facts.get("pair")]


def target(program: Program, sock: Thing) -> str:
    statement = program.statement(sock.node) if sock.node else None
    if isinstance(statement, ast.Assign):
        target = statement.targets[0]
        return program.source(target.elts[0] if isinstance(target, ast.Tuple) else target)
    return "socket.socket() as sock"
