"""What one `recv` gave: where it went, whether it is put together with the rest, whether it is counted."""

from __future__ import annotations

import ast

from ...program import Program
from ...values import Thing, Value, constant


def received(value: Value, kind: str = "tcp") -> list[Thing]:
    """Return the chunks that a value is or was made from, by decoding, cutting or splitting only."""
    found = []
    for thing in value:
        origins = thing.origins()
        if not any(origin.facts.get("summed") or origin.facts.get("joined") for origin in origins):
            found += [origin for origin in origins if origin.facts.get("received") == kind]
    return found


def collected(program: Program, chunk: Thing) -> bool:
    """True where a chunk is added to those before it, so that messages are put together."""
    for node in program.nodes:
        if (
            isinstance(node, ast.AugAssign)
            and isinstance(node.op, ast.Add)
            and any(chunk in thing.origins() for thing in program.value(node.value))
        ):
            return True
        if (
            isinstance(node, ast.BinOp)
            and isinstance(node.op, ast.Add)
            and any(thing.kind in ("bytes", "str") and chunk in thing.origins() for thing in program.value(node.right))
            and (isinstance(program.parent(node), ast.Assign))
            and _adds_to_itself(program, node)
        ):
            return True
    return any(call.name.endswith((".append", ".write", ".extend", ".feed")) and chunk in thing.origins()
               and thing.kind == "bytes" for call in program.flow.calls for value in call.args for thing in value)


def _adds_to_itself(program: Program, node: ast.BinOp) -> bool:
    assign = program.parent(node)
    assert isinstance(assign, ast.Assign)
    return any(program.source(target) == program.source(node.left) for target in assign.targets)


def exact(program: Program, chunk: Thing) -> bool:
    """True where the length of what came is counted, so that the rest of a message is waited for."""
    for call in program.calls("len"):
        if any(chunk in thing.origins() for value in call.args for thing in value):
            above = program.parent(call.node)
            if isinstance(above, (ast.AugAssign, ast.BinOp)):
                return True
            if isinstance(above, ast.Compare) and constant(program.value(above.comparators[0])) not in (0, 1):
                return True
    return any(thing.facts.get("name") == "socket.MSG_WAITALL"
               for call in [program.value(part) for part in getattr(chunk.node, "args", [])[1:]] for thing in call)


def one_byte(program: Program, chunk: Thing) -> bool:
    arguments = getattr(chunk.node, "args", [])
    return bool(arguments) and constant(program.value(arguments[0])) == 1
