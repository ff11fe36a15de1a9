"""What every script here begins and ends with: find netio in a bare checkout, and end cleanly whatever happens.

A script reads `import _prelude` first, so that `import netio` works from any working folder with nothing installed,
and ends with `_prelude.run(main)`.
"""
from __future__ import annotations

import argparse
import contextlib
import logging
import os
import signal
import socket
import sys
import threading
from typing import Any, Callable, Iterator, NoReturn, Protocol, TypeVar

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
_Number = TypeVar("_Number", int, float)

from netio import _console, _language  # noqa: E402 (the line above finds it)

_WORDS = _language.load_words("netio._chinese", "chinese")
_main_process = 0  # where `run` was called


def _make_record(*args: Any, **named: Any) -> logging.LogRecord:
    """Make a record of the log in the reader's language."""
    record = logging.LogRecord(*args, **named)
    if record.name.startswith("netio"):
        record.msg = _WORDS.get(record.msg, record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(reason(value) if isinstance(value, BaseException) else value for value in record.args)
    return record


if _WORDS:
    logging.setLogRecordFactory(_make_record)


def parser(doc: str | None) -> argparse.ArgumentParser:
    """Make an argument parser whose help is the script's docstring, in the reader's language."""
    return _language.make_parser(doc, _WORDS)


def language() -> str:
    """Return 'zh' where the scripts speak Chinese, else 'en': see netio/_language.py."""
    return "zh" if _WORDS else "en"


def say(text: str, *values: object) -> str:
    """Return a text in the reader's language, with the values in its blanks, if any are given: see `str.format`."""
    said = _WORDS[text] if text in _WORDS else _language.translate_error(text) if _WORDS else text
    return said.format(*values) if values else said


def tell(text: str, *values: object) -> None:
    """Print a text in the reader's language, at once, with the values in its blanks.

    A child goes on where its output cannot be written: its work is the same, and the parent says what was wrong.
    """
    try:
        print(say(text, *values), flush=True)
    except OSError:
        if os.getpid() == _main_process:
            raise
        _console.abandon_output()


def conclude(text: str, *values: object) -> None:
    """Print what was to be seen, in lines of 100 columns."""
    print("\n".join(_language.wrap_wide(say(text, *values), 100)), flush=True)


def explain(error: BaseException) -> str:
    """Return an error as one line: see netio/_language.py."""
    return printable(str(error), "\n") if isinstance(error, Refusal) else _language.explain(error, _WORDS)


def reason(error: BaseException) -> str:
    """Return what an error itself says, in the reader's language as far as that is known."""
    return say(" ".join(_language.printable(str(error)).split()))


def printable(text: str, keep: str = "") -> str:
    """Return what a peer said as text that commands no terminal: see netio/_language.py."""
    return _language.printable(text, keep)


def pad(text: str, width: int) -> str:
    """Fill a text up to a width: see netio/_language.py."""
    return _language.pad(text, width)


class Refusal(ValueError):
    """What a script refuses to do, in the reader's language."""


def say_doc(doc: str) -> str:
    """Return a script's docstring in the reader's language."""
    return _language.translate_doc(doc, _WORDS)


def add_address(options: argparse.ArgumentParser, port: int, host: str = "127.0.0.1") -> None:
    """Add --host and --port; the default host is this machine only, and port 0 lets the system choose."""
    options.add_argument("--host", default=host, help="address to use (default: %(default)s)")
    options.add_argument("--port", type=port_number, default=port, help="port, 0 for any (default: %(default)s)")


def port_number(text: str) -> int:
    """Convert an argument to a port, 0 to 65535."""
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(say("a port is 0 to 65535, not {}", text))
    return int(text)


def count(text: str) -> int:
    """Convert an argument to a number, 0 or more."""
    return _checked(text, int, 0)


def positive(text: str) -> int:
    """Convert an argument to a number, 1 or more."""
    return _checked(text, int, 1)


def crowd(text: str) -> int:
    """Convert an argument to a number of processes, threads, or clients at once, 1 to 1000: more would be a flood."""
    return _checked(text, int, 1, 1000)


def seconds(text: str) -> float:
    """Convert an argument to seconds, 0 or more, and no longer than a system can sleep."""
    return _checked(text, float, 0, threading.TIMEOUT_MAX)


def _checked(text: str, kind: Callable[[str], _Number], least: int, most: float = sys.maxsize) -> _Number:
    try:
        number = kind(text)
    except ValueError:
        raise argparse.ArgumentTypeError(say("a number is wanted, not {!r}", text)) from None
    if number > most:
        raise argparse.ArgumentTypeError(say("{:.0f} at most, not {}", most, text))
    if not number >= least:  # this refuses nan, too
        raise argparse.ArgumentTypeError(say("{} or more, not {}", least, text))
    return number


class Servable(Protocol):
    """What `serve` needs of a server: any of netio's has it."""

    address: Any

    def serve_forever(self) -> None: ...
    def close(self) -> None: ...


def serve(server: Servable, client: str = "") -> int:
    """Say where a server listens, and serve until Ctrl-C; `client` is as for `announce`."""
    with contextlib.closing(server):
        announce(server.address, client)
        server.serve_forever()
    return 0


def announce(address: object, client: str = "") -> None:
    """Print `listening on HOST:PORT` at once, so that whoever started the server can go on.

    `client` is what to open or to type at the other end, with {host} and {port} in it; a person is shown it, too.
    """
    host, port = address[:2] if isinstance(address, tuple) else (address, None)
    shown = f"[{host}]" if port is not None and ":" in str(host) else host
    tell("listening on {}", f"{shown}:{port}" if port is not None else shown)
    if client and port is not None and sys.stdout.isatty():
        for label, reached in _reachable_at(str(host)):
            print(say(label) + client.format(host=reached, port=port), flush=True)


def _reachable_at(host: str) -> list[tuple[str, str]]:
    """Return (where it holds, address) for each address at which a server bound to `host` is reached."""
    if host not in ("0.0.0.0", "::"):
        return [("on this machine: " if host in ("127.0.0.1", "::1") else "on the network: ", host)]
    from netio.udp.addresses import own_addresses  # only a server for the whole network needs it

    others = [address for address in own_addresses(socket.AF_INET) if not address.startswith("127.")]
    if os.name == "nt":
        print(say("Windows asks once whether the firewall may let others in: allow it for private networks."))
    return [("on this machine: ", "127.0.0.1"), *(("on the network: ", address) for address in others)]


def typed_lines(prompt: str) -> Iterator[str]:
    """Yield the lines of standard input, without their ends, up to the first blank one; a person sees `prompt`."""
    while True:
        if sys.stdin.isatty():
            print(prompt, end="", flush=True)
        line = sys.stdin.readline().rstrip("\r\n")
        if not line.strip():
            return
        yield line


def run(main: Callable[[], int]) -> NoReturn:
    """Run `main` and exit: 0 after Ctrl-C or SIGTERM, 2 with one line on stderr after bad input, never a traceback."""
    global _main_process
    _main_process = os.getpid()
    _console.prepare_streams()
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        status = main()
        sys.stdout.flush()
    except KeyboardInterrupt:
        status = 0
    except BrokenPipeError:  # the reader of our output, such as `head`, has left
        _console.abandon_output()
        status = 0
    except (OSError, ValueError, EOFError, LookupError, OverflowError) as error:  # the last: a number out of all bounds
        _complain(error)
        status = 2
    sys.exit(status if _flushed(status == 2) else 2)


def _flushed(quiet: bool) -> bool:
    """Write out what is left of the output; return whether that was possible: the disk may be full."""
    try:
        sys.stdout.flush()
    except OSError as error:
        if not quiet:
            _complain(error)
        _console.abandon_output()
        return False
    return True


def _interrupt(number: int, frame: object) -> NoReturn:
    raise KeyboardInterrupt


def _complain(error: BaseException) -> None:
    print(say("{}: {}", os.path.basename(sys.argv[0]), explain(error)), file=sys.stderr)
