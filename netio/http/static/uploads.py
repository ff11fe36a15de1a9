"""The files of a form: written beside their places under hidden names, and moved there once the form is whole.

So nobody ever reads half a file, and a form that breaks off or grows too large leaves what was there before. Each file
is brought to the disk and closed when its part ends: however many there are, one is open at a time. What says that they
are still wanted is one more file, empty and locked, whose name they bear: see `files.sweeping`.
"""
from __future__ import annotations

import os
from contextlib import ExitStack

from ...files.folders import OpenFolder
from ...files.locking import hold_unfinished
from ...files.names import is_windows_name
from ...files.replacing import Replacement, commit_all
from ..forms import Data, End, FormError, FormParser, Part
from .paths import CONTROLS

MAX_PARTS = 1000  # of one form


class FormFiles:
    """The files of a multipart/form-data body, saved in `folder` by `commit`: either all of them or none.

    >>> import tempfile
    >>> body = b'--x\\r\\nContent-Disposition: form-data; name="f"; filename="a.txt"\\r\\n\\r\\nhi\\r\\n--x--'
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     files = FormFiles(folder, b"x")
    ...     files.write(body), files.commit(), os.listdir(folder)
    (76, ['a.txt'], ['a.txt'])

    It is a body that a server may write to, in any pieces. Fields that are no files, and file fields left empty, are
    ignored; a form without a file is refused. A file that exists is never replaced: whether there is one is decided
    when the form is whole, in the step that would take its name.
    Raises: FormError for a broken body, a part that cannot be understood or a name that no file should have, and (413)
    for more than `max_parts` parts; FileExistsError, OSError.
    """

    blocks = True  # writing may wait for the disk

    def __init__(self, folder: str | os.PathLike[str] | OpenFolder, boundary: bytes,
                 max_parts: int = MAX_PARTS) -> None:
        self._folder = folder if isinstance(folder, OpenFolder) else OpenFolder(folder)
        self._owns_folder = folder is not self._folder
        self._parser, self._left = FormParser(boundary), max_parts
        self._files: dict[str, Replacement] = {}
        self._open: Replacement | None = None
        self._suffix, self._holding = "", ExitStack()
        self._empty = False  # a file field that was left empty, so that no data may follow

    def write(self, data: bytes) -> int:
        """Take some of the body."""
        for event in self._parser.feed(data):
            if isinstance(event, Part):
                self._left -= 1
                if self._left < 0:
                    raise FormError("too many parts", status=413)
                self._empty = event.filename == ""
                self._open = self._begin(event.filename) if event.filename else None
            elif isinstance(event, Data) and self._open is not None:
                self._open.write(event.data)
            elif isinstance(event, Data) and self._empty:
                raise FormError("a file without a name")
            elif isinstance(event, End) and self._open is not None:
                self._open.sync()
                self._open.file.close()
                self._open = None
        return len(data)

    def _begin(self, filename: str) -> Replacement:
        name = upload_name(filename)
        if name in self._files:
            raise FileExistsError(f"there is a {name!r} already")
        self._suffix = self._suffix or self._holding.enter_context(hold_unfinished(self._folder))
        try:
            self._files[name] = Replacement(name, overwrite=False, folder=self._folder, suffix=self._suffix)
        except FileExistsError:
            raise FileExistsError(f"there is a {name!r} already") from None
        return self._files[name]

    def commit(self) -> list[str]:
        """Put all files in their places; return their names."""
        if not self._parser.finished:
            raise FormError("a form that ends before its last boundary")
        if not self._files:
            raise FormError("a form without a file")
        try:
            commit_all(self._files.values())
        except FileExistsError as error:
            raise FileExistsError(f"there is a {error.filename2 or error.filename!r} already") from None
        self._holding.close()
        return list(self._files)

    def close(self) -> None:
        """Throw away what was not committed."""
        for file in self._files.values():
            file.close()
        self._holding.close()
        if self._owns_folder:
            self._folder.close()


def upload_name(filename: str) -> str:
    """Return the last name of a path as a client gave it, of whatever system; the name must be good on every system.

    >>> upload_name("C:\\\\photos\\\\cat.png"), upload_name("../../猫.png") == "猫.png"
    ('cat.png', True)

    Raises: FormError for a name that is hidden, a device, too long or empty, and for one with characters that would
    change how it is shown. See: files.safe_filename, which mends such a name.
    """
    name = filename.replace("\\", "/").rpartition("/")[2]
    good = is_windows_name(name) and name[0] != "." and name.translate(CONTROLS) == name
    if not good or len(name.encode("utf-8", "replace")) > 255:
        raise FormError(f"no name for a file: {name[:80]!r}")
    return name
