"""Broadcast: on this machine everywhere, and between network namespaces where root may make some."""
from __future__ import annotations

import ipaddress
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from netio import udp
from netio.udp import addresses

SCRIPTS = Path(__file__).resolve().parent.parent.parent / "scripts"


def test_own_addresses_are_addresses_of_this_machine():
    addresses = udp.addresses.own_addresses()
    assert addresses
    for address in addresses:
        if not ipaddress.ip_address(address).is_link_local:
            udp.bind((address, 0)).close()


@pytest.mark.skipif(sys.platform != "linux", reason="compares with Linux' ip command")
def test_interfaces_agree_with_the_ip_command(tool):
    shown = subprocess.run([tool("ip"), "-4", "-o", "addr"], capture_output=True, text=True, check=True).stdout
    for interface in udp.interfaces():
        prefix = ipaddress.ip_network(f"{interface.address}/{interface.netmask}", strict=False).prefixlen
        assert f"{interface.number}: {interface.name} " in shown and f"inet {interface.address}/{prefix} " in shown
        if f"inet {interface.address}/{prefix} brd " in shown:
            assert f"inet {interface.address}/{prefix} brd {interface.broadcast} " in shown
    assert len(udp.interfaces()) == shown.count(" inet ")


def test_a_network_without_its_own_broadcast_address_has_the_highest_one():
    def described(*told):
        return addresses._describe(socket.if_nameindex()[0][1], *told).broadcast

    assert described(addresses._BROADCASTS, "10.77.4.1", "255.255.255.0", "") == "10.77.4.255"
    assert described(addresses._BROADCASTS, "10.77.4.1", "255.255.240.0", "10.77.9.9") == "10.77.9.9"
    assert described(addresses._BROADCASTS, "10.77.4.1", "255.255.255.254", "") == ""
    assert described(addresses._BROADCASTS, "10.77.4.1", "255.255.255.0", "10.77.4.1") == "10.77.4.255"
    assert described(0, "127.0.0.1", "255.0.0.0", "127.0.0.1") == ""


@pytest.mark.skipif(sys.platform not in ("linux", "win32"), reason="127.255.255.255 is no broadcast address here")
def test_the_answers_of_all_are_gathered_until_the_time_is_over():
    with udp.listen_broadcast(0) as one:
        port = one.getsockname()[1]
        with udp.listen_broadcast(port) as two, udp.Server(one, lambda datagram: b"one"), \
                udp.Server(two, lambda datagram: b"two"):
            replies = list(udp.discover(b"?", port, "127.255.255.255", timeout=0.5))
    assert {reply.data for reply in replies} == {b"one", b"two"}


@pytest.mark.skipif(sys.platform not in ("linux", "win32"), reason="127.255.255.255 is no broadcast address here")
def test_nobody_answers():
    with udp.listen_broadcast(0) as silent:
        assert list(udp.discover(b"?", silent.getsockname()[1], "127.255.255.255", timeout=0.05)) == []


def test_where_nothing_is_told_the_limited_broadcast_is_left(monkeypatch):
    monkeypatch.setattr("netio.udp.addresses._all_addresses", lambda: None)
    assert udp.broadcast_addresses() == [udp.broadcast.LIMITED_BROADCAST]
    assert all(interface.name == "" and interface.address.count(".") == 3 for interface in udp.interfaces())


@pytest.mark.skipif(sys.platform not in ("linux", "win32"), reason="127.255.255.255 is no broadcast address here")
def test_two_listeners_on_this_machine_hear_one_broadcast():
    with udp.listen_broadcast(0) as one:
        port = one.getsockname()[1]
        with udp.listen_broadcast(port) as two:
            assert udp.send_broadcast("开饭".encode(), port, "127.255.255.255") == ["127.255.255.255"]
            heard = [udp.receive(sock, timeout=20) for sock in (one, two)]
    assert [datagram.data.decode() for datagram in heard] == ["开饭"] * 2
    assert heard[0].address == heard[1].address


def test_what_cannot_be_sent_says_why():
    with pytest.raises(ValueError, match="a port is 1 to 65535"):
        udp.send_broadcast(b"", 0)
    with pytest.raises(OSError):
        udp.send_broadcast(b"x" * 70000, 9, "127.255.255.255")


def namespaces_or_skip():
    if sys.platform != "linux" or os.geteuid() != 0 or shutil.which("ip") is None:
        pytest.skip("network namespaces want Linux, root and the ip command")


@pytest.fixture
def three_machines():
    """Three namespaces in one network of 4096 addresses, 10.77.0.0/20: the broadcast address ends in 15.255."""
    namespaces_or_skip()
    mark = f"netio{os.getpid()}"
    names = [mark + letter for letter in "abc"]
    inside = ["link add hub type bridge\nlink set hub up\naddr add 10.77.0.1/20 brd + dev hub"]
    for name in names[1:]:
        end = f"to{name[-1]}"
        inside[0] += f"\nlink add {end} type veth peer name wire netns {name}\nlink set {end} master hub up"
        inside.append(f"link set wire up\naddr add 10.77.0.{len(inside) + 1}/20 brd + dev wire")
    try:
        try:
            batch("\n".join(f"netns add {name}" for name in names))
            for name, commands in zip(names, inside):
                batch(commands, "-n", name)
        except subprocess.CalledProcessError as error:
            pytest.skip(f"no namespaces, bridge or veth here: {error.stderr.strip()}")
        yield names
    finally:
        undo = "\n".join(f"netns del {name}" for name in names)
        subprocess.run(["ip", "-force", "-batch", "-"], input=undo, text=True, capture_output=True)


def batch(commands, *options):
    subprocess.run(["ip", *options, "-batch", "-"], input=commands + "\n", text=True, capture_output=True, check=True)


def start_in(name, *command):
    environment = dict(os.environ)
    return subprocess.Popen(["ip", "netns", "exec", name, sys.executable, *map(str, command)], text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)


def test_a_real_broadcast_is_heard_by_two_machines(three_machines):
    sender, *others = three_machines
    listeners = [start_in(name, SCRIPTS / "listen_broadcast.py", "--port", 9999, "--count", 2) for name in others]
    try:
        for listener in listeners:
            assert listener.stdout.readline() == "listening on 0.0.0.0:9999\n", listener.stderr.read()
        for to, went in (([], "10.77.15.255"), (["--to", "255.255.255.255"], "255.255.255.255")):
            sending = start_in(sender, SCRIPTS / "send_broadcast.py", "lunch", "--count", 1, *to)
            out, error = sending.communicate(timeout=30)
            assert (sending.returncode, out) == (0, f"sent to {went} port 9999\n"), error
        for listener in listeners:
            out, error = listener.communicate(timeout=30)
            lines = [line.split() for line in out.splitlines()]
            assert [text for _, text in lines] == ["lunch", "lunch"] and listener.returncode == 0, error
            assert all(address.startswith("10.77.0.1:") for address, _ in lines)
    finally:
        for listener in listeners:
            listener.kill()
            listener.communicate()


def test_every_address_of_every_network_is_told(three_machines):
    """Second addresses, and interfaces that were given no broadcast address."""
    name = three_machines[1]
    batch("addr add 10.78.2.1/24 brd + dev wire\nlink add other type veth peer name end\n"
          "link set other up\nlink set end up\naddr add 10.79.4.1/24 dev other", "-n", name)
    asked = start_in(name, "-c", f"import sys; sys.path.insert(0, {str(SCRIPTS.parent)!r}); from netio import udp; "
                                 "print(*udp.broadcast_addresses(), *udp.send_broadcast(b'x', 5555))")
    out, error = asked.communicate(timeout=30)
    assert out.split() == ["10.77.15.255", "10.78.2.255", "10.79.4.255"] * 2, error


def test_only_an_interface_that_broadcasts_has_an_address_for_it(monkeypatch):
    monkeypatch.setattr("socket.if_nametoindex", lambda name: 7)
    known = [addresses._describe("eth7", flags, "10.1.2.3", "255.255.255.0", "") for flags in (1, 3)]
    assert [(found.number, found.broadcast) for found in known] == [(7, ""), (7, "10.1.2.255")]
