"""Disks that are full and folders that refuse, for the tests of this chapter."""
from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
from pathlib import Path

import pytest


@pytest.fixture
def full_disk():
    """Return a context in which no file may grow beyond so many bytes: `with full_disk(100): ...` (OSError, EFBIG)."""
    resource = pytest.importorskip("resource", reason="Windows has no limit of file sizes")

    @contextlib.contextmanager
    def limit(size):
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    return limit


@pytest.fixture
def tiny_disk(tmp_path):
    """A folder on a real disk of 256 KiB (tmpfs), where this may be mounted: ENOSPC for real."""
    place = tmp_path / "tiny"
    place.mkdir()
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("only root mounts")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(place)], capture_output=True)
    if mounted.returncode:
        pytest.skip(f"no tmpfs here: {mounted.stderr!r}")
    yield place
    subprocess.run(["umount", str(place)], check=True)


@pytest.fixture
def read_only_folder():
    """A folder with a file `old` (b"old") in which nothing can be made; root steps down for the test."""
    if not hasattr(os, "geteuid"):
        pytest.skip("folders of Windows have other permissions")
    with tempfile.TemporaryDirectory() as place:
        os.chmod(place, 0o755)
        folder = Path(place, "read-only")
        folder.mkdir()
        Path(folder, "old").write_bytes(b"old")
        folder.chmod(0o555)
        former = os.geteuid()
        if former == 0:
            os.seteuid(65534)
        try:
            yield folder
        finally:
            os.seteuid(former)
            folder.chmod(0o755)


@pytest.fixture
def sample(tmp_path):
    """Return a function that writes bytes to a new file and returns its path."""

    def write(data, name="sample"):
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write
