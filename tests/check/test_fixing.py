"""`check --fix`: what is mended is right, and nothing else of the program changes."""
from __future__ import annotations

import ast
import textwrap

import pytest

from netio.check import check_source
from netio.check.fixing import _FIXERS, fix_source
from netio.check.findings import RULES

HEAD = "import socket\nsock = socket.create_connection(('127.0.0.1', 8888), timeout=5)\n"
LISTEN = "sock = socket.socket()\n"
BIND, OPTION = "sock.bind(('', 8888))\n", "sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)\n"
LONG = "sock.setsockopt(socket.SOL_SOCKET,\n    socket.SO_REUSEADDR, 1)  # why\n"
MENDS = [  # what is wrong, after HEAD, and what becomes of it
    ("sock.send(b'x' * 100000)", "sock.sendall(b'x' * 100000)"),
    ("sock.send(\n    b'x' * 100000)", "sock.sendall(\n    b'x' * 100000)"),
    ("a = 1; sock.send(b'x' * 100000)", "a = 1; sock.sendall(b'x' * 100000)"),
    ("sock.sendall('x')", "sock.sendall('x'.encode())"),
    ("a = '茶'\nsock.sendall('水' + a); print('完')", "a = '茶'\nsock.sendall(('水' + a).encode()); print('完')"),
    ("sock.sendall('%s' % 1 if 2 else 'b')", "sock.sendall(('%s' % 1 if 2 else 'b').encode())"),
    ("sock.sendall(f'{1}')", "sock.sendall(f'{1}'.encode())"),
    ("sock.close", "sock.close()"),
    ("sock.close  # at last", "sock.close()  # at last"),
    ("sock.close; print(1)", "sock.close(); print(1)"),
    ("data = sock.recv(10)\nprint(data.decode)", "data = sock.recv(10)\nprint(data.decode())"),
    ("socket.scoket()", "socket.socket()"),
    ("from socket import AF_INET, scoket\nscoket(AF_INET)", "from socket import AF_INET, socket\nsocket(AF_INET)"),
    ("while true:\n    break", "while True:\n    break"),
    ("while 1 > 2  # why\n    pass", "while 1 > 2:  # why\n    pass"),
    ("if 'a#' == \"b\" # why\n    pass", "if 'a#' == \"b\": # why\n    pass"),
    ("if sock = '#' # why\n    pass", "if sock == '#': # why\n    pass"),
    ("print 'it\\'s #1' # why", "print('it\\'s #1') # why"),
    ("print 'a', 1,", "print('a', 1, end=' ')"),
    ("if 1:\n    while true：\n\tbreak", "if 1:\n    while true:\n\tbreak"),  # tabs stay
    ("def f()：  return = 1\n", "def f()：  return = 1\n"),  # still broken when that is mended: it stays whole
]
LEFT = [  # what is wrong, or looks like it, and stays, as a mend could change what the program does
    "count = sock.send(b'x' * 100000)", "sock.send(b'x' * 100000) == 3", "sock.sendall(-1)", "sock.sendall(*['a'])",
    "sock.sendall(lambda: 'a')", "text = \'\'\'\nwhile true:\n\'\'\'", "sock.sendall(\'\'\'a\nb\'\'\')",
]


@pytest.mark.parametrize("before, after", MENDS)
def test_mends(before, after):
    assert fix_source(f"{HEAD}{before}\n") == f"{HEAD}{after}\n"


@pytest.mark.parametrize("text", LEFT)
def test_what_is_left(text):
    assert fix_source(f"{HEAD}{text}\n") == f"{HEAD}{text}\n"


@pytest.mark.parametrize("before, after", [
    (BIND + OPTION, OPTION + BIND),
    (BIND + LONG, LONG + BIND),
    (f"{BIND}print('bound')\n{OPTION}", f"{OPTION}{BIND}print('bound')\n"),
    (f"{BIND}one = 1\n{OPTION.replace('1)', 'one)')}", None),  # the option needs what is bound between the two
    (f"{BIND}if sock:\n    {OPTION}", None),
    (f"{BIND.strip()}; {OPTION}", None),
])
def test_the_option_moves_before_bind_where_nothing_between_is_needed(before, after):
    for head, indent in (("import socket\n", ""), ("import socket\ndef serve():\n", "    ")):
        old, new = (head + textwrap.indent(LISTEN + text, indent) for text in (before, after or before))
        assert fix_source(old) == new


@pytest.mark.parametrize("before, after", [
    ("x = 1\r\nwhile true:\n    break\r\n", "x = 1\r\nwhile True:\n    break\r\n"),
    ("x = 1\rwhile true:\n    break", "x = 1\rwhile True:\n    break"),
    ("\ufeffwhile true：\r\n    break\r\n", "\ufeffwhile True:\r\n    break\r\n"),
    ("x = 1\0\nwhile true:\n    break\n", "x = 1\0\nwhile True:\n    break\n"),
    ("", ""),
])
def test_line_ends_and_a_byte_order_mark_stay(before, after):
    assert fix_source(before) == after


def test_nothing_is_warned_of(recwarn):
    assert fix_source("while true:\n    print('\\d', 1 is 1)\n").startswith("while True") and not recwarn.list


@pytest.mark.parametrize("kind", _FIXERS)
def test_what_a_rule_shows_as_wrong_is_mended(kind):
    wrong = RULES[kind].words().wrong
    mended = fix_source(wrong)
    ast.parse(mended)
    assert check_source(wrong, select=[kind]) and not check_source(mended, select=[kind])
    assert fix_source(mended) == mended
