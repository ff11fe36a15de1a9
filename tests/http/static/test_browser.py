"""A real browser: headless Chromium opens a page with a picture, a script, a film to seek in, and an upload form."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import threading
import time
import zlib

import pytest

from netio.http import HTTPServer, StaticFiles
from tests.attacking import needs_descriptors

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--autoplay-policy=no-user-gesture-required",
    "--remote-debugging-port=0",
    "--no-proxy-server",
]
PAGE = """<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>页面</title><link rel="stylesheet" href="style.css"></head>
<body><p id="text">你好</p><img id="picture" src="pixel.png"><video id="film" src="film.wav" preload="metadata"></video>
<iframe name="frame"></iframe>
<form id="form" method="post" action="uploads/" enctype="multipart/form-data" target="frame">
<input type="file" name="file"></form>
<script src="page.js"></script></body></html>
"""
SCRIPT = """
const event = (target, name) => new Promise((resolve, reject) => {
  target.addEventListener(name, resolve, {once: true});
  target.addEventListener('error', () => reject(new Error('error beside ' + name)), {once: true});
});
async function visit() {
  const found = {};
  const picture = document.getElementById('picture');
  if (!picture.complete) await event(picture, 'load');
  found.picture = picture.naturalWidth;
  found.text = document.getElementById('text').textContent;
  found.color = getComputedStyle(document.getElementById('text')).color;
  const film = document.getElementById('film');
  if (film.readyState < 1) await event(film, 'loadedmetadata');
  found.duration = Math.round(film.duration);
  film.currentTime = film.duration - 1;
  await event(film, 'seeked');
  found.seeked = Math.round(film.currentTime);
  const files = new DataTransfer();
  files.items.add(new File(['从浏览器来'], '上传 1.txt', {type: 'text/plain'}));
  document.querySelector('input').files = files.files;
  const frame = document.querySelector('iframe');
  const loaded = event(frame, 'load');
  document.getElementById('form').submit();
  await loaded;
  found.listing = [...frame.contentDocument.querySelectorAll('td a')].map(link => link.textContent);
  found.cached = (await fetch('style.css', {cache: 'no-cache'})).status;
  found.missing = (await fetch('missing')).status;
  return found;
}
visit().catch(error => ({error: String(error)})).then(found =>
  fetch('uploads/found.json', {method: 'PUT', body: JSON.stringify(found)}));
"""


def png():
    """Return a red picture of 3 by 2 pixels."""

    def chunk(kind, data):
        return struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data))

    rows = (b"\0" + b"\xff\0\0" * 3) * 2
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack("!IIBBBBB", 3, 2, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def wav(seconds, rate=44100):
    """Return silence, 16 bits, two channels: 10 MB a minute: too long for a browser to load it whole."""
    data = seconds * rate * 4
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + data, b"WAVE", b"fmt ", 16, 1, 2, rate, rate * 4, 4, 16, b"data", data
    ) + bytes(data)


def wait_for(path, process, seconds=60):
    deadline = time.monotonic() + seconds
    while not path.exists():
        assert process.poll() is None, "the browser has ended"
        assert time.monotonic() < deadline, "the page has not finished"
        threading.Event().wait(0.05)
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.skipif(sys.platform == "win32", reason="the browser is started with flags for Linux")
def test_a_browser_is_content(tool, tmp_path, nothing_left):
    site, lines = tmp_path / "site", []
    (site / "uploads").mkdir(parents=True)
    for name, data in {
        "index.html": PAGE.encode(),
        "page.js": SCRIPT.encode(),
        "pixel.png": png(),
        "film.wav": wav(240),
        "style.css": b"p { color: rgb(1, 2, 3) }",
    }.items():
        (site / name).write_bytes(data)
    chromium = tool("chromium")
    needs_descriptors(256)
    with HTTPServer("127.0.0.1", 0, StaticFiles(site, max_upload=1 << 20), access_log=lines.append) as server:
        server.start()
        command = [chromium, *FLAGS, f"--user-data-dir={tmp_path / 'profile'}", server.url + "/"]
        environment = {**os.environ, "HOME": str(tmp_path)}
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,
        )
        try:
            found = wait_for(site / "uploads" / "found.json", process)
        finally:
            os.killpg(process.pid, 9)
            process.wait()
    assert found == {
        "picture": 3,
        "text": "你好",
        "color": "rgb(1, 2, 3)",
        "duration": 240,
        "seeked": 239,
        "listing": ["上传 1.txt"],
        "cached": 200,
        "missing": 404,
    }
    assert (site / "uploads" / "上传 1.txt").read_text(encoding="utf-8") == "从浏览器来"
    log = "\n".join(lines)
    assert (
        '"GET /film.wav HTTP/1.1" 206' in log
        and '"GET /style.css HTTP/1.1" 304' in log
        and '"POST /uploads/ HTTP/1.1" 303' in log
    )
