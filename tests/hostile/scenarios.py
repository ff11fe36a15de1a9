"""What is tried with faults: each promise of `files`, of framed messages and of file transfer."""
from __future__ import annotations

import os
import shutil
from pathlib import Path

from netio import files
from netio.concurrency.pools.folders import copy_folder
from netio.files.locking import Part, Unchanged
from netio.files.replacing import commit_all
from netio.files.sweeping import is_unfinished

from .faults import Scenario

OLD, NEW = b"old contents\n" * 40, b"the new contents\n" * 50


class Replace(Scenario):
    """A file is the old one or the new one, whole; a success means the new one; nothing else lies beside it."""

    errors = (OSError,)
    old = OLD
    allowed = ()

    def prepare(self, folder):
        Path(folder, "file").write_bytes(self.old)
        os.chmod(Path(folder, "file"), 0o640)
        Path(folder, "source").write_bytes(NEW)

    def run(self, folder, driver):
        files.replace_file(Path(folder, "file"), NEW)

    def check(self, folder, error):
        path = Path(folder, "file")
        found = path.read_bytes() if path.exists() else None
        assert found in (self.old, NEW), f"a mixture: {found[:60]!r}"
        assert error is not None or found == NEW, "a success, and the old contents"
        if isinstance(error, files.UnsyncedError):
            assert found == NEW, "said to be in place"
        elif error is not None:
            assert found == self.old, f"new, and yet {error!r}"
        if found is not None and self.old is not None:
            refused = self.fault.startswith("chmod:EPERM")  # as a file system without permissions does
            assert path.stat().st_mode & 0o777 == (0o600 if refused else 0o640)
        self.check_beside(folder, error)

    def check_beside(self, folder, error):
        beside = set(os.listdir(folder)) - {"file", "source", *self.allowed}
        if self.fault.startswith("unlink:"):  # what cannot be removed stays, hidden
            beside = {name for name in beside if not name.endswith(".tmp")}
        assert not beside, f"left beside it: {beside}"

    def check_killed(self, folder):
        path = Path(folder, "file")
        assert (path.read_bytes() if path.exists() else None) in (self.old, NEW)
        for name in set(os.listdir(folder)) - {"file", "source", *self.allowed}:
            assert is_unfinished(name), name
        files.sweeping.sweep_unfinished(folder)
        assert not set(os.listdir(folder)) - {"file", "source", *self.allowed}
        self.run(folder, None)
        assert path.read_bytes() == NEW


class ReplaceWithin(Replace):
    def run(self, folder, driver):
        with files.open_replacement(Path(folder, "file"), "w") as file:
            file.write(NEW.decode())


class ReplaceExpected(Replace):
    def run(self, folder, driver):
        path = Path(folder, "file")
        with files.Replacement(path, only_if=Unchanged(os.stat(path))) as new:
            new.write(NEW)
            new.commit()


class CreateNew(Replace):
    old = None

    def prepare(self, folder):
        Path(folder, "source").write_bytes(NEW)

    def run(self, folder, driver):
        with files.Replacement(Path(folder, "file"), overwrite=False) as new:
            new.write(NEW)
            new.commit()

    def check_killed(self, folder):
        if Path(folder, "file").exists():
            assert Path(folder, "file").read_bytes() == NEW
        else:
            super().check_killed(folder)


class ReplacePart(Replace):
    """Written under a name that stays: the next one finds what came, and goes on."""

    allowed = ("file.part",)

    def run(self, folder, driver):
        with files.Replacement(Path(folder, "file"), part=Part("file.part")) as new:
            if os.fstat(new.file.fileno()).st_size > len(NEW):
                new.file.truncate(0)
            done = new.file.seek(0, os.SEEK_END)
            new.write(NEW[done:])
            new.commit()


class Copy(Replace):
    errors = (OSError, ValueError)  # `verify` reads again, and may be given less
    options: dict = {}

    def prepare(self, folder):
        super().prepare(folder)
        os.chmod(Path(folder, "source"), 0o640)

    def run(self, folder, driver):
        assert files.copy_file(Path(folder, "source"), Path(folder, "file"), **self.options) == len(NEW)


class CopyChecked(Copy):
    options = {"verify": True}


class CopyResumed(Copy):
    options = {"resume": True}
    allowed = ("file.part",)


class CopyParts(Copy):
    def run(self, folder, driver):
        files.copy_in_parts(Path(folder, "source"), Path(folder, "file"), 3)


class Append(Scenario):
    """A log keeps whole lines: those that were reported stored, all of them, and no piece of another."""

    def prepare(self, folder):
        Path(folder, "log").write_bytes(b"first\n")

    def run(self, folder, driver):
        self.stored = [b"first"]
        try:
            with files.DurableLog(Path(folder, "log")) as log:
                for line in (b"second line", b"third line"):
                    log.append(line)
                    self.stored.append(line)
        finally:
            if driver is not None:
                driver.disarm()

    def check(self, folder, error):
        lines = Path(folder, "log").read_bytes().split(b"\n")
        assert lines.pop() == b"", "a piece of a line"
        assert lines == self.stored, (lines, self.stored, error)

    def check_killed(self, folder):
        lines = Path(folder, "log").read_bytes().split(b"\n")
        torn = lines.pop()
        whole = [b"first", b"second line", b"third line"]
        assert lines == whole[:len(lines)] and (whole + [b""])[len(lines)].startswith(torn)
        with files.DurableLog(Path(folder, "log")) as log:
            assert log.mended == torn
            log.append("after")
        assert Path(folder, "log").read_bytes().endswith(b"\nafter\n")


class AppendOne(Append):
    def run(self, folder, driver):
        self.stored = [b"first"]
        files.append_line(Path(folder, "log"), "one more")
        self.stored.append(b"one more")

    def check_killed(self, folder):
        assert Path(folder, "log").read_bytes() in [(b"first\none more\n")[:size] for size in range(6, 16)]


class Split(Scenario):
    """The parts of a list are whole, of one split; after an error those of the earlier split are as they were."""

    def prepare(self, folder):
        for version, name in ((OLD, "film"), (NEW, "new")):
            Path(folder, name).write_bytes(version)
        files.split_file(Path(folder, "film"), 3)
        shutil.copyfile(Path(folder, "new"), Path(folder, "film"))

    def run(self, folder, driver):
        files.split_file(Path(folder, "film"), 3)

    def check(self, folder, error):
        names = {"film", "new", "film.001", "film.002", "film.003", "film.sha256"}
        beside = {name for name in os.listdir(folder) if name not in names}
        lasting = self.fault.startswith(("unlink:", "rename:")) and "+" in self.fault  # it cannot be put back, either
        if self.fault.startswith("unlink:") or lasting:
            beside = {name for name in beside if not is_unfinished(name)}
        assert not beside, f"left beside it: {beside}"
        found = self.joined(folder)
        done = error is None or isinstance(error, files.UnsyncedError)
        wanted = (NEW,) if done else (OLD, None) if lasting else (OLD,)
        assert found in wanted, (found and found[:20], error)

    @staticmethod
    def joined(folder):
        if not Path(folder, "film.sha256").exists():
            return None
        files.join_files(Path(folder, "film.sha256"), Path(folder, "joined"))
        return Path(folder, "joined").read_bytes()

    def check_interrupted(self, folder):
        assert self.joined(folder) in (OLD, NEW), "neither"
        self.check_killed(folder)

    def check_killed(self, folder):
        assert self.joined(folder) in (OLD, NEW, None)  # where there is a list, its parts are whole
        self.run(folder, None)
        assert self.joined(folder) == NEW
        left = [name for name in os.listdir(folder) if is_unfinished(name)]
        assert not left, f"not swept: {left}"


class Join(Replace):
    errors = (OSError, EOFError, ValueError)

    def prepare(self, folder):
        super().prepare(folder)
        files.split_file(Path(folder, "source"), 3)

    def run(self, folder, driver):
        files.join_files(Path(folder, "source.sha256"), Path(folder, "file"))

    allowed = ("source.001", "source.002", "source.003", "source.sha256")


class Several(Scenario):
    """commit_all: all of them or none."""

    names = ("a", "b", "c")

    def run(self, folder, driver):
        news = []
        try:
            for name in self.names:
                news.append(files.Replacement(Path(folder, name), overwrite=False))
                news[-1].write(NEW)
            commit_all(news)
        finally:
            for new in news:
                new.close()

    def check(self, folder, error):
        found = set(os.listdir(folder))
        if self.fault.startswith("unlink:"):
            found = {name for name in found if not name.endswith(".tmp")}
            assert found <= set(self.names)
        elif error is None or isinstance(error, files.UnsyncedError):
            assert found == set(self.names), found
        else:
            assert not found, found

    def check_interrupted(self, folder):
        assert {name for name in os.listdir(folder) if not is_unfinished(name)} in (set(), set(self.names))

    def check_killed(self, folder):
        for name in os.listdir(folder):
            assert is_unfinished(name) or Path(folder, name).read_bytes() == NEW
        files.sweeping.sweep_unfinished(folder)
        assert set(os.listdir(folder)) <= set(self.names)


class CopyFolder(Scenario):
    """What is replaced is old or new, whole; a success means all of it."""

    errors = (OSError, RuntimeError)  # can't start new thread

    def prepare(self, folder):
        for place, contents in (("from", NEW), ("to", OLD)):
            os.makedirs(Path(folder, place, "inner"))
            Path(folder, place, "inner", "file").write_bytes(contents)
        os.makedirs(Path(folder, "from", "other"))
        Path(folder, "from", "other", "more").write_bytes(NEW)
        os.symlink("more", Path(folder, "from", "other", "link"))

    def run(self, folder, driver):
        copy_folder(Path(folder, "from"), Path(folder, "to"))

    def check(self, folder, error):
        self.check_whole(folder)
        there = Path(folder, "to")
        if error is None:
            assert Path(there, "inner", "file").read_bytes() == Path(there, "other", "more").read_bytes() == NEW
            assert os.readlink(Path(there, "other", "link")) == "more"
        if not self.fault.startswith("unlink:"):
            assert not [path for path in there.rglob("*") if is_unfinished(path.name)]

    def check_whole(self, folder):
        assert Path(folder, "to", "inner", "file").read_bytes() in (OLD, NEW), "a mixture"
        more = Path(folder, "to", "other", "more")
        assert not more.exists() or more.read_bytes() == NEW, "half"

    def check_killed(self, folder):
        self.check_whole(folder)
        self.run(folder, None)
        self.fault = ""
        self.check(folder, None)


class CopySparse(Copy):
    def run(self, folder, driver):
        files.copy_sparse(Path(folder, "source"), Path(folder, "file"))


class MakeSparse(Scenario):
    def run(self, folder, driver):
        files.make_sparse(Path(folder, "hole"), 100_000)

    def check(self, folder, error):
        left = os.listdir(folder)
        if error is None:
            assert Path(folder, "hole").stat().st_size == 100_000
        elif not self.fault.startswith(("unlink:", "close:")):
            assert not left, left

    def check_killed(self, folder):
        """It is empty, or as long as it should be."""


ALL = {
    "replace_file": Replace, "open_replacement": ReplaceWithin, "replace_expected": ReplaceExpected,
    "create_new": CreateNew, "replacement_part": ReplacePart, "copy_file": Copy, "copy_verified": CopyChecked,
    "copy_resumed": CopyResumed, "copy_in_parts": CopyParts, "durable_log": Append, "append_line": AppendOne,
    "split_file": Split, "join_files": Join, "commit_all": Several, "copy_folder": CopyFolder,
    "copy_sparse": CopySparse, "make_sparse": MakeSparse,
}
