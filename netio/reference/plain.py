"""The plain programs: the notes' own, corrected, each alone in a file of scripts/plain that imports nothing of netio.

They are not part of the package, where they would be modules. An installed netio has them among its data files
(`share/netio/plain` below the prefix), where the record of the installation finds them.
"""
from __future__ import annotations

import ast
import difflib
import re
from importlib import metadata
from pathlib import Path
from typing import Iterator, NamedTuple

from .searching import search
from .sources import PACKAGE, NotFound

# Where they are in a checkout.
FOLDER = PACKAGE.parent / "scripts" / "plain"
_INSTALLED = "share/netio/plain/"
# Names that are too long to paste -> the plain programs that do the same, where their last lines name others.
_ALSO_BEFORE = {
    "concurrency.Server": "thread_server process_server select_server",
    "concurrency.serve": "thread_server process_server select_server",
    "concurrency.run_forked": "fork_process", "concurrency.spawn_child": "start_process",
    "concurrency.run_spawned": "start_process", "concurrency.map_unordered": "process_pool",
    "http.HTTPServer": "http_folder", "http.StaticFiles": "http_folder", "http.HTTPProtocol": "http_folder",
    "http.handle_one_request": "http_page", "http.recv_request": "http_print_request",
    "ftp.FTPProtocol": "ftp_server", "ftp.serve_course": "ftp_server", "ftp.FTPMenu": "ftp_client",
    "ftp.download": "ftp_client", "chat.TCPServer": "chat_server", "chat.Server": "chat_server",
    "udp.Server": "udp_server", "files.Replacement": "copy_file", "files.open_replacement": "copy_file",
    "files.replace_file": "copy_file", "files.split_file": "picture_halves", "files.join_files": "picture_halves",
    "files.copy_sparse": "sparse_file", "ipc.open_duplex": "pipe", "ipc.Array": "shared_array",
    "ipc.CapacityLimiter": "semaphore", "ipc.open_ring": "message_queue", "ipc.listen_ring": "message_queue",
}


class Program(NamedTuple):
    """A plain program: its name, one line of what it shows in English and in Chinese, all of its text.

    >>> Program("pipe", "Ask.", "问。", "").name
    'pipe'
    """

    name: str
    summary: str
    summary_zh: str
    text: str


def programs() -> Iterator[Program]:
    """Yield all plain programs by name; none where netio was put somewhere without them.

    >>> all(program.text for program in programs())
    True
    """
    for path in _programs_in(FOLDER) or _installed():
        text = path.read_text(encoding="utf-8")
        summary, summary_zh, *_ = (ast.get_docstring(ast.parse(text)) or "").split("\n\n")
        yield Program(path.stem, summary, summary_zh, text)


def program_text(name: str) -> str:
    """Return the text of a plain program, given its name, with or without `.py`.

    >>> program_text("no_such_program")
    Traceback (most recent call last):
    netio.reference.sources.NotFound: no plain program 'no_such_program'

    Raises: LookupError for an unknown name.
    """
    wanted = name[:-3] if name.endswith(".py") else name
    texts = {program.name: program.text for program in programs()}
    if wanted not in texts:
        close = difflib.get_close_matches(wanted, texts)
        text = "no plain program {!r}; there is {}" if close else "no plain program {!r}"
        raise NotFound(text, name, ", ".join(close))
    return texts[wanted]


def find_programs(words: str) -> list[Program]:
    """Return the plain programs that a name or words of theirs, English or Chinese, ask for: best names first.

    >>> [program.name for program in find_programs("frame_server")]
    ['frame_server']
    >>> find_programs("thread server")[0].name, find_programs("http 服务器")[0].name
    ('thread_server', 'http_folder')
    >>> [program.name for program in find_programs("server2.0")]
    ['http_folder']
    >>> "frame_server" in [program.name for program in find_programs("粘包")]
    True
    >>> find_programs("xylophone")
    []
    """
    known = list(programs())
    named = [program for program in known if program.name == words]
    if named:
        return named
    wanted = _spelled_alike(words).split()
    about = [_spelled_alike(f"{program.name} {ast.get_docstring(ast.parse(program.text))}") for program in known]
    found = [program for program, text in zip(known, about) if all(word in text for word in wanted)]
    mistyped = difflib.get_close_matches(words, [program.name for program in known], cutoff=0.8)
    if not found and not mistyped:  # what the notes and learners call it
        hits = [hit.item.name for hit in search(words, limit=60).hits if hit.item.kind == "plain"]
        found = [program for name in hits for program in known if program.name == name]
    if not found and len(wanted) > 1:
        found = [program for program, text in zip(known, about)
                 if (program.name in mistyped if mistyped else any(word in text for word in wanted))]
    return sorted(found, key=lambda program: -sum(word in program.name for word in wanted))


def _spelled_alike(text: str) -> str:
    return re.sub(r"(?<=[^\W\d_])(?=\d)", " ", text.lower().replace("服务器", "服务端"))  # server2.0


def errata_of(program: Program) -> list[str]:
    """Return the numbers of the errata that a program names.

    >>> errata_of(Program("zombie", "", "", "Errata: 29, 32.\\n"))
    ['29', '32']
    """
    listed = re.search(r"^Errata: ([\d, ]+)\.$", program.text, re.MULTILINE)
    return listed[1].split(", ") if listed else []


def programs_before(name: str) -> list[str]:
    """Return the names of the plain programs that a name of netio goes on from.

    >>> programs_before("chat.TCPServer"), programs_before("no.such.name")
    (['chat_server'], [])
    """
    also = _ALSO_BEFORE.get(name, "").split()
    return [program.name for program in programs()
            if program.name in also or not also and program.text.rstrip().endswith(f": netio {name}")]


def _programs_in(folder: Path) -> list[Path]:
    """Return the programs in a folder, which may be inside a zip archive, and need not exist."""
    found = folder.iterdir() if folder.is_dir() else []
    return sorted((path for path in found if path.name.endswith(".py")), key=lambda path: path.name)


def _installed() -> list[Path]:
    if beside := _programs_in(PACKAGE.parent / _INSTALLED):  # `pip install --target` records another place
        return beside
    try:
        files = metadata.files("netio") or []
    except metadata.PackageNotFoundError:
        return []
    return sorted(Path(str(file.locate())) for file in files if _INSTALLED in file.as_posix() and file.suffix == ".py")
