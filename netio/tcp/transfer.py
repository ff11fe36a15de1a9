"""Send a file over a connection so that the other side has all of it or keeps what came, to go on later.

The sender offers size, SHA-256 and name in one frame. The receiver answers with the offset to begin at: 0, or what an
earlier attempt left, or the whole size if it has the file already. Then the bytes follow bare, by `sendfile` where
the system has it, so that they never pass through Python; at the end the receiver says that the file is saved.

At the receiver nothing bears the file's name before all of it is there, checked, and on the disk: it grows under a
hidden name in the same folder, and is moved by one rename. The peer's name for it is cut down to a plain name, never
a path.
"""
from __future__ import annotations

import hashlib
import os
import re
import socket
from contextlib import suppress
from typing import IO, Any, BinaryIO, Callable, NoReturn

from .._deadline import wait_limit
from ..files.contents import open_plain
from ..files.folders import OpenFolder
from ..files.locking import Part, remove_unlocked
from ..files.names import safe_filename
from ..files.replacing import Replacement
from ..files.syncing import sync
from .frames import recv_frame, send_frame
from .reading import Deadline
from .sockets import close_gracefully

_Progress = Callable[[int, int], object]
_BLOCK = 1 << 20  # bytes between two calls of `progress`
_DIGEST = re.compile("[0-9a-f]{64}")
_MAX_OFFER = 4096  # bytes of a frame that says something


def send_file(sock: socket.socket, path: str | os.PathLike[str], *, name: str | None = None,
              progress: _Progress | None = None, timeout: float | None = 30.0) -> int:
    """Send the file at `path` to a peer that calls `receive_file`; return the number of bytes that had to be sent.

    `name` is what to call it there (default: the last part of the path). `progress(done, total)` is called after
    each MiB. `timeout` is the longest silence in seconds, the time that the peer needs to check and save included.
    When this returns, the file is on the peer's disk. After an error, send it again over a new connection: only the
    rest goes out.

    >>> import tempfile, threading
    >>> folder = tempfile.mkdtemp()
    >>> path = os.path.join(folder, "cat.txt")
    >>> with open(path, "w", encoding="utf-8") as file:
    ...     _ = file.write("猫" * 1000)
    >>> left, right = socket.socketpair()
    >>> sender = threading.Thread(target=send_file, args=(left, path), kwargs={"name": "../../neko.txt"})
    >>> sender.start()
    >>> saved = receive_file(right, folder)
    >>> sender.join(); left.close(); right.close()
    >>> os.path.basename(saved), os.path.getsize(saved)
    ('neko.txt', 3000)

    Raises: OSError where the file cannot be read, the peer is gone or refuses, with its reason; EOFError where the
    file has become shorter meanwhile or the peer ends the talk; ValueError for an answer that is none; TimeoutError.
    Notes: TCP, 作业 (send a picture). Stdlib: `socket.sendfile` sends the bytes and says nothing about them.
    """
    name = os.path.basename(os.fspath(path)) if name is None else name
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        offer = f"FILE {size} {_sha256(file).hexdigest()} {name}".encode("utf-8", "surrogateescape")
        send_frame(sock, offer, timeout=timeout)
        start = _read_number(_read_reply(sock, "FROM", timeout), size)
        _send_range(sock, file, start, size, progress, timeout)
    _read_reply(sock, "SAVED", timeout)
    return size - start


def receive_file(sock: socket.socket, folder: str | os.PathLike[str], *, max_size: int = 1 << 32,
                 overwrite: bool = False, progress: _Progress | None = None,
                 timeout: float | None = 30.0) -> str | None:
    """Receive a file that the peer sends with `send_file` into `folder`; return its path, or None where no more come.

    When this returns, the file is on the disk. One of that name is left alone unless `overwrite` says otherwise, also
    one that appears meanwhile; one that is replaced keeps its permission bits. The same content again is no error.
    What came of a file before an error stays in `folder` as `.NAME.CHECKSUM.part`, and the next attempt goes on from
    there, unless the system was started anew meanwhile: a power failure may have cost some of it. `timeout` is the
    longest silence in seconds.

    >>> left, right = socket.socketpair()
    >>> left.close()
    >>> with right:
    ...     receive_file(right, ".") is None
    True

    Raises: OSError where it cannot be stored (disk full, read-only folder); FileExistsError; ValueError for more
    than `max_size` bytes, no valid offer, or content that does not match its checksum; EOFError where the
    peer leaves too early; BlockingIOError where another connection receives the same file just now; TimeoutError.
    The peer learns the reason, and `sock` is closed.
    Notes: TCP, 作业 (send a picture). Stdlib: none.
    """
    offer = recv_frame(sock, max_size=_MAX_OFFER, timeout=timeout)
    if offer is None:
        return None
    try:
        size, digest, name = _read_offer(offer, max_size)
        with OpenFolder(folder) as opened:
            if _is_stored(opened, name, size, digest):
                send_frame(sock, f"FROM {size}".encode(), timeout=timeout)
            else:
                with _begin(opened, name, digest, overwrite) as new:
                    _store(sock, new, size, digest, progress, timeout)
    except (OSError, ValueError) as error:
        _refuse(sock, error)
        raise
    send_frame(sock, b"SAVED ", timeout=timeout)
    return os.path.join(folder, name)


def _send_range(sock: socket.socket, file: BinaryIO, start: int, size: int, progress: _Progress | None,
                timeout: float | None) -> None:
    file.seek(start)  # without os.sendfile, `sock.sendfile` takes offset 0 to mean "where the file is"
    while start < size:
        with Deadline(sock, timeout):
            sock.settimeout(wait_limit(timeout))
            try:
                sent = sock.sendfile(file, start, min(_BLOCK, size - start))
            except socket.timeout:
                raise TimeoutError(f"{start} of {size} bytes sent, and then none within {timeout} s") from None
            except ConnectionError as error:
                _raise_reason(sock, error)
        if not sent:
            raise EOFError(f"the file has become shorter: {start} of {size} bytes")
        start += sent
        if progress is not None:
            progress(start, size)


def _read_reply(sock: socket.socket, word: str, timeout: float | None) -> str:
    """Return what the receiver says after `word`."""
    answer = recv_frame(sock, max_size=_MAX_OFFER, timeout=timeout)
    if answer is None:
        raise EOFError("the receiver closed the connection without a word")
    said, _, rest = answer.decode(errors="replace").partition(" ")
    if said != word:
        raise OSError(f"the receiver refused the file: {rest}")
    return rest


def _read_number(text: str, maximum: int) -> int:
    """Return the offset that the receiver has named, which is within the file."""
    if not (text.isascii() and text.isdecimal()) or len(text) > 19 or int(text) > maximum:
        raise ValueError(f"the receiver wants the file from byte {text[:40]!r} of {maximum} on")
    return int(text)


def _raise_reason(sock: socket.socket, error: ConnectionError) -> NoReturn:
    """Raise what the receiver said before it closed, if that came through, else `error`."""
    try:
        _read_reply(sock, "SAVED", 1.0)
    except (EOFError, ConnectionError, TimeoutError):
        pass
    raise error


def _refuse(sock: socket.socket, error: Exception) -> None:
    """Tell the sender why, as well as that still goes."""
    reason = isinstance(error, OSError) and error.strerror or str(error)
    try:
        send_frame(sock, f"NO {reason}".encode("utf-8", "replace")[:_MAX_OFFER], timeout=1.0)
    except (OSError, ValueError):
        pass  # it is gone: the error that is being raised says all
    close_gracefully(sock, timeout=2.0, max_drain=1 << 26)


def _read_offer(offer: bytes, max_size: int) -> tuple[int, str, str]:
    word, size, digest, name = (offer.decode(errors="replace").split(" ", 3) + [""] * 4)[:4]
    if word != "FILE" or not (size.isascii() and size.isdecimal()) or len(size) > 19 or not _DIGEST.fullmatch(digest):
        raise ValueError(f"this is no offer of a file: {offer[:40]!r}")
    if int(size) > max_size:
        raise ValueError(f"file of {size} bytes is longer than the maximum of {max_size}")
    return int(size), digest, safe_filename(name)


def _is_stored(folder: OpenFolder, name: str, size: int, digest: str) -> bool:
    """Return whether the file is there already; then it is on the disk, too, and nothing is left of it as a part.

    Who put it there may have been killed before that.
    """
    try:
        file = open_plain(folder, name)
    except OSError:  # not there, or no file
        return False
    with file:
        if os.fstat(file.fileno()).st_size != size or _sha256(file).hexdigest() != digest:
            return False
        if os.name != "nt":  # where a file that is opened to read cannot be synced
            sync(file)
    folder.sync()
    with suppress(OSError):  # another has it open, or there is none
        remove_unlocked(folder, _part_name(name, digest))
    return True


def _part_name(name: str, digest: str) -> str:
    return f".{name}.{digest[:16]}.part"


def _begin(folder: OpenFolder, name: str, digest: str, overwrite: bool) -> Replacement:
    try:
        return Replacement(name, folder=folder, overwrite=overwrite, part=Part(_part_name(name, digest)))
    except FileExistsError:
        raise FileExistsError(f"{name} exists already") from None
    except BlockingIOError:
        raise BlockingIOError(f"{name} is being received by another connection") from None


def _store(sock: socket.socket, new: Replacement, size: int, digest: str, progress: _Progress | None,
           timeout: float | None) -> None:
    """Receive what is missing of a file, and put it in its place; what does not match its checksum is thrown away."""
    if os.fstat(new.file.fileno()).st_size > size:
        new.file.truncate(0)
    hasher = _sha256(new.file)
    done = new.file.tell()
    send_frame(sock, f"FROM {done}".encode(), timeout=timeout)
    while done < size:
        with Deadline(sock, timeout) as deadline:
            data = deadline.recv(min(_BLOCK, size - done))
        if not data:
            raise EOFError(f"got {done} of {size} bytes of {os.path.basename(new.path)}")
        new.write(data)
        hasher.update(data)
        done += len(data)
        if progress is not None:
            progress(done, size)
    if hasher.hexdigest() != digest:
        new.discard()
        raise ValueError(f"{os.path.basename(new.path)} does not match its checksum")
    try:
        new.commit()
    except FileExistsError:  # another was faster: there is nothing to go on with
        new.discard()
        raise FileExistsError(f"{os.path.basename(new.path)} exists already") from None


def _sha256(file: IO[bytes]) -> Any:  # hashlib's class has no public name before 3.12
    """Return the hash of the file from its start, and leave it at its end."""
    hasher = hashlib.sha256()
    file.seek(0)
    while block := file.read(_BLOCK):
        hasher.update(block)
    return hasher
