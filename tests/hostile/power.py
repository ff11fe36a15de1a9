"""What a power failure could leave of files: rebuilt from a record of what was done to them, as by ALICE, CrashMonkey.

The shim records each write with the contents that it made, each sync, and each change of names. For a failure after
each of them, all states are built that POSIX lets a file system leave, and each is judged:

- Contents that were not synced may be there, or not, or in part: cut off, or with zeros in place of what is missing.
- Names of a folder that was not synced may have changed, each on its own, in any order. A rename is one change; one
  between two folders may leave both names, but never none.

    python3 -m tests.hostile.power                  all scenarios
    python3 -m tests.hostile.power files.replace_file
"""
from __future__ import annotations

import itertools
import json
import os
import shutil
import sys
import traceback
from pathlib import Path

from .faults import Driver

MOST_AT_ONCE = 6  # changes of names of which every choice is tried; of more, each alone, all but each, the first ones


class Inode:
    """A file whatever its names: its contents and permission bits on the disk, and those that it has had since."""

    def __init__(self, contents=b"", mode=0o600):
        self.contents, self.mode = [contents], [mode]

    def sync(self):
        del self.contents[:-1], self.mode[:-1]

    def choices(self):
        """Return the contents that may be found: the first is what is on the disk, the last what was written last."""
        found = [self.contents[0]]
        for old, new in zip(self.contents, self.contents[1:]):
            found += [torn for torn in tear(old, new) if torn not in found] + [new]
        return found


def tear(old, new):
    """Return what may be on the disk of the step from one content to the next."""
    same = len(os.path.commonprefix([old, new]))
    half = same + (len(new) - same) // 2
    if len(new) <= len(old):
        return [new[:half] + old[half:]]
    grown = old + bytes(len(new) - len(old))
    return [new[:half], grown, grown[:half] + new[half:]]


class Disk:
    """The files below a folder, by their paths, with what is on the disk and what is not yet."""

    def __init__(self, folder):
        self.folder = os.path.realpath(folder)
        self.stored, self.pending, self.by_number, self.folders = {}, [], {}, []
        for place, _, names in os.walk(self.folder):
            self.folders.append(os.path.relpath(place, self.folder))
            for name in names:
                path = os.path.join(place, name)
                found = os.stat(path)
                inode = Inode(Path(path).read_bytes(), found.st_mode & 0o777)
                self.stored[path] = self.by_number[found.st_ino] = inode

    def names(self, changes=None):
        names = dict(self.stored)
        for change in self.pending if changes is None else changes:
            change.apply(names)
        return names

    def take(self, line):
        """Do what a line of the record says; return the step as the order of steps shows it, or None."""
        call, _, rest = line[1:].partition(" ")
        if call == "folder":
            for change in self.pending:
                change.folders.discard(rest)
            while settled := [change for change in self.pending if not change.folders]:
                settled[0].apply(self.stored)
                self.pending.remove(settled[0])
            return "sync folder"
        number, _, rest = rest.partition(" ")
        inode = self.by_number.get(int(number))
        if call in ("data", "sync", "mode"):
            return inode and getattr(self, "_" + call)(inode, rest)
        first, _, second = rest.partition(" ")
        if not first.startswith(self.folder):
            return None
        if call == "open":
            if first not in self.names():
                self.by_number[int(number)] = Inode()
                self.pending.append(Change({os.path.dirname(first)}, add=(first, self.by_number[int(number)])))
            return None
        return self._rename(call, first, second)

    def _rename(self, call, first, second):
        moved = self.names().get(first)
        if moved is None:
            return None
        if call == "unlink":
            self.pending.append(Change({os.path.dirname(first)}, remove=(first, moved)))
            return None
        add, folders = (second, moved), {os.path.dirname(second)}
        if call == "link" or os.path.dirname(first) not in folders:
            self.pending.append(Change(folders, add=add))
            if call == "rename":
                self.pending.append(Change({os.path.dirname(first)}, remove=(first, moved), after=self.pending[-1]))
        else:
            self.pending.append(Change(folders, add=add, remove=(first, moved)))
        return "rename"

    @staticmethod
    def _data(inode, contents):
        inode.contents.append(bytes.fromhex(contents))
        return "write"

    @staticmethod
    def _mode(inode, mode):
        inode.mode.append(int(mode, 8) & 0o777)

    @staticmethod
    def _sync(inode, _):
        inode.sync()
        return "sync"

    def states(self):
        """Yield what may be found after a power failure now: {path: (contents, mode)}."""
        for changes in self._choose():
            names = self.names(changes)
            yield {path: (inode.contents[0], inode.mode[0]) for path, inode in names.items()}
            yield {path: (inode.contents[-1], inode.mode[-1]) for path, inode in names.items()}
            for varied in names.values():
                for contents in varied.choices():
                    yield {path: (contents if inode is varied else inode.contents[-1], inode.mode[-1])
                           for path, inode in names.items()}

    def _choose(self):
        pending = self.pending
        if len(pending) <= MOST_AT_ONCE:
            chosen = [itertools.compress(pending, bits) for bits in itertools.product((0, 1), repeat=len(pending))]
        else:
            each = [[change] for change in pending]
            but = [[other for other in pending if other is not change] for change in pending]
            chosen = each + but + [pending[:count] for count in range(len(pending) + 1)]
        for some in map(list, chosen):
            if all(change.after is None or change.after in some or change.after not in pending for change in some):
                yield some


class Change:
    """A change of names that no sync has stored yet: in which folders, which name comes and which goes."""

    def __init__(self, folders, add=None, remove=None, after=None):
        self.folders, self.add, self.remove, self.after = set(folders), add, remove, after

    def apply(self, names):
        if self.remove and names.get(self.remove[0]) is self.remove[1]:
            del names[self.remove[0]]
        if self.add:
            names[self.add[0]] = self.add[1]


class Found:
    """What is found after a power failure: `files` and `modes` by their paths below the folder, what was promised."""

    def __init__(self, disk, state, marks):
        self.folders = disk.folders
        short = {os.path.relpath(path, disk.folder): found for path, found in state.items()}
        self.files = {path: contents for path, (contents, _) in short.items()}
        self.modes = {path: mode for path, (_, mode) in short.items()}
        self.promised = list(marks)

    def restore(self, folder):
        """Put it into an empty folder, with what folders there were."""
        for name in self.folders:
            Path(folder, name).mkdir(parents=True, exist_ok=True)
        for name, contents in self.files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(contents)
            path.chmod(self.modes[name])
            os.utime(path, (1e9, 1e9))  # before the system was started


class Recorder:
    """Runs a scenario once, and judges what each power failure on the way could leave."""

    def __init__(self, scenario):
        self.scenario, self.driver = scenario, Driver(scenario)
        self.states, self.wrong, self.order = 0, [], []

    def run(self):
        folder = self.driver._folder()
        self.scenario.prepare(folder)
        self.scenario.start(folder, self.driver)
        disk = Disk(folder)
        self.driver.record(True)
        self.driver.arm("*:none:1")
        try:
            self.scenario.run(folder, self.driver)
            self.driver.mark("done")
        finally:
            self.driver.disarm()
            self.driver.record(False)
        lines = [line for line in self.driver.trace() if line.startswith("@")]
        self.scenario.finish()
        shutil.rmtree(folder)
        self.judge(disk, lines)

    def judge(self, disk, lines):
        seen, found, marks = set(), [], []
        for line in ["", *lines]:
            if line.startswith("@mark"):
                marks.append(line[6:])
            elif line:
                step = disk.take(line)
                self.order += [step] if step and self.order[-1:] != [step] else []
            for state in disk.states():
                key = (tuple(sorted(state.items())), len(marks))
                if key not in seen:
                    seen.add(key)
                    found.append(Found(disk, state, marks))
                    self.look(found[-1], line)
        self.states = len(found)
        for each in found[:: len(found) // self.scenario.recoveries + 1]:
            self.recover(each)

    def look(self, found, line):
        try:
            self.scenario.check_power(found)
        except AssertionError as error:
            shown = {name: (contents[:40], oct(found.modes[name])) for name, contents in found.files.items()}
            self.wrong.append(f"after {line[:60]!r}, promised {found.promised}: {error}; {shown}")

    def recover(self, found):
        """What the next start finds is good to go on with."""
        folder = self.driver._folder()
        try:
            found.restore(folder)
            self.scenario.after_power(folder)
        except BaseException:
            self.wrong.append(f"the next start, of {sorted(found.files)}: {traceback.format_exc()}")
        finally:
            shutil.rmtree(folder)


def main(*names):
    from .power_scenarios import ALL

    said = {}
    for name in names or ALL:
        recorder = Recorder(ALL[name]())
        recorder.run()
        said[name] = {"states": recorder.states, "wrong": recorder.wrong[:5], "order": recorder.order}
        for text in recorder.wrong[:5]:
            print(f"{name} {text}")
    print(json.dumps(said))
    sys.stdout.flush()
    os._exit(any(found["wrong"] for found in said.values()))


if __name__ == "__main__":
    main(*sys.argv[1:])
