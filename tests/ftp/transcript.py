"""A short FTP session, word by word: `python -m tests.ftp.transcript` writes docs/ftp-transcript.md."""
from __future__ import annotations

import re
import tempfile
from pathlib import Path

from netio import tcp
from netio.ftp import User, hash_password

from ..streams import receive_all
from .serving import ALL, Talk, running

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "ftp-transcript.md"
HEAD = """# A short FTP session

Made by `tests/ftp/transcript.py`, which sends the lines marked `>` and shows what comes back; a test does it again.
Lines marked `=` go over the data connection, which is made anew for each transfer. PORT stands for a number.

    python3 scripts/serve_ftp.py FOLDER --user ming --write

```text
"""
STEPS = [
    "USER ming", "PASS sesame", "USER ming", "PASS 芝麻开门", "SYST", "PWD", "MKD 图片", "CWD 图片", "TYPE I",
    ("STOR 猫.txt", "meow meow\n"), "SIZE 猫.txt", "MFMT 20240229120000 猫.txt", "OPTS MLST type;size;modify;",
    "MLSD", "REST 5", "RETR 猫.txt", "RETR ../../etc/passwd", "PORT 192,0,2,9,200,1", "RNFR 猫.txt", "RNTO ../cat.txt",
    "CDUP", "NLST", "DELE cat.txt", "RMD 图片", "FLY", "QUIT"]
MOVES = ("STOR", "RETR", "MLSD", "NLST")


def play():
    """Play the session and return the page."""
    with tempfile.TemporaryDirectory() as folder:
        users = [User("ming", hash_password("芝麻开门", rounds=1000), folder, ALL)]
        with running(folder, users=users) as server, tcp.connect(server.address) as sock:
            talk = Plain(sock)
            lines = [*talk.heard(), *(line for step in STEPS for line in say(talk, step))]
    text = "\n".join(lines)
    return HEAD + re.sub(r"\(\|\|\|\d+\|\)", "(|||PORT|)", text) + "\n```\n"


class Plain(Talk):
    """A Talk over a connection that is there already."""

    def __init__(self, sock):
        self.sock, self._held = sock, b""

    def heard(self):
        return self.reply().decode().splitlines()


def say(talk, step):
    """Yield what is said and heard in one step."""
    line, sent = step if isinstance(step, tuple) else (step, "")
    if line[:4] not in MOVES:
        talk.send(line)
        yield f"> {line}"
        yield from talk.heard()
        return
    talk.send("EPSV")
    yield "> EPSV"
    answer = talk.heard()
    yield from answer
    with tcp.connect(("127.0.0.1", int(answer[0].split("|")[3])), timeout=60) as data:
        talk.send(line)
        yield f"> {line}"
        first = talk.heard()
        yield from first
        if first[0][0] != "1":
            return
        data.sendall(sent.encode())
        data.shutdown(1)
        got = receive_all(data).decode()
    yield from (f"= {part}" for part in (sent + got).splitlines())
    yield from talk.heard()


if __name__ == "__main__":
    PAGE.write_text(play(), encoding="utf-8")
