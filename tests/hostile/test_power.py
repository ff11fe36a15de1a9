"""What is promised to be on the disk: each sentence of a docstring that says so is proved by a scenario.

Power failures are replayed from a record of system calls: see power.py.
"""
from __future__ import annotations

import functools
import importlib
import inspect
import pkgutil
import re

import pytest

import netio

from .faults import drive
from .power_scenarios import ALL

# What the disk sees, in order, for a file that comes whole or not at all; the docstring of `files.replacing` names it.
WHOLE = ["write", "sync", "rename", "sync folder"]
LINES = ["sync folder", "write", "sync"]
# Which sentence promises what, in which order that is done, and which scenarios prove it.
PROMISES = {
    "files.replacing": ("waiting until its bytes are on the disk (`fsync`) and renaming it", WHOLE,
                        ["replace_file", "replace_expected", "create_new"]),
    "files.replacing.Replacement": ("A new file that takes the place of `path` at `commit`", WHOLE,
                                    ["replacement_part", "create_new"]),
    "files.replacing.Replacement.sync": ("Bring what was written to the disk", WHOLE, ["copy_verified"]),
    "files.replacing.replace_file": ("whenever a crash comes, the old or the new contents are there, whole", WHOLE,
                                     ["replace_file"]),
    "files.replacing.open_replacement": ("takes the place of `path` when the `with` block ends well", WHOLE,
                                         ["open_replacement"]),
    "files.replacing.rename_over": ("wait until that is on the disk", ["rename", "sync folder"], ["rename_over"]),
    "files.replacing.commit_all": ("A crash may leave a part of them", WHOLE, ["commit_all"]),
    "files.copying.copy_file": ("`target` appears when all of it is there", WHOLE,
                                ["copy_file", "copy_verified", "copy_resumed"]),
    "files.sparse.copy_sparse": ("the target appears whole", WHOLE, ["copy_sparse"]),
    "files.parts.copy_in_parts": ("The target appears when all parts are there", WHOLE, ["copy_in_parts"]),
    "files.parts.join_files": ("`target` appears when the checksums of all are right", WHOLE, ["join_files"]),
    "files.parts.split_file": ("It is written last: where it is, the parts are whole", ["rename", "sync folder"] * 4,
                               ["split_file"]),
    "files.durable.DurableLog": ("each on the disk before `append` returns", LINES, ["durable_log"]),
    "files.durable.append_line": ("return its offset when it is on the disk", LINES, ["append_line"]),
    "files.timelog.log_time": ("yield each when it is on the disk", LINES, ["log_time"]),
    "files.syncing.sync": ("Wait until all that was written to an open file is on the disk", ["write", "sync"],
                           ["sync"]),
    "files.syncing.sync_folder": ("Wait until the names in a folder, given by its path or descriptor, are on the disk",
                                  ["sync folder"], ["sync"]),
    "files.folders.OpenFolder.sync": ("Wait until the names are on the disk", ["sync folder"], ["replace_file"]),
    "concurrency.pools.folders.copy_folder": ("a crash leaves the old or the new one, whole", WHOLE, ["copy_folder"]),
    "tcp.transfer": ("nothing bears the file's name before all of it is there, checked, and on the disk", WHOLE,
                     ["receive_file"]),
    "tcp.transfer.send_file": ("When this returns, the file is on the peer's disk", WHOLE, ["receive_file"]),
    "tcp.transfer.receive_file": ("When this returns, the file is on the disk", ["sync", "sync folder"],
                                  ["receive_file", "receive_file_again"]),
    "ftp.client.download": ("There is nothing at `path` before all of it is here and on the disk", WHOLE, ["download"]),
    "ftp.client.upload": ("its file is on its disk when this returns", WHOLE, ["stor", "stor_new", "appe"]),
    "ftp.course.CourseClient.put": ("when the server has it on its disk", WHOLE, ["course_put"]),
    "ftp.folder.Folder.rename": ("wait until that is on the disk", ["rename", "sync folder"], ["ftp_rename"]),
    "ftp.folder.Upload.sync": ("Wait until all is on the disk", WHOLE, ["stor", "stor_new", "appe"]),
    "ftp.transfers.StorTransfer.sync": ("Bring the upload to the disk", WHOLE, ["stor", "stor_new"]),
    "ftp.transfers.StorTransfer.store": ("Give the upload, which is on the disk by now, its name, and wait", WHOLE,
                                         ["stor", "stor_new"]),
    "http.static.folder.StaticFiles": ("What is answered as stored is on the disk", WHOLE,
                                       ["put", "put_thread", "put_new", "post_form"]),
    "check.command.write_text": ("whenever a crash comes, it is the old or the new one", WHOLE, ["check_fix"]),
}
# What promises nothing to store, though its docstring speaks of disks or crashes.
OTHERS = {
    "concurrency.processes.status.describe_exit", "events.logs.SafeLog", "files.facts.FileFacts",
    "files.replacing.UnsyncedError", "files.locking.Part", "files.locking.written_since_boot",
    "http.sending.plain_file", "http.static.folder.StaticFiles.blocks", "tcp.sockets.abort",
    "files.durable.DurableLog.append", "files.durable.DurableLog.close",
}
SPEAKS = re.compile(r"\bon (the|its|their) (\S+'s )?disk|to the disk|\bsynced\b|\batomic|\bcrash(es)?\b|power failure")


@functools.lru_cache(maxsize=None)
def replayed():
    return drive(module="power")


def documented():
    """Yield (name, docstring) of all that is public."""
    for module in pkgutil.walk_packages(netio.__path__, "netio."):
        if module.name.split(".")[1] in ("__main__", "reference", "pictures", "tour"):
            continue
        for name, value in vars(importlib.import_module(module.name)).items():
            if not name.startswith("_") and getattr(value, "__module__", "") == module.name and value.__doc__:
                yield f"{module.name[6:]}.{name}", value.__doc__
                members = vars(value).items() if inspect.isclass(value) else ()
                yield from ((f"{module.name[6:]}.{name}.{member}", inner.__doc__) for member, inner in members
                            if not member.startswith("_") and getattr(inner, "__doc__", None))


def docstring_of(name):
    parts = name.split(".")
    for count in range(len(parts), 0, -1):
        try:
            found = importlib.import_module("netio." + ".".join(parts[:count]))
        except ImportError:
            continue
        for part in parts[count:]:
            found = getattr(found, part)
        return " ".join(found.__doc__.split())
    raise LookupError(name)


def within(steps, order):
    """Return whether the steps come in this order, others between them."""
    left = iter(order)
    return all(step in left for step in steps)


def test_whoever_speaks_of_the_disk_is_proved_or_promises_nothing():
    prose = ((name, re.sub(r"(?s)\n *>>>.*?(\n *\n|$)", "\n\n", text)) for name, text in documented())
    speakers = {name for name, text in prose if SPEAKS.search(" ".join(text.split()))}
    assert speakers - set(PROMISES) - OTHERS == set()


@pytest.mark.parametrize("name", PROMISES)
def test_what_a_docstring_promises_survives_a_power_failure_at_any_moment(name):
    sentence, steps, scenarios = PROMISES[name]
    assert sentence in docstring_of(name)
    for scenario in scenarios:
        found = replayed()[scenario]
        assert found["states"] > 3 and not found["wrong"]
        assert within(steps, found["order"]) or scenario == "receive_file_again", found["order"]


def test_every_scenario_proves_a_promise():
    assert set(ALL) == {each for _, _, scenarios in PROMISES.values() for each in scenarios}
