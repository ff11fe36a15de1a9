"""The pure core: lines, replies, addresses, listings and the order of commands, in every cut and with every oddity."""
from __future__ import annotations

import random
import re
import sys

import pytest

from netio.ftp.commands import (
    COMMANDS, CommandError, Entry, FromNetwork, LineReader, Session, check_active, format_facts, format_list,
    format_pasv, format_reply, format_time, join_path, parse_command, parse_eprt, parse_facts, parse_port, parse_size,
    parse_time, parse_type, plain_host, quote_path, to_network,
)

ABOR = b"\xff\xf4\xff\xf2ABOR\r\n"
LINES = b"USER ming\r\n" + ABOR + "CWD 图片\r\nNOOP\n".encode() + b"STOR a\xff\xff\xff\xfb\x01b\r\n"
MEANT = [b"USER ming", b"ABOR", "CWD 图片".encode(), b"NOOP", b"STOR ab"]


def lines_of(pieces, limit=4096):
    reader = LineReader(limit)
    found = []
    for piece in pieces:
        reader.feed(piece)
        while True:
            try:
                line = reader.next_line()
            except CommandError as error:
                line = error.code
            if line is None:
                break
            found.append(line)
    assert reader.waiting == 0
    return found


@pytest.mark.parametrize("step", [1, 2, 3, 7, 1000])
def test_lines_come_out_whole_however_they_are_cut(step):
    pieces = [LINES[start:start + step] for start in range(0, len(LINES), step)]
    assert lines_of(pieces + [b"half a li"]) == MEANT


@pytest.mark.parametrize("step", [1, 50, 5000])
def test_a_line_that_is_too_long_is_reported_once_and_not_kept(step):
    data = b"NOOP\r\n" + b"A" * 1000 + b"\r\nQUIT\r\n"
    assert lines_of([data[start:start + step] for start in range(0, len(data), step)], 100) == [b"NOOP", 500, b"QUIT"]


def test_a_line_without_an_end_takes_no_memory():
    reader = LineReader(100)
    for _ in range(1000):
        reader.feed(b"A" * 1000)
    assert len(reader._data) <= 102 and not reader.waiting


@pytest.mark.parametrize("line", [b"A" * 100, b"A" * 100 + b"\r"])
def test_a_line_of_just_the_limit_is_taken(line):
    assert lines_of([line + b"\n"], 100) == lines_of([line, b"\n"], 100) == [b"A" * 100]


@pytest.mark.skipif(sys.implementation.name != "cpython", reason="counts CPython's memory")
def test_many_short_lines_are_cut_only_when_they_are_asked_for():
    """All at once they took 13 ms and eight times their size, in the thread that serves everybody."""
    import tracemalloc  # which PyPy lacks

    reader, lines = LineReader(), b"\n" * (1 << 16)
    tracemalloc.start()
    reader.feed(lines)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 2 * len(lines) and reader.waiting == len(lines)
    assert reader.next_line() == b"" and reader.waiting == len(lines) - 1


def test_urgent_lines_may_overtake_nothing_but_stand_first():
    reader = LineReader()
    reader.feed(ABOR + b"NOOP\r\nABOR\r\n")
    urgent = frozenset([b"ABOR"])
    assert reader.take_urgent(urgent) == b"ABOR"
    assert reader.take_urgent(urgent) is None and reader.holds(b"ABOR") and not reader.holds(b"QUIT")
    reader.clear()
    assert reader.next_line() is None and reader.waiting == 0


@pytest.mark.parametrize("line", [b"", b" ", b"123", b"US\x00ER x", b"\xe5\x9b\xbe x", b"A" * 13, b"-LIST"])
def test_what_is_no_command(line):
    with pytest.raises(CommandError) as caught:
        parse_command(line)
    assert caught.value.code == 500


@pytest.mark.parametrize("argument", [b"a\x00b", b"a\rb", b"\x1b[2J"])
def test_no_control_character_gets_into_an_argument(argument):
    with pytest.raises(CommandError) as caught:
        parse_command(b"RETR " + argument)
    assert caught.value.code == 501


def test_names_in_gbk_and_bytes_that_are_no_text():
    assert parse_command("CWD 图片".encode("gbk"), "gbk") == ("CWD", "图片")
    verb, name = parse_command(b"CWD caf\xe9")
    assert name.encode("utf-8", "surrogateescape") == b"caf\xe9"


WHOLE = re.compile(rb"\d{3} [^\r\n]*\r\n\Z|(\d{3})-[^\r\n]*\r\n(?: [^\r\n]*\r\n)*\1 [^\r\n]*\r\n\Z")


def test_replies_are_well_formed_whatever_is_in_them():
    source = random.Random(959)
    marks = ["\r", "\n", "\0", "2", "0", " ", "-", "图", "\udce9", "🎵", '"', "\x7f", "221 bye\r\n"]
    for _ in range(500):
        lines = ["".join(source.choices(marks, k=source.randrange(8))) for _ in range(source.randrange(1, 5))]
        assert WHOLE.match(format_reply(250, *lines, encoding=source.choice(["utf-8", "gbk"])))


@pytest.mark.parametrize("text", [
    "", "1,2,3,4,5", "1,2,3,4,5,6,7", "256,0,0,1,4,1", "1,2,3,4,5,-6", "1,2,3,4,5,", "1,2,3,4,5,٣", " 1,2,3,4,5,6",
    "127.0.0.1,4,1", "1,2,3,4,5,99999999999999999999"])
def test_what_is_no_address_for_port(text):
    with pytest.raises(CommandError) as caught:
        parse_port(text)
    assert caught.value.code == 501


@pytest.mark.parametrize("text, code", [
    ("", 501), ("|", 501), ("|1|127.0.0.1|", 501), ("|1|127.0.0.1|80|x", 501), ("|1|127.0.0.1|80", 501),
    ("|1|::1|8000|", 501), ("|2|127.0.0.1|8000|", 501), ("|1|localhost|8000|", 501), ("|1|127.0.0.1|65536|", 501),
    ("|1|127.0.0.1|-1|", 501), ("|3|127.0.0.1|8000|", 522), ("||127.0.0.1|8000|", 522), ("|1|127.1|8000|", 501),
    ("图1图127.0.0.1图8000图", 501), ("|2|::1%lo|8000|", None),
    ("!1!127.0.0.1!8000!", None), ("~1~127.0.0.1~8000~", None), (" 1 127.0.0.1 8000 ", 501),
    ("\x7f1\x7f127.0.0.1\x7f8000\x7f", 501), ("|1|127.0.0.1|65535|", None)])
def test_what_is_no_address_for_eprt(text, code):
    try:
        parse_eprt(text)
    except CommandError as error:
        assert error.code == code
    else:
        assert code is None


@pytest.mark.parametrize("target, client, good", [
    (("127.0.0.1", 40000), "127.0.0.1", True), (("127.0.0.1", 40000), "::ffff:127.0.0.1", True),
    (("192.0.2.1", 40000), "192.0.2.2", False), (("127.0.0.1", 1023), "127.0.0.1", False),
    (("127.0.0.1", 0), "127.0.0.1", False), (("::1", 40000), "0:0:0:0:0:0:0:1", True), (("::1", 25), "::1", False),
    (("127.0.0.1", 1024), "127.0.0.1", True)])
def test_data_goes_to_the_client_itself_and_to_no_service(target, client, good):
    if good:
        check_active(target, client)
    else:
        with pytest.raises(CommandError):
            check_active(target, client)


def test_plain_hosts_and_pasv():
    assert plain_host("/tmp/socket") == "/tmp/socket" and plain_host("fe80::1%2") == "fe80::1"
    with pytest.raises(CommandError) as caught:
        format_pasv("::1", 5)
    assert caught.value.code == 425


@pytest.mark.parametrize("text", ["", "-1", "1.5", "٣", "1e3", "9" * 20, "9223372036854775808"])
def test_what_is_no_size(text):
    assert parse_size("9223372036854775807") == 2**63 - 1
    with pytest.raises(CommandError):
        parse_size(text)


@pytest.mark.parametrize("text", ["E", "L 7", "I N", "X", "A T", ""])
def test_types_that_nobody_uses(text):
    with pytest.raises(CommandError) as caught:
        parse_type(text)
    assert caught.value.code == 504


@pytest.mark.parametrize("text", ["", "20010909", "20010231000000", "20010909014660", "٢٠٠١0909014640"])
def test_what_is_no_time(text):
    with pytest.raises(CommandError):
        parse_time(text)


def test_times_there_and_back():
    for seconds in (0, 951782400, 1e9, 4102444800):
        assert parse_time(format_time(seconds)) == seconds
    assert format_time(1e300) == format_time(0)


def test_listings_show_a_time_or_a_year():
    now = 1e9
    ages = (1 - 86400, 0, 182 * 86400 - 1), (-10 * 86400, -86400, 182 * 86400, 400 * 86400)
    times, years = ([format_list(Entry("f", False, 1, now - age), now) for age in some] for some in ages)
    assert all(re.search(r"\d\d:\d\d f$", line) for line in times)
    assert all(re.search(r"  (2000|2001) f$", line) for line in years)
    facts = format_facts(Entry("f", False, 1, now, "r", "u"), parse_facts("unique;perm"))
    assert facts == "perm=r;unique=u; f"


PATHS = {"": "/a/b", ".": "/a/b", "..": "/a", "../..": "/", "../../../../x": "/x", "/": "/", "//c//d/": "/c/d",
         "/..": "/", "c/../d": "/a/b/d", "...": "/a/b/...", "~": "/a/b/~", "/./.": "/", "..\\..": "/a/b/..\\.."}


@pytest.mark.parametrize("text, path", PATHS.items())
def test_paths_stay_below_the_root(text, path):
    assert join_path("/a/b", text) == path


def test_quotes_in_paths_are_doubled():
    assert quote_path('/"') == '"/"""'


def test_text_is_converted_however_it_is_cut():
    text = b"one\ntwo\r\n\nthree\r\rfour\r\n"
    sent = b"one\r\ntwo\r\n\r\nthree\r\rfour\r\n"
    for cut in range(len(text)):
        last = text[cut - 1:cut] if cut else b""
        assert to_network(text[:cut]) + to_network(text[cut:], last) == sent
    for cut in range(len(sent)):
        for newline in (b"\n", b"\r\n"):
            reader = FromNetwork(newline)
            got = reader.feed(sent[:cut]) + reader.feed(sent[cut:]) + reader.finish()
            assert got == sent.replace(b"\r\n", newline)


def test_the_table_decides_what_may_come_when():
    def code(session, verb, argument=""):
        try:
            session.check(verb, argument)
        except CommandError as error:
            return error.code
        return 0

    nobody, somebody = Session(), Session()
    somebody.log_in("ming")
    open_to_all = {name for name, rule in COMMANDS.items() if not rule.login}
    assert {"USER", "QUIT", "FEAT", "HELP", "AUTH"} <= open_to_all and "RETR" not in open_to_all
    for name, rule in COMMANDS.items():
        argument = "" if rule.argument == "no" else "x"
        wanted = 503 if name in ("PASS", "RNTO") else 0
        assert code(somebody, name, argument) == wanted, name
        assert code(nobody, name, argument) == (530 if rule.login else wanted), name
    assert code(somebody, "STOR", " ") == 501 and code(somebody, "NOOP", "x") == 501
    assert code(somebody, "XPWD") == 0 and code(somebody, "SMNT", "/") == 502 and code(somebody, "HACK") == 500
    somebody.previous = "RNFR"
    assert code(somebody, "RNTO", "x") == 0 and code(somebody, "RNTO", "x") == 503
    somebody.rest, somebody.encoding = 5, "gbk"
    assert somebody.take_rest() == 5 and somebody.take_rest() == 0
    somebody.log_out()
    assert not somebody.logged_in and somebody.encoding == "gbk"


def test_any_bytes_give_lines_or_a_documented_error():
    source = random.Random(2389)
    words = [b"USER ", b"\r\n", b"\n", b"\xff", b"\xf4", b"\xfb\x01", b"\0", b" ", b"A" * 50, "图".encode()]
    for _ in range(300):
        data = b"".join(source.choices(words, k=30)) + b"\n"
        cut = source.randrange(len(data))
        for line in lines_of([data[:cut], data[cut:]], 100):
            if isinstance(line, bytes):
                try:
                    parse_command(line)
                except CommandError as error:
                    assert error.code in (500, 501)
