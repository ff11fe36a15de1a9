"""Files that clients send: written beside their place under a hidden name, and moved there once they are whole.

So nobody ever reads half a file, and an upload that breaks off or grows too large leaves what was there before.
"""
from __future__ import annotations

import os
from ..forms import Data, FormError, FormParser, Part
from .paths import is_windows_name


class PartialFile:
    """A file being written beside `path`; `commit` puts it there in one step, leaving the `with` block without that
    removes it.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "a.txt")
    ...     with PartialFile(path) as partial:
    ...         _ = partial.write(b"hello")
    ...         before = os.path.exists(path)
    ...         _ = partial.commit()
    ...     before, os.listdir(folder)
    (False, ['a.txt'])

    It is a body that a server may write to. Raises: OSError, for example where the folder is missing or `path` is a
    folder. `os.replace` is what makes it atomic.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._partial = os.path.join(os.path.dirname(path), f".{os.urandom(8).hex()}.part")
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
        self._file = open(os.open(self._partial, flags, 0o666), "wb")
        self.write = self._file.write

    def commit(self) -> bool:
        """Flush to the disk and take the place of what is at `path`; return True where nothing was."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        new = not os.path.exists(self.path)
        os.replace(self._partial, self.path)
        return new

    def close(self) -> None:
        """Throw away what was written, unless it has been committed."""
        try:
            self._file.close()
        finally:
            try:
                os.unlink(self._partial)
            except FileNotFoundError:
                pass

    def __enter__(self) -> PartialFile:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()


class FormFiles:
    """The files of a multipart/form-data body, saved in `folder` by `commit`: either all of them or none.

    >>> import tempfile
    >>> body = b'--x\\r\\nContent-Disposition: form-data; name="f"; filename="a.txt"\\r\\n\\r\\nhi\\r\\n--x--'
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     files = FormFiles(folder, b"x")
    ...     files.write(body), files.commit(), os.listdir(folder)
    (76, ['a.txt'], ['a.txt'])

    It is a body that a server may write to, in any pieces. Fields that are no files, and file fields left empty, are
    ignored; a file that exists is never replaced.
    Raises: FormError for a broken body or a name that no file should have, FileExistsError, OSError.
    """

    def __init__(self, folder: str, boundary: bytes) -> None:
        self._folder, self._parser = folder, FormParser(boundary)
        self._files: list[PartialFile] = []
        self._wanted = False

    def write(self, data: bytes) -> int:
        """Take some of the body."""
        for event in self._parser.feed(data):
            if isinstance(event, Part):
                self._wanted = bool(event.filename)
                if event.filename:
                    self._files.append(self._begin(event.filename))
            elif isinstance(event, Data) and self._wanted:
                self._files[-1].write(event.data)
        return len(data)

    def _begin(self, filename: str) -> PartialFile:
        name = safe_filename(filename)
        path = os.path.join(self._folder, name)
        if os.path.lexists(path) or any(path == file.path for file in self._files):
            raise FileExistsError(f"there is a {name!r} already")
        return PartialFile(path)

    def commit(self) -> list[str]:
        """Put all files in their places; return their names."""
        if not self._parser.finished:
            raise FormError("a form that ends before its last boundary")
        for file in self._files:
            file.commit()
        return [os.path.basename(file.path) for file in self._files]

    def close(self) -> None:
        """Throw away what was not committed."""
        for file in self._files:
            file.close()


def safe_filename(filename: str) -> str:
    """Return the last name of a path as a client gave it, of whatever system; the name must be good on every system.

    >>> safe_filename("C:\\\\photos\\\\cat.png"), safe_filename("../../猫.png") == "猫.png"
    ('cat.png', True)

    Raises: FormError for a name that is hidden, a device, too long or empty.
    """
    name = filename.replace("\\", "/").rpartition("/")[2]
    if not name or name[0] == "." or not is_windows_name(name) or len(name.encode("utf-8", "replace")) > 255:
        raise FormError(f"no name for a file: {name[:80]!r}")
    return name
