"""What the course notes say about UDP, going wrong, and netio's way beside it."""
from __future__ import annotations

import socket
import sys

import pytest

from netio import files, udp


def test_19_sendto_takes_bytes():
    """sockfd.sendto("Thanks", addr)."""
    with udp.bind(("127.0.0.1", 0)) as server, udp.connect(server.getsockname()) as client:
        with pytest.raises(TypeError):
            server.sendto("Thanks", client.getsockname())
        server.sendto("谢谢".encode(), client.getsockname())
        assert udp.receive(client, timeout=20).data.decode() == "谢谢"
    print("notes:", "sendto('Thanks', addr) raises TypeError")
    print("netio:", "the encoded text arrives")


def test_19_recvfrom_returns_data_first_and_only_str_encodes():
    """addr, datas = sockfd.recvfrom(1024); print('recv>>', datas.encode())."""
    with udp.bind(("127.0.0.1", 0)) as server, udp.connect(server.getsockname()) as client:
        client.send(b"hello")
        server.settimeout(20)
        addr, datas = server.recvfrom(1024)
        assert addr == b"hello" and not hasattr(datas, "encode")
        client.send(b"hello")
        datagram = udp.receive(server, timeout=20)
        assert datagram.data.decode() == "hello" and datagram.address == client.getsockname()
    print("notes:", f"addr is {addr!r}, datas is {datas!r}")
    print("netio:", datagram)


@pytest.mark.skipif(sys.platform == "win32", reason="Wine does not report refused datagrams; Windows tells 10054")
def test_20_sending_to_nobody_may_well_give_an_error():
    """客户端即使连接一个不存在的服务器，亦不会返回任何错误."""
    with udp.bind(("127.0.0.1", 0)) as gone:
        address = gone.getsockname()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as plain:
        plain.settimeout(0.05)
        plain.sendto(b"anyone?", address)
        with pytest.raises(socket.timeout):  # as they say, on POSIX, and the notes' client then waits for ever
            plain.recvfrom(1024)
    with udp.Client(address) as client, pytest.raises(ConnectionRefusedError, match="nobody listens at"):
        client.request(b"anyone?", first_wait=0.01)
    print("notes:", "nothing is said, and recvfrom waits for ever")
    print("netio:", "udp.Client: ConnectionRefusedError")


def notes_answer(look_up, data):
    """The body of the notes' dictionary server, with its spelling mistakes mended and its logic kept."""
    sent = []
    line = look_up(data.decode())
    if not line:
        sent.append("查询失败失败，请重新输入\n>>>".encode())
    sent.append(line.encode())
    return sent


def test_21_the_dictionary_server_dies_of_an_unknown_word(tmp_path):
    """if not line: sockfd.sendto(...)  sockfd.sendto(line.encode(), addr) — line is None then."""
    with pytest.raises(AttributeError, match="'NoneType' object has no attribute 'encode'"):
        notes_answer({}.get, b"unknown")
    path = tmp_path / "dict.txt"
    path.write_text("bank  银行\n", encoding="utf-8")

    def explain(word):
        return "\n".join(entry.explanation for entry in files.look_up(path, word)) or f"not found: {word}"

    with udp.Server(("127.0.0.1", 0), udp.AtMostOnce(udp.answer_text(explain))) as server:
        answers = [answer.data.decode() for _, answer in udp.talk(server.address, [b"unknown", b"bank"], timeout=20)]
    assert answers == ["not found: unknown", "银行"]
    print("notes:", "AttributeError: 'NoneType' object has no attribute 'encode'")
    print("netio:", ascii(answers))


def test_57_a_cut_datagram_is_not_noticed_by_recvfrom():
    """接收方 recvfrom（5）,只会接收前五个字节，后面的字节丢失 — and nothing tells that bytes are missing."""
    with udp.bind(("127.0.0.1", 0)) as server, udp.connect(server.getsockname()) as client:
        server.settimeout(20)
        client.send(b"fifteen bytes..")
        if sys.platform == "win32":
            with pytest.raises(OSError, match="10040"):
                server.recvfrom(5)
        else:
            assert server.recvfrom(5)[0] == b"fifte"
        if hasattr(server, "recvmsg"):
            client.send(b"fifteen bytes..")
            data, _, flags, _ = server.recvmsg(5)
            assert data == b"fifte" and flags & socket.MSG_TRUNC
        client.send(b"fifteen bytes..")
        assert udp.receive(server, 5, timeout=20)[::2] == (b"fifte", True)
        client.send(b"short")
        assert udp.receive(server, 5, timeout=20)[::2] == (b"short", False)
    print("notes:", "recvfrom(5) of 15 bytes: 5 come, and nothing tells of the rest (on Windows: error 10040)")
    print("netio:", "udp.receive(..., 5) tells: truncated=True")


def test_58_a_broadcast_address_need_not_end_in_255():
    """广播地址，一般末尾为X.X.X.255: it is the highest address of the network, whatever its size."""
    import ipaddress

    assert str(ipaddress.ip_network("10.77.0.0/20").broadcast_address) == "10.77.15.255"
    assert str(ipaddress.ip_network("192.168.1.0/25").broadcast_address) == "192.168.1.127"
    told = {interface.address: interface for interface in udp.interfaces() if interface.broadcast and interface.netmask}
    for address, interface in told.items():
        network = ipaddress.ip_network(f"{address}/{interface.netmask}", strict=False)
        assert interface.broadcast == str(network.broadcast_address)
    print("notes:", "10.77.0.0/20 has 10.77.15.255, not 10.77.0.255; 192.168.1.0/25 has 192.168.1.127")
    print("netio:", "udp.interfaces() asks the system; here:", [interface.broadcast for interface in told.values()])


def test_59_bind_is_not_optional_for_a_server():
    """bind（可选，因为客户端没有必要固定）— in the list of the server's steps: who does not bind cannot be found."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        if sys.platform == "win32":
            with pytest.raises(OSError):
                server.getsockname()
        else:
            assert server.getsockname() == ("0.0.0.0", 0)
        server.sendto(b"", ("127.0.0.1", 9))  # the first sending binds it, to a port that nobody was told
        assert server.getsockname()[1] != 0
    with udp.bind(("127.0.0.1", 0)) as server, udp.connect(server.getsockname()) as client:
        client.send(b"found")
        server.settimeout(10)
        assert server.recv(10) == b"found"
    print("notes:", "not bound: port 0, where nobody can send to")
    print("netio:", "udp.bind: a client sends to the port that it has")


def test_103_a_lost_datagram_is_waited_for_for_ever():
    """datas, addr = sockfd.recvfrom(1024) — with no timeout: if the question or its answer is lost, that is the end."""
    lost = []

    def forgetful(datagram):
        if len(lost) < 2:
            lost.append(datagram.data)
            return None  # as if it had been lost on its way
        return b"answer"

    with udp.Server(("127.0.0.1", 0), forgetful) as server:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as theirs:
            theirs.settimeout(0.05)  # the notes' has none, and would wait for ever
            theirs.sendto(b"question", server.address)
            with pytest.raises(socket.timeout):
                theirs.recvfrom(1024)
    del lost[:]
    with udp.Server(("127.0.0.1", 0), udp.AtMostOnce(lambda datagram: b"answer")) as server:
        with udp.LossyProxy(server.address, drop=0.5, seed=1) as proxy, udp.Client(proxy.address) as client:
            assert [client.request(b"question", timeout=30, first_wait=0.02) for _ in range(4)] == [b"answer"] * 4
    print("notes:", "no answer, no error, no end")
    print("netio:", "Client.request asks again: 4 of 4 answers though half of all datagrams are lost")


def test_104_recvfrom_takes_anybodys_answer():
    """datas, addr = sockfd.recvfrom(1024); print(datas.decode()) — addr is not looked at."""
    with udp.bind(("127.0.0.1", 0)) as server, udp.bind(("127.0.0.1", 0)) as stranger:
        with udp.bind(("127.0.0.1", 0)) as theirs:
            theirs.settimeout(20)
            theirs.sendto(b"question", server.getsockname())
            stranger.sendto(b"forged", theirs.getsockname())
            taken, sender = theirs.recvfrom(1024)
            assert (taken, sender) == (b"forged", stranger.getsockname())
        with udp.connect(server.getsockname()) as ours:
            stranger.sendto(b"forged", ours.getsockname())  # the system drops it: not from the peer
            server.sendto(b"answer", ours.getsockname())
            answer = udp.receive(ours, timeout=20).data
            assert answer == b"answer"
    print("notes:", taken, "from a stranger")
    print("netio:", "udp.connect: only the server's:", answer)


def test_152_an_empty_datagram_is_no_end():
    """if not datas: break — the rule of TCP; UDP has no end."""
    with udp.bind(("127.0.0.1", 0)) as server, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        server.settimeout(20)
        stranger.sendto(b"", server.getsockname())
        stranger.sendto(b"after it", server.getsockname())
        taken = [server.recvfrom(1024)[0] for _ in range(2)]
        assert taken == [b"", b"after it"]
    with udp.Server(("127.0.0.1", 0), lambda datagram: datagram.data) as server:
        with udp.connect(server.address) as client:
            client.send(b"")
            client.send(b"after it")
            answers = [udp.receive(client, timeout=20).data for _ in range(2)]
    assert sorted(answers) == [b"", b"after it"]
    print("notes:", "the loop would have ended at the first of", taken)
    print("netio:", "udp.Server answers both:", answers)


def test_173_the_address_is_not_known_yet():
    """while true: ... server_addr = (...); sockfd.sendto(datas.decode(), addr); addr, datas = sockfd.recvfrom(1024)."""
    with udp.bind(("127.0.0.1", 0)) as server, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sockfd:
        names = {"sockfd": sockfd, "datas": b"hello", "server_addr": server.getsockname()}
        with pytest.raises(NameError, match="'addr'"):
            exec("sockfd.sendto(datas, addr)", names)
        exec("sockfd.sendto(datas, server_addr)", names)
        received = udp.receive(server, timeout=20)
    assert received.data == b"hello"
    print("notes:", "NameError: name 'addr' is not defined: nothing has come from there yet")
    print("netio:", "sent to server_addr:", received.data)
