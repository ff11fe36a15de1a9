"""What is recorded and judged for power failures: each function that promises what is on the disk when it returns."""
from __future__ import annotations

import ftplib
import hashlib
import os
import socket
import threading
from pathlib import Path

from netio import files
from netio.check.command import write_text
from netio.concurrency.pools.folders import copy_folder
from netio.files.replacing import commit_all, rename_over
from netio.files.timelog import log_time
from netio.ftp import download
from netio.ftp.folder import Folder
from netio.ftp.course import CourseClient, serve_course

from . import scenarios, transfers
from .faults import Scenario
from .scenarios import NEW, OLD

FEW = b"the new contents\n" * 9  # of what is sent: short, as all states are built
MASK = os.umask(0o022)
os.umask(MASK)


class Whole:
    """A file is the old one or the new one, whole; a success means the new one, with the permission bits of it."""

    name, old, new, mode = "file", OLD, NEW, 0o640

    def check_power(self, found):
        contents = found.files.get(self.name)
        assert contents in (self.old, self.new), "a mixture"
        if "done" in found.promised:
            assert contents == self.new, "promised, and lost"
            assert found.modes[self.name] == self.mode, "the permission bits"

    def after_power(self, folder):
        self.check_killed(folder)


class Sent(Whole):
    """A file that a client sends to a server which runs in this process."""

    new, mode = FEW, 0o666 & ~MASK
    recoveries = 2

    def run(self, folder, driver):
        super().run(folder, driver)
        assert self.stored, "not stored"


def whole(base, kind=Whole, **facts):
    return type(base.__name__, (kind, base), facts)


class Appended(Scenario):
    """Each line that was reported stored is there, whole, and a torn one does not spoil the next."""

    before = [b"1, first"]

    def prepare(self, folder):
        if self.before:
            Path(folder, "log").write_bytes(b"1, first\n")

    def run(self, folder, driver):
        with files.DurableLog(Path(folder, "log")) as log:
            for line in ("2, second line", "3, third line"):
                log.append(line)
                driver.mark(line)

    def check_power(self, found):
        stored = self.before + [mark.encode() for mark in found.promised if mark != "done"]
        assert found.files.get("log", b"").split(b"\n")[:len(stored)] == stored, "a line is lost"

    def after_power(self, folder):
        path = Path(folder, "log")
        before = path.read_bytes() if path.exists() else b""
        with files.DurableLog(path) as log:
            torn = log.mended
            log.append("after")
        assert torn or b"\0" not in before, "not noticed"
        assert path.read_bytes() == before + b"\n" * bool(before and not before.endswith(b"\n")) + b"after\n"


class AppendedNew(Appended):
    """A log that was made: its name lasts, too."""

    before = []

    def run(self, folder, driver):
        files.append_line(Path(folder, "log"), "1, first")
        driver.mark("1, first")


class Timed(Appended):
    def run(self, folder, driver):
        for line in log_time(Path(folder, "log"), interval=0, count=2):
            driver.mark(line)


class Synced(Scenario):
    """`sync` stores what was written, `sync_folder` its name."""

    def run(self, folder, driver):
        with open(Path(folder, "file"), "wb") as file:
            file.write(NEW)
            files.sync(file)
            driver.mark("contents")
        files.syncing.sync_folder(folder)

    def check_power(self, found):
        assert "contents" not in found.promised or found.files.get("file", NEW) == NEW
        assert "done" not in found.promised or "file" in found.files

    def after_power(self, folder):
        """Nothing is left to go on with."""


class Split(scenarios.Split):
    """Where there is a list, its parts are whole, and of one split."""

    def check_power(self, found):
        listed = found.files.get("film.sha256")
        assert listed or "done" not in found.promised, "promised, and lost"
        if listed is None:
            return
        parts = []
        for line in listed.decode().splitlines():
            digest, name = line.split("  ")
            parts.append(found.files.get(name))
            assert parts[-1] is not None and hashlib.sha256(parts[-1]).hexdigest() == digest, f"not whole: {name}"
        assert b"".join(parts) in ((NEW,) if "done" in found.promised else (OLD, NEW)), "a mixture"
        if "done" in found.promised:
            modes = {name: mode for name, mode in found.modes.items() if name.startswith("film.")}
            assert set(modes.values()) == {0o666 & ~MASK}, f"the permission bits: {modes}"

    def after_power(self, folder):
        self.check_killed(folder)


class Several(Scenario):
    """Each of several files comes whole; all of them are there when `commit_all` returns."""

    def run(self, folder, driver):
        news = [files.Replacement(Path(folder, name), overwrite=False) for name in ("a", "b")]
        for new in news:
            new.write(FEW)
        commit_all(news)

    def check_power(self, found):
        for name in ("a", "b"):
            assert found.files.get(name, FEW) == FEW, "a mixture"
            assert "done" not in found.promised or name in found.files, "promised, and lost"

    def after_power(self, folder):
        for name in ("a", "b"):
            Path(folder, name).unlink(missing_ok=True)
        self.run(folder, None)


class Renamed(Scenario):
    """A file that is moved from one folder to another is never lost, and in its new place only when that is done."""

    def prepare(self, folder):
        os.makedirs(Path(folder, "there"))
        Path(folder, "source").write_bytes(NEW)
        Path(folder, "there", "file").write_bytes(OLD)

    def run(self, folder, driver):
        rename_over(Path(folder, "source"), Path(folder, "there", "file"))

    def check_power(self, found):
        target = found.files.get("there/file")
        assert target in (OLD, NEW), "lost"
        assert NEW in (target, found.files.get("source")), "the new one is lost"
        assert "done" not in found.promised or target == NEW and "source" not in found.files, "promised, and undone"

    def after_power(self, folder):
        if Path(folder, "source").exists():
            self.run(folder, None)


class RenamedByFTP(transfers.Stor):
    """RNFR and RNTO, from one folder to another."""

    prepare, check_power = Renamed.prepare, Renamed.check_power

    def connect_beside(self):
        return None

    def transfer(self, ftp):
        ftp.rename("source", "there/file")
        return "226"

    def after_power(self, folder):
        """It is only renamed."""


class CopiedFolder(Scenario):
    """What is replaced is old or new, whole; what is new is left to the system."""

    def prepare(self, folder):
        for place, contents in (("from", NEW), ("to", OLD)):
            os.makedirs(Path(folder, place))
            Path(folder, place, "file").write_bytes(contents)

    def run(self, folder, driver):
        copy_folder(Path(folder, "from"), Path(folder, "to"))

    def check_power(self, found):
        assert found.files.get("to/file") in (OLD, NEW), "a mixture"

    def after_power(self, folder):
        self.run(folder, None)
        assert Path(folder, "to", "file").read_bytes() == NEW


class Received(Sent, transfers.SendFile):
    """What the sender was told to be saved is on the disk."""

    name, old = "there/file", None

    def run(self, folder, driver):
        transfers.SendFile.run(self, folder, driver)
        assert isinstance(self.sent, int) and isinstance(self.saved, str), (self.sent, self.saved)


class ReceivedAgain(Received):
    """It was there already, put there by a program that was killed before it could wait for the disk."""

    def run(self, folder, driver):
        with files.Replacement(Path(folder, "there", "file"), durable=False) as new:
            new.write(FEW)
            new.commit()
        super().run(folder, driver)

    def check_power(self, found):
        if "done" in found.promised:
            super().check_power(found)

    def after_power(self, folder):
        """As any file that it did not write itself."""


class FormSent(transfers.PostForm):
    """Each file of a form comes whole, and all are there when it is answered."""

    new = FEW

    def check_power(self, found):
        for name, contents in (("file", FEW), ("second", transfers.SMALL)):
            assert found.files.get(name, contents) == contents, "a mixture"
            assert "done" not in found.promised or name in found.files, "promised, and lost"

    def after_power(self, folder):
        if not any(Path(folder, name).exists() for name in ("file", "second")):
            self.check_killed(folder)


class Canned(ftplib.FTP):
    """A server that sends one file, and can go on from where the client is."""

    def voidcmd(self, cmd):
        return {"SIZE": f"213 {len(FEW)}", "MDTM": "213 20010909014640"}.get(cmd[:4], "200 OK")

    def transfercmd(self, cmd, rest=None):
        here, there = socket.socketpair()
        there.sendall(FEW[rest or 0:])
        there.close()
        return here

    def voidresp(self):
        return "226 Sent"

    sendcmd = voidcmd


class Downloaded(scenarios.Replace):
    def run(self, folder, driver):
        download(Canned(), "file", Path(folder, "file"))

    def check_killed(self, folder):
        self.run(folder, None)
        assert Path(folder, "file").read_bytes() == FEW
        assert not [name for name in os.listdir(folder) if name.endswith(".part")]


class CoursePut(Scenario):
    """The course's own protocol: `put` returns when the server has it."""

    def prepare(self, folder):
        os.makedirs(Path(folder, "there"))
        Path(folder, "source").write_bytes(FEW)
        Path(folder, "there", "file").write_bytes(OLD)

    def run(self, folder, driver):
        ours, theirs = socket.socketpair()
        served = threading.Thread(target=serve_course, args=(theirs, None, Folder(Path(folder, "there"))))
        served.start()
        client = CourseClient(ours)
        client.put(Path(folder, "source"), "file")
        self.also(client, folder)
        if driver is not None:
            driver.mark("put")
        client.quit()
        served.join()

    def also(self, client, folder):
        """Do more with the session."""

    def check_power(self, found):
        contents = found.files.get("there/file")
        assert contents in (OLD, FEW), "a mixture"
        assert "put" not in found.promised or contents == FEW, "promised, and lost"

    def after_power(self, folder):
        self.run(folder, None)
        assert Path(folder, "there", "file").read_bytes() == FEW


class Mended(Scenario):
    """netio check --fix: the program is the old or the mended one."""

    old, new = b"while True\xef\xbc\x9a\n    break\n", b"while True:\n    break\n"

    def prepare(self, folder):
        Path(folder, "cats.py").write_bytes(self.old)

    def run(self, folder, driver):
        write_text(Path(folder, "cats.py"), self.new.decode())

    def check_power(self, found):
        contents = found.files.get("cats.py")
        assert contents in (self.old, self.new), "a mixture"
        assert "done" not in found.promised or contents == self.new

    def after_power(self, folder):
        self.run(folder, None)


ALL = {
    **{name: whole(base) for name, base in scenarios.ALL.items()
       if name not in ("create_new", "durable_log", "append_line", "split_file", "make_sparse")},
    "create_new": whole(scenarios.CreateNew, old=None, mode=0o666 & ~MASK),
    "durable_log": Appended, "append_line": AppendedNew, "log_time": Timed, "sync": Synced, "split_file": Split,
    "commit_all": Several, "rename_over": Renamed, "ftp_rename": RenamedByFTP, "copy_folder": CopiedFolder,
    "put": whole(transfers.Put, Sent), "put_thread": whole(transfers.ALL["put_thread"], Sent),
    "put_new": whole(transfers.PutNew, Sent, old=None), "post_form": FormSent,
    "stor": whole(transfers.Stor, Sent), "stor_new": whole(transfers.Stor, Sent, old=None),
    "appe": whole(transfers.Appe, Sent, new=OLD + FEW), "receive_file": Received, "receive_file_again": ReceivedAgain,
    "download": whole(Downloaded, new=FEW), "course_put": CoursePut, "check_fix": Mended,
}
