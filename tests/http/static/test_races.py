"""Another program on this machine swaps a folder for a link while requests come: nothing outside is read or written."""

from __future__ import annotations

import os
import threading

import pytest

from netio.files import Root

from .conftest import Asker
from .test_forms import encode

FORM = "multipart/form-data; boundary=BoUnD"


@pytest.mark.skipif(not Root.race_free, reason="this system cannot open a file relative to an open folder")
def test_a_folder_that_is_swapped_for_a_link_leads_nowhere(tmp_path):
    site, outside = tmp_path / "site", tmp_path / "outside"
    for folder in (site, site / "docs", outside):
        folder.mkdir()
    (site / "docs" / "a.txt").write_bytes(b"inside")
    (outside / "a.txt").write_bytes(b"outside")
    (outside / "secret.txt").write_bytes(b"outside")
    os.symlink(outside, site / "link")
    stop = threading.Event()

    def swap():
        while not stop.is_set():
            os.rename(site / "docs", site / "kept")
            os.rename(site / "link", site / "docs")
            os.rename(site / "docs", site / "link")
            os.rename(site / "kept", site / "docs")

    ask = Asker(site, max_upload=1000, zipped=True, index="a.txt")
    swapper, statuses = threading.Thread(target=swap), set()
    swapper.start()
    try:
        for number in range(250):
            ask.clock.now += 20  # nothing is remembered
            for target in ("/docs/a.txt", "/docs/", "/docs/secret.txt", "/docs/?format=json", "/docs/?format=zip"):
                try:
                    reply = ask(target)
                except OSError:  # a zip that had begun breaks off
                    continue
                statuses.add(reply.status)
                assert b"outside" not in reply.body and b"secret" not in reply.body
            ask(f"/docs/put-{number}", "PUT", b"x")
            if number % 10 == 0:
                ask("/docs/", "POST", encode([("f", f"form-{number}", b"x")]), Content_Type=FORM)
    finally:
        stop.set()
        swapper.join()
    assert sorted(os.listdir(outside)) == ["a.txt", "secret.txt"]
    assert (outside / "a.txt").read_bytes() == b"outside" and {200, 404} <= statuses
