"""What a client may say when: the table of all commands, and the state that decides.

| state            | after                            | allowed                                                     |
|------------------|----------------------------------|-------------------------------------------------------------|
| nobody           | the greeting, REIN, a wrong PASS | what needs no log-in: USER, AUTH, FEAT, HELP, SYST, QUIT... |
| name given       | USER with a name                 | PASS, which must come next                                  |
| logged in        | PASS, or USER anonymous          | all commands                                                |
| renaming         | RNFR                             | RNTO, which must come next                                  |
"""
from __future__ import annotations

from typing import NamedTuple

from .grammar import CommandError
from .listing import FACTS


class Rule(NamedTuple):
    """One command: does it take an argument ("no", "may", "must"), does it need a log-in, and what HELP says of it.

    >>> COMMANDS["CWD"].argument, COMMANDS["CWD"].login
    ('must', True)
    """

    argument: str
    login: bool
    help: str


COMMANDS = {
    # RFC 959, access control
    "USER": Rule("must", False, "USER name: say who you are"),
    "PASS": Rule("may", False, "PASS password: prove it"),
    "ACCT": Rule("may", True, "ACCT account: not needed here"),
    "QUIT": Rule("no", False, "QUIT: end the session"),
    "REIN": Rule("no", False, "REIN: start again as nobody"),
    # folders
    "CWD": Rule("must", True, "CWD folder: go to another folder"),
    "CDUP": Rule("no", True, "CDUP: go to the folder above"),
    "PWD": Rule("no", True, "PWD: say which folder this is"),
    "MKD": Rule("must", True, "MKD folder: make a folder"),
    "RMD": Rule("must", True, "RMD folder: remove an empty folder"),
    # files
    "DELE": Rule("must", True, "DELE file: delete a file"),
    "RNFR": Rule("must", True, "RNFR old: rename or move this"),
    "RNTO": Rule("must", True, "RNTO new: to this"),
    "SIZE": Rule("must", True, "SIZE file: how many bytes it has"),
    "MDTM": Rule("must", True, "MDTM file: when it was changed"),
    "MFMT": Rule("must", True, "MFMT time file: set when it was changed"),
    # listings
    "LIST": Rule("may", True, "LIST [folder]: as ls -l"),
    "NLST": Rule("may", True, "NLST [folder]: names only"),
    "MLSD": Rule("may", True, "MLSD [folder]: facts for programs"),
    "MLST": Rule("may", True, "MLST [file]: facts of one file, at once"),
    "STAT": Rule("may", False, "STAT [path]: the session, or a listing, at once"),
    # data connections
    "TYPE": Rule("must", True, "TYPE A or I: text, or bytes as they are"),
    "MODE": Rule("must", True, "MODE S: as a stream"),
    "STRU": Rule("must", True, "STRU F: as a file"),
    "PASV": Rule("no", True, "PASV: I listen, you connect (IPv4)"),
    "EPSV": Rule("may", True, "EPSV [ALL]: I listen, you connect"),
    "PORT": Rule("must", True, "PORT h1,h2,h3,h4,p1,p2: you listen, I connect (IPv4)"),
    "EPRT": Rule("must", True, "EPRT |family|address|port|: you listen, I connect"),
    # transfers
    "RETR": Rule("must", True, "RETR file: get it"),
    "STOR": Rule("must", True, "STOR file: put it"),
    "STOU": Rule("may", True, "STOU: put it under a new name"),
    "APPE": Rule("must", True, "APPE file: put it at the end"),
    "REST": Rule("must", True, "REST offset: the next transfer starts there"),
    "ALLO": Rule("must", True, "ALLO bytes: is there room?"),
    "ABOR": Rule("no", False, "ABOR: end the transfer"),
    "XSHA256": Rule("must", True, "XSHA256 file [start [end]]: the SHA-256 of its bytes"),
    # the rest
    "SYST": Rule("no", False, "SYST: what system this looks like"),
    "FEAT": Rule("no", False, "FEAT: what goes beyond RFC 959"),
    "OPTS": Rule("must", False, "OPTS UTF8 ON or OFF, OPTS MLST facts"),
    "HELP": Rule("may", False, "HELP [command]: this"),
    "SITE": Rule("must", True, "SITE HELP: there are none here"),
    "NOOP": Rule("no", False, "NOOP: nothing, but stay"),
    # RFC 4217
    "AUTH": Rule("must", False, "AUTH TLS: encrypt from here on"),
    "PBSZ": Rule("must", False, "PBSZ 0: comes before PROT"),
    "PROT": Rule("must", False, "PROT P or C: encrypt data connections, or not"),
}
# Older names: RFC 775, RFC 1123 section 4.1.3.1.
ALIASES = {"XPWD": "PWD", "XCWD": "CWD", "XCUP": "CDUP", "XMKD": "MKD", "XRMD": "RMD"}
# Commands of other RFCs: 502 (not implemented) instead of 500 (unknown).
NOT_HERE = frozenset("SMNT ADAT CCC CONF ENC MIC LPRT LPSV LANG HOST MFCT MFF".split())
MUST_FOLLOW = {"PASS": "USER", "RNTO": "RNFR"}  # a command, and the one that comes right before it
# What FEAT lists: RFC 2389.
FEATURES = ("EPRT", "EPSV", "MDTM", "MFMT", "PASV", "REST STREAM", "SIZE", "TVFS", "UTF8", "XSHA256")
FEATURES_TLS = ("AUTH TLS", "PBSZ", "PROT")  # with a certificate


class Session:
    """The state of one session, and the judge of every command.

    >>> session = Session()
    >>> session.check("user", "ming")
    'USER'
    >>> session.check("RETR", "a.txt")  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
        ...
    CommandError: Not logged in: say USER and PASS first.

    Source: RFC 959 section 6, the state diagrams.
    """

    def __init__(self) -> None:
        self.user = ""
        self.logged_in = False
        self.cwd = "/"
        self.binary = False  # RFC 959: text, unless TYPE I was said
        self.rest = 0
        self.rename_from = ""
        self.told_size = "", 0  # of which file SIZE was asked last, and its answer
        self.previous = ""  # the command that went well before this one
        self.encoding = "utf-8"
        self.facts: tuple[str, ...] = FACTS[:4]
        self.epsv_all = False
        self.buffer_size_set = self.private = False

    def check(self, verb: str, argument: str) -> str:
        """Return the command's plain name if it may be given now.

        Raises: CommandError: 500 unknown, 502 known but not here, 501 argument, 503 order, 530 not logged in.
        """
        verb = ALIASES.get(verb.upper(), verb.upper())
        previous, self.previous = self.previous, ""
        rule = COMMANDS.get(verb)
        if rule is None:
            raise CommandError(502 if verb in NOT_HERE else 500, f"{verb} is not known here.")
        if rule.login and not self.logged_in:
            raise CommandError(530, "Not logged in: say USER and PASS first.")
        if verb in MUST_FOLLOW and previous != MUST_FOLLOW[verb]:
            raise CommandError(503, f"Bad sequence of commands: {MUST_FOLLOW[verb]} comes before {verb}.")
        if rule.argument == "must" and not argument.strip():
            raise CommandError(501, f"What? {rule.help}.")
        if rule.argument == "no" and argument.strip():
            raise CommandError(501, f"{verb} takes no argument.")
        return verb

    def log_in(self, user: str) -> None:
        """A user has proved who they are."""
        self.user, self.logged_in, self.cwd, self.rest = user, True, "/", 0

    def log_out(self) -> None:
        """Back to nobody; what the client can read (OPTS) and the encryption stay."""
        encoding, facts, private = self.encoding, self.facts, (self.buffer_size_set, self.private)
        Session.__init__(self)
        self.encoding, self.facts, (self.buffer_size_set, self.private) = encoding, facts, private

    def take_rest(self) -> int:
        """Return where the next transfer starts, which holds once."""
        rest, self.rest = self.rest, 0
        return rest


def parse_size(text: str, most: int = (1 << 63) - 1) -> int:
    """Return a number of bytes, as REST and ALLO give it.

    >>> parse_size("1024")
    1024

    Raises: CommandError (501) for what is no such number.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= 19) or int(text) > most:
        raise CommandError(501, "That is no number of bytes.")
    return int(text)


def parse_type(text: str) -> bool:
    """Return whether TYPE's argument means bytes as they are (I, or L 8); else it is text (A).

    >>> parse_type("I"), parse_type("a n"), parse_type("L 8")
    (True, False, True)

    Raises: CommandError (504) for EBCDIC and other words.
    """
    words = text.upper().split()
    if words in (["I"], ["L", "8"]):
        return True
    if words in (["A"], ["A", "N"]):
        return False
    raise CommandError(504, "TYPE is A or I.")


def parse_facts(text: str) -> tuple[str, ...]:
    """Return the facts that OPTS MLST asks for, in their usual order; unknown ones are left out.

    >>> parse_facts("Size;type;colour;")
    ('type', 'size')

    Source: RFC 3659 section 7.9.
    """
    asked = {fact.lower() for fact in text.split(";")}
    return tuple(fact for fact in FACTS if fact in asked)
