"""Real clients against a served folder: curl, wget and wrk, under several server models."""

from __future__ import annotations

import filecmp
import json
import os
import subprocess
import sys
import urllib.request

import pytest

from netio.concurrency.servers import available_models
from netio.http import HTTPServer, StaticFiles

from .conftest import BIG

QUICK = ["thread", next(name for name in ("epoll", "kqueue", "select") if name in available_models()), "fork"]
OTHERS = [name for name in available_models() if name not in QUICK]


@pytest.fixture(params=[*QUICK, *(pytest.param(name, marks=pytest.mark.soak) for name in OTHERS)])
def server(request, site, nothing_left):
    if request.param not in available_models():
        pytest.skip(f"{sys.platform} has no {request.param}")
    (site / "404.html").write_bytes(b"not here")
    app = StaticFiles(site, max_upload=10_000_000, zipped=True, headers=[("Access-Control-Allow-Origin", "*")])
    with HTTPServer("127.0.0.1", 0, app, model=request.param) as server:
        server.start()
        yield server


@pytest.fixture
def curl(tool, server, tmp_path):
    """Return a function that runs curl and returns what it printed."""
    program = tool("curl")

    def run(*arguments, stdin=b""):
        command = [program, "-sS", "--max-time", "20", "--noproxy", "*", *arguments]
        done = subprocess.run(command, input=stdin, capture_output=True, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_curl_reads(curl, server, site, tmp_path):
    url = server.url
    assert curl(url + "/big.bin") == BIG
    assert curl(url + "/%E4%B8%AD%E6%96%87%20%E5%90%8D.txt").decode() == "内容"
    assert (
        curl("-r", "1000-1999", url + "/big.bin") == BIG[1000:2000] and curl("-r", "-7", url + "/big.bin") == BIG[-7:]
    )
    assert curl("-r", "0-3,5000-5003", url + "/big.bin").count(b"Content-Range: bytes ") == 2
    assert curl("--compressed", url + "/app.js") == b"let a = 1;" * 50
    assert b"\r\nContent-Length: 262144\r\n" in curl("-I", url + "/big.bin")
    for date, code in (("Mon, 01 Jan 2024 00:00:00 GMT", b"304"), ("Mon, 01 Jan 2001 00:00:00 GMT", b"200")):
        assert curl("-z", date, "-o", os.devnull, "-w", "%{http_code}", url + "/hello.txt") == code
    assert curl("-L", "-w", " %{num_redirects}", url + "/page") == b"page 1"
    assert (
        curl(url + "/hello.txt", url + "/noext", url + "/missing", "-w", "%{num_connects} ")
        == b"hello, world\n1 ?0 not here0 "
    )
    (tmp_path / "part").write_bytes(BIG[:100_000])
    curl("-C", "-", "-o", "part", url + "/big.bin")
    assert (tmp_path / "part").read_bytes() == BIG


ESCAPES = [
    "/../secret.txt",
    "/%2e%2e/secret.txt",
    "/..%2fsecret.txt",
    "/docs/../../secret.txt",
    "/..\\secret.txt",
    "/%2e%2e%5csecret.txt",
    "/....//secret.txt",
    "/.hidden",
    "/.git/config",
    "/%2egit/config",
    "//../secret.txt",
    "/docs/..;/..;/secret.txt",
    "/%252e%252e/secret.txt",
    "/..%c0%afsecret.txt",
]


def test_curl_finds_no_way_out(curl, server, site):
    (site.parent / "secret.txt").write_bytes(b"SECRET")
    urls = [server.url + path for path in ESCAPES]
    shown = curl("--path-as-is", "-g", "-w", "\n%{http_code}\n", *urls).decode("latin-1")
    codes = [line for line in shown.splitlines() if line in ("200", "301", "400", "404")]
    assert (
        len(codes) == len(ESCAPES)
        and set(codes) == {"400", "404"}
        and "SECRET" not in shown
        and "secret\n" not in shown
    )


def test_curl_uploads(curl, server, site, tmp_path):
    (tmp_path / "up load.bin").write_bytes(BIG * 4)
    assert curl("-T", "up load.bin", "-w", "%{http_code}", f"{server.url}/docs/copy.bin") == b"201"
    assert (site / "docs" / "copy.bin").read_bytes() == BIG * 4
    assert curl("-T", "-", "-w", "%{http_code}", f"{server.url}/docs/copy.bin", stdin=BIG) == b"204"  # in chunks
    assert (site / "docs" / "copy.bin").read_bytes() == BIG
    assert (
        curl(
            "-F",
            "file=@up load.bin;filename=a.bin",
            "-F",
            "note=x",
            "-F",
            "file=@up load.bin;filename=猫.bin",
            "-w",
            "%{http_code}",
            f"{server.url}/docs/",
        )
        == b"303"
    )
    assert (site / "docs" / "a.bin").read_bytes() == (site / "docs" / "猫.bin").read_bytes() == BIG * 4
    (tmp_path / "large").write_bytes(bytes(10_000_001))
    assert curl("-T", "large", "-w", "%{http_code}", "-o", os.devnull, f"{server.url}/docs/large") == b"413"
    assert not (site / "docs" / "large").exists() and not list(site.rglob("*.part"))
    names = {entry["name"] for entry in json.loads(curl(f"{server.url}/docs/?format=json"))}
    assert names == {"readme.md", "deep", "copy.bin", "a.bin", "猫.bin"}


def test_curl_takes_a_zip(curl, server, site, tmp_path):
    import zipfile

    curl("-o", "site.zip", f"{server.url}/?format=zip")
    with zipfile.ZipFile(tmp_path / "site.zip") as archive:
        assert archive.testzip() is None and archive.read("big.bin") == BIG


def test_wget_mirrors_the_folder(tool, server, site, tmp_path):
    (site / "docs" / "图 1.txt").write_bytes(b"picture")
    command = [
        tool("wget"),
        "-q",
        "--no-proxy",
        "-r",
        "-np",
        "-nH",
        "--cut-dirs=1",
        "-R",
        "index.html*",
        "-P",
        "mirror",
        "--restrict-file-names=nocontrol",
        "-e",
        "robots=off",
        f"{server.url}/docs/",
    ]
    subprocess.run(command, cwd=tmp_path, timeout=30, env={**os.environ, "LC_ALL": "C.UTF-8"})
    mirrored = filecmp.dircmp(tmp_path / "mirror", site / "docs")
    assert sorted(mirrored.common) == ["deep", "readme.md", "图 1.txt"] and not mirrored.diff_files
    assert (tmp_path / "mirror" / "deep" / "er" / "x.css").read_bytes() == b"a{}"


@pytest.mark.sample(4)
def test_wrk_sees_no_error(tool, server):
    done = subprocess.run(
        [tool("wrk"), "-t1", "-c20", "-d1s", f"{server.url}/hello.txt"], capture_output=True, text=True, timeout=30
    )
    assert (
        "requests in" in done.stdout and "Socket errors" not in done.stdout and "Non-2xx" not in done.stdout
    ), done.stdout


def test_the_script_serves_a_folder(start_script, site):
    process = start_script(
        "serve_http.py",
        site,
        "--port",
        0,
        "--upload",
        1,
        "--zip",
        "--log",
        "--auth",
        "ming:pw",
        "--header",
        "X-Mine: 1",
    )
    address = process.stdout.readline().split()[-1]
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(f"http://{address}/hello.txt", headers={"Authorization": "Basic bWluZzpwdw=="})
    with opener.open(request, timeout=60) as reply:
        assert reply.read() == b"hello, world\n" and reply.headers["X-Mine"] == "1"
    assert '"GET /hello.txt HTTP/1.1" 200 13' in process.stdout.readline()
    process.terminate()
    assert process.wait(10) == (0 if os.name != "nt" else 1)


@pytest.mark.parametrize(
    "arguments",
    [["missing-folder"], [".", "--header", "nocolon"], [".", "--auth", "nocolon"], [".", "--header", "A b: c"]],
)
def test_the_script_refuses_bad_input(run_script, arguments):
    done = run_script("serve_http.py", *arguments, "--port", 0)
    assert done.returncode == 2 and "Traceback" not in done.stderr and done.stderr.strip()
