"""What killed programs have left is removed; what living ones write is not, of whatever process or name."""
from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from netio.files import Replacement
from netio.files.folders import OpenFolder
from netio.files.locking import create_locked, hold_unfinished
from netio.files.sweeping import is_unfinished, sweep_tree, sweep_unfinished

CHECKOUT = Path(__file__).resolve().parent.parent.parent
WRITER = """
import os, sys
from netio.files import Replacement
from netio.files.folders import OpenFolder
from netio.files.locking import create_locked, hold_unfinished
with Replacement(sys.argv[1]) as new, OpenFolder(sys.argv[2]) as folder, hold_unfinished(folder) as suffix:
    new.write(b"half")
    create_locked(folder, suffix)[1].close()
    if os.name != "nt":
        os.symlink(".", os.path.join(folder.path, ".0123456789abcdef" + suffix))
    print("written", flush=True)
    sys.stdin.read()
"""


def test_what_a_killed_process_leaves_is_swept_and_not_what_it_writes(tmp_path):
    inner = tmp_path / "inner"
    inner.mkdir()
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(inner / "file"), str(inner)], cwd=CHECKOUT,
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert writer.stdout.readline().strip() == b"written"
        made = 3 if os.name == "nt" else 4
        assert len(list(inner.iterdir())) == made and all(is_unfinished(path.name) for path in inner.iterdir())
        assert sweep_unfinished(inner) == sweep_tree(tmp_path) == 0
    finally:
        writer.kill()
        writer.communicate()
    assert sweep_tree(tmp_path) == made and not list(inner.iterdir())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_what_a_forked_child_holds_open_stays(tmp_path):
    with Replacement(tmp_path / "file") as new:
        reader, writer = os.pipe()
        pid = os.fork()
        if not pid:
            os.close(writer)
            os.read(reader, 1)
            os._exit(0)
        os.close(reader)
        new.file.close()  # without a word, as by a kill
        assert sweep_unfinished(tmp_path) == 0
        os.close(writer)
        os.waitpid(pid, 0)
        assert sweep_unfinished(tmp_path) == 1


@pytest.mark.skipif(os.name == "nt", reason="links need a right there")
def test_what_is_not_ours_is_left(tmp_path):
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    (tmp_path / ".0123456789abcdef.tmp").symlink_to(victim)
    (tmp_path / ".0123456789abcdef.part").mkdir()
    for name in (".0123456789abcde.tmp", ".0123456789abcdef.tmp.txt", "x.0123456789abcdef.tmp", ".env.tmp"):
        (tmp_path / name).write_bytes(b"")
    assert sweep_tree(tmp_path) == 0 and victim.read_bytes() == b"precious" and len(list(tmp_path.iterdir())) == 7


def test_a_file_that_is_swept_before_it_is_locked_is_made_again(tmp_path, monkeypatch):
    create, made = OpenFolder.create, []

    def create_and_sweep(folder, name):
        made.append(name)
        file = create(folder, name)
        if len(made) == 1 and os.name != "nt":
            assert sweep_unfinished(folder) == 1
        return file

    monkeypatch.setattr(OpenFolder, "create", create_and_sweep)
    with Replacement(tmp_path / "file") as new:
        new.write(b"whole")
        new.commit()
    assert (tmp_path / "file").read_bytes() == b"whole" and len(made) == 1 + (os.name != "nt")


def test_what_is_held_stays_until_the_block_ends(tmp_path):
    with OpenFolder(tmp_path) as folder, hold_unfinished(folder) as suffix:
        create_locked(folder, suffix)[1].close()
        assert sweep_unfinished(folder) == 0
    assert sweep_unfinished(tmp_path) == 1 and not list(tmp_path.iterdir())
