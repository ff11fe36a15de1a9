"""Send a file over a connection so that the other side has all of it or keeps what came, to go on later.

The sender offers size, SHA-256 and name in one frame. The receiver answers with the offset to begin at: 0, or what an
earlier attempt left, or the whole size if it has the file already. Then the bytes follow bare, by `sendfile` where
the system has it, so that they never pass through Python; at the end the receiver says that the file is saved.

At the receiver nothing bears the file's name before all of it is there, checked, and on the disk: it grows under a
hidden name in the same folder, and is moved by one rename. The peer's name for it is cut down to a plain name, never
a path.
"""
from __future__ import annotations

import os
import socket
import sys

from .frames import recv_frame, send_frame
from .reading import Deadline
from .sockets import close_gracefully

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO, Callable, NoReturn, Optional, Tuple, Union

    _Path = Union[str, "os.PathLike[str]"]
    _Progress = Callable[[int, int], object]

_BLOCK = 1 << 20  # bytes between two calls of `progress`
_MAX_OFFER = 4096  # bytes of a frame that says something
_FORBIDDEN = '<>:"|?*'  # in names on Windows
_DEVICES = {"con", "prn", "aux", "nul", *(f"{kind}{digit}" for kind in ("com", "lpt") for digit in "0123456789")}


def send_file(sock: socket.socket, path: _Path, *, name: Optional[str] = None, progress: Optional[_Progress] = None,
              timeout: Optional[float] = 30.0) -> int:
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
    file has become shorter meanwhile or the peer ends the talk; TimeoutError.
    Notes: TCP, 作业 (send a picture). Stdlib: `socket.sendfile` sends the bytes and says nothing about them.
    """
    name = os.path.basename(os.fspath(path)) if name is None else name
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        offer = f"FILE {size} {_sha256(file).hexdigest()} {name}".encode("utf-8", "surrogateescape")
        send_frame(sock, offer, timeout=timeout)
        start = int(_read_reply(sock, "FROM", timeout))
        _send_range(sock, file, start, size, progress, timeout)
    _read_reply(sock, "SAVED", timeout)
    return size - start


def receive_file(sock: socket.socket, folder: _Path, *, max_size: int = 1 << 32, overwrite: bool = False,
                 progress: Optional[_Progress] = None, timeout: Optional[float] = 30.0) -> Optional[str]:
    """Receive a file that the peer sends with `send_file` into `folder`; return its path, or None where no more come.

    A file of that name is left alone unless `overwrite` says otherwise; the same content again is no error. What
    came of a file before an error stays in `folder` as `.NAME.CHECKSUM.part`, and the next attempt goes on behind it.
    `timeout` is the longest silence in seconds.

    >>> left, right = socket.socketpair()
    >>> left.close()
    >>> with right:
    ...     receive_file(right, ".") is None
    True

    Raises: OSError where it cannot be stored (disk full, read-only folder); FileExistsError; ValueError for more
    than `max_size` bytes, an offer that is none, or content that does not match its checksum; EOFError where the
    peer leaves too early; BlockingIOError where another connection receives the same file just now; TimeoutError.
    The peer is told the reason, and `sock` is closed.
    Notes: TCP, 作业 (send a picture). Stdlib: none.
    """
    offer = recv_frame(sock, max_size=_MAX_OFFER, timeout=timeout)
    if offer is None:
        return None
    try:
        size, digest, name = _read_offer(offer, max_size)
        path = os.path.join(os.fspath(folder), name)
        if _has_content(path, size, digest):
            send_frame(sock, f"FROM {size}".encode(), timeout=timeout)
        elif os.path.lexists(path) and not overwrite:
            raise FileExistsError(f"{name} exists already")
        else:
            _store(sock, path, size, digest, progress, timeout)
    except (OSError, ValueError) as error:
        _refuse(sock, error)
        raise
    send_frame(sock, b"SAVED ", timeout=timeout)
    return path


def safe_name(name: str) -> str:
    """Return a plain file name made of what a peer calls its file: never a path, a device, hidden, or too long.

    >>> safe_name("../../etc/passwd"), safe_name("C:\\\\Windows\\\\win.ini"), safe_name("报告 2024.pdf")
    ('passwd', 'win.ini', '报告 2024.pdf')
    >>> safe_name(".."), safe_name("nul.txt"), safe_name("a\\0b?.txt "), safe_name(".bashrc")
    ('_', '_nul.txt', 'a_b_.txt', '_bashrc')

    It is right for every platform at once, so that a folder may move from one to another.
    Raises: nothing. Stdlib: `os.path.basename` knows the separators of its own platform only, and lets ".." pass.
    """
    name = name.replace("\\", "/").rpartition("/")[2]
    name = "".join("_" if char in _FORBIDDEN or not char.isprintable() else char for char in name).rstrip(". ")
    if not name or name[0] == "." or name.split(".")[0].rstrip().lower() in _DEVICES:
        name = "_" + name.lstrip(".")
    stem, dot, extension = name.rpartition(".")
    if len(name.encode()) > 200:  # a name has 255 bytes at most, and the partial file's is longer
        stem = (stem or extension).encode()[:160].decode(errors="ignore")
        name = stem + (dot + extension if dot and len(extension.encode()) <= 20 else "")
    return name


def _send_range(sock: socket.socket, file: BinaryIO, start: int, size: int, progress: Optional[_Progress],
                timeout: Optional[float]) -> None:
    file.seek(start)  # without os.sendfile, `sock.sendfile` takes offset 0 to mean "where the file stands"
    while start < size:
        with Deadline(sock, timeout):
            sock.settimeout(timeout)
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


def _read_reply(sock: socket.socket, word: str, timeout: Optional[float]) -> str:
    """Return what the receiver says behind `word`."""
    answer = recv_frame(sock, max_size=_MAX_OFFER, timeout=timeout)
    if answer is None:
        raise EOFError("the receiver closed the connection without a word")
    said, _, rest = answer.decode(errors="replace").partition(" ")
    if said != word:
        raise OSError(f"the receiver refused the file: {rest}")
    return rest


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


def _read_offer(offer: bytes, max_size: int) -> Tuple[int, str, str]:
    word, size, digest, name = (offer.decode(errors="replace").split(" ", 3) + [""] * 4)[:4]
    if word != "FILE" or not size.isdecimal() or len(size) > 19 or len(digest) != 64 or not digest.isalnum():
        raise ValueError(f"this is no offer of a file: {offer[:40]!r}")
    if int(size) > max_size:
        raise ValueError(f"file of {size} bytes is longer than the maximum of {max_size}")
    return int(size), digest, safe_name(name)


def _has_content(path: str, size: int, digest: str) -> bool:
    if not os.path.isfile(path) or os.path.getsize(path) != size:
        return False
    with open(path, "rb") as file:
        return bool(_sha256(file).hexdigest() == digest)


def _store(sock: socket.socket, path: str, size: int, digest: str, progress: Optional[_Progress],
           timeout: Optional[float]) -> None:
    folder, name = os.path.split(path)
    partial = os.path.join(folder, f".{name}.{digest[:16]}.part")
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
    with open(os.open(partial, flags, 0o666), "r+b") as file:
        _lock(file, name)
        if os.fstat(file.fileno()).st_size > size:
            file.truncate(0)
        hasher = _sha256(file)
        done = file.tell()
        send_frame(sock, f"FROM {done}".encode(), timeout=timeout)
        while done < size:
            with Deadline(sock, timeout) as deadline:
                data = deadline.recv(min(_BLOCK, size - done))
            if not data:
                raise EOFError(f"got {done} of {size} bytes of {name}")
            file.write(data)
            hasher.update(data)
            done += len(data)
            if progress is not None:
                progress(done, size)
        file.flush()
        os.fsync(file.fileno())
    if hasher.hexdigest() != digest:
        os.unlink(partial)
        raise ValueError(f"{name} does not match its checksum")
    os.replace(partial, path)
    _sync_folder(folder)


def _sha256(file: BinaryIO):  # type: ignore[no-untyped-def]  # hashlib's class has no public name before 3.12
    """Return the hash of the file from its start; the file then stands at its end."""
    import hashlib  # takes longer to load than all of netio.tcp

    hasher = hashlib.sha256()
    file.seek(0)
    while block := file.read(_BLOCK):
        hasher.update(block)
    return hasher


def _sync_folder(folder: str) -> None:
    """Make the rename itself durable; Windows cannot, and need not."""
    if hasattr(os, "O_DIRECTORY"):
        descriptor = os.open(folder or ".", os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


if sys.platform == "win32":
    def _lock(file: BinaryIO, name: str) -> None:
        """Keep other connections from the partial file until it is closed."""
        import msvcrt

        file.seek(1 << 40)  # a byte that nobody reads: a lock on Windows also keeps readers out
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            raise BlockingIOError(f"{name} is being received by another connection") from None
else:
    def _lock(file: BinaryIO, name: str) -> None:
        """Keep other connections from the partial file until it is closed."""
        import fcntl

        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise BlockingIOError(f"{name} is being received by another connection") from None
