"""Other people's clients at our server: whole trees up and down, compared by checksum, under several models."""
from __future__ import annotations

import ftplib
import io
import os
import subprocess
import sys
from urllib.parse import quote

import pytest

from netio.concurrency import available_models

from .serving import PASSWORD, checksums, make_tree, serving


def models():
    """One model of each kind each time, and all that exist with --soak."""
    always = ("thread", "epoll", "fork", "process")
    for name in (*always, "prefork", "pool", "select", "poll"):
        here = name in available_models()
        marks = [pytest.mark.skipif(not here, reason="no such model here")]
        yield pytest.param(name, marks=marks if name in always else [*marks, pytest.mark.soak])


MODELS = list(models())


@pytest.fixture(params=MODELS)
def server(request, tmp_path):
    """A server for the programs of Unix, whose folder is tmp_path/far, filled with a tree."""
    if sys.platform == "win32":
        pytest.skip("the programs are those of Unix")
    make_tree(tmp_path / "far")
    os.mkdir(tmp_path / "near")
    workers = 8 if request.param in ("pool", "prefork") else None  # each serves one session, and lftp opens several
    with serving(tmp_path / "far", request.param, workers=workers) as server:
        yield server


@pytest.fixture
def do(tmp_path, tool):
    """Return a function that runs a client in tmp_path/near; its failure is shown."""

    def run(name, *arguments, stdin="", ok=(0,)):
        environment = {**os.environ, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "HOME": str(tmp_path)}
        command = [tool(name), *map(str, arguments)]
        done = subprocess.run(command, input=stdin, cwd=tmp_path / "near", env=environment, timeout=60, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
        assert done.returncode in ok, done.stdout
        return done.stdout

    return run


def lftp(do, server, commands):
    host, port = server.address[:2]
    settings = "set cmd:fail-exit true; set net:max-retries 1; set net:timeout 20; set ftp:ssl-allow false"
    return do("lftp", "-c", f"{settings}; open -u ming,'{PASSWORD}' -p {port} {host}; {commands}")


@pytest.mark.sample(3)
def test_lftp_mirrors_down_and_up_in_parallel(server, do, tmp_path):
    lftp(do, server, "mirror --parallel=4 / down")
    assert checksums(tmp_path / "near" / "down") == checksums(tmp_path / "far")
    make_tree(tmp_path / "near" / "other", seed=2)
    lftp(do, server, "mirror --reverse --parallel=4 other /新")
    assert checksums(tmp_path / "far" / "新") == checksums(tmp_path / "near" / "other")


@pytest.mark.sample(3)
def test_lftp_fetches_one_file_in_four_parts(server, do, tmp_path):
    lftp(do, server, "pget -n 4 图片/大\\ 猫.bin -o cat.bin")
    assert (tmp_path / "near/cat.bin").read_bytes() == (tmp_path / "far/图片/大 猫.bin").read_bytes()


@pytest.mark.sample(3)
def test_lftp_goes_on_with_both(server, do, tmp_path):
    data = (tmp_path / "far/图片/大 猫.bin").read_bytes()
    (tmp_path / "near/cat.bin").write_bytes(data[:100_000])
    lftp(do, server, "get -c 图片/大\\ 猫.bin -o cat.bin")
    assert (tmp_path / "near/cat.bin").read_bytes() == data
    (tmp_path / "far/up.bin").write_bytes(data[:123_456])
    lftp(do, server, "put -c cat.bin -o up.bin")
    assert (tmp_path / "far/up.bin").read_bytes() == data


def url(server, path, scheme="ftp"):
    host, port = server.address[:2]
    return f"{scheme}://ming:{quote(PASSWORD)}@{f'[{host}]' if ':' in host else host}:{port}/{quote(path)}"


@pytest.mark.sample(3)
def test_wget_takes_the_whole_tree(server, do, tmp_path):
    do("wget", "-q", "-r", "-nH", "--local-encoding=UTF-8", "--remote-encoding=UTF-8",
       "--restrict-file-names=nocontrol", "--timeout=20", "--tries=1", url(server, ""), ok=(0,))
    got = {name: digest for name, digest in checksums(tmp_path / "near").items() if ".listing" not in name}
    assert got == checksums(tmp_path / "far")


WAYS = [["--ftp-pasv"], ["-P", "-"], ["--disable-epsv"], ["--disable-eprt", "-P", "-"]]


@pytest.mark.sample(5)
@pytest.mark.parametrize("way", WAYS)
def test_curl_gets_puts_goes_on_and_lists(server, do, tmp_path, way, request):
    if server.model == "process" and way not in WAYS[:2] and not request.config.getoption("--soak"):
        pytest.skip("a new interpreter for each of its connections: two ways each time, all with --soak")
    far, near = tmp_path / "far", tmp_path / "near"
    data = (far / "图片/大 猫.bin").read_bytes()
    curl = ["-sS", "--fail", "--max-time", 30, *way]
    do("curl", *curl, url(server, "图片/大 猫.bin"), "-o", "cat.bin")
    assert (near / "cat.bin").read_bytes() == data
    (near / "part.bin").write_bytes(data[:54_321])
    do("curl", *curl, "-C", "-", url(server, "图片/大 猫.bin"), "-o", "part.bin")
    assert (near / "part.bin").read_bytes() == data
    do("curl", *curl, "--ftp-create-dirs", "-T", "cat.bin", url(server, "new/up 1.bin"))
    assert (far / "new/up 1.bin").read_bytes() == data
    (far / "half.bin").write_bytes(data[:200_000])
    do("curl", *curl, "-C", "-", "-T", "cat.bin", url(server, "half.bin"))
    assert (far / "half.bin").read_bytes() == data
    assert set(do("curl", *curl, "--list-only", url(server, "图片/")).split("\n")) >= {"大 猫.bin", "深"}
    assert "大 猫.bin" in do("curl", *curl, url(server, "图片/"))


@pytest.mark.sample(5)
@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
@pytest.mark.parametrize("passive", [True, False])
@pytest.mark.parametrize("model", MODELS)
def test_ftplib(tmp_path, model, host, passive):
    data = os.urandom(200_000)
    with serving(tmp_path, model, host) as server, ftplib.FTP(timeout=20) as client:
        client.connect(*server.address[:2])
        client.login("ming", PASSWORD)
        client.set_pasv(passive)
        client.storbinary("STOR 上 传.bin", io.BytesIO(data))
        got = bytearray()
        client.retrbinary("RETR 上 传.bin", got.extend)
        assert got == data and client.size("上 传.bin") == len(data)
        rest = bytearray()
        client.retrbinary("RETR 上 传.bin", rest.extend, rest=150_000)
        assert rest == data[150_000:]
        assert client.nlst() == ["上 传.bin"] and [name for name, _ in client.mlsd()] == ["上 传.bin"]
        client.storlines("STOR lines.txt", io.BytesIO("一\n二\n".encode()))
        lines = []
        client.retrlines("RETR lines.txt", lines.append)
        assert lines == ["一", "二"]
        client.rename("lines.txt", "行.txt")
        client.delete("行.txt")
        assert client.pwd() == "/" and client.mkd("目录") == "/目录"
        client.cwd("目录")
        client.cwd("..")
        client.rmd("目录")
    assert list(checksums(tmp_path)) == ["上 传.bin"]
