"""Where the notes mislead about TCP: their way going wrong, and netio's going right."""
from __future__ import annotations

import socket
import sys
import threading

import pytest

from netio import tcp


@pytest.fixture
def pair():
    left, right = tcp.connect_pair(timeout=10)
    with left, right:
        yield left, right


def test_11_sock_stream():
    """套接字: "socketfd = socket.socket(AF_INET,SOCKET_STREAM)", "sockfd.recv" after accept."""
    assert not hasattr(socket, "SOCKET_STREAM")
    with tcp.listen(("127.0.0.1", 0)) as listener, tcp.connect(listener.getsockname()) as client:
        assert tcp.describe(listener)["type"] == "SOCK_STREAM"
        client.sendall(b"hello")
        listener.settimeout(10)
        connection, _ = listener.accept()
        listener.settimeout(0.1)  # Linux says at once that it is not connected; Wine would wait
        with connection:
            with pytest.raises(OSError):
                listener.recv(1024)
            assert tcp.recv_exactly(connection, 5) == b"hello"


def test_12_send_may_take_a_part(pair):
    """TCP: "send 返回的n表示发送的字节数", and then `n = connfd.send(...)` is never looked at."""
    left, right = pair
    data = bytes(64 << 20)
    left.settimeout(0)
    sent = left.send(data)
    assert sent < len(data)
    left.settimeout(10)
    total = 1 << 20
    sender = threading.Thread(target=tcp.send_frame, args=(left, bytes(total)))
    sender.start()
    tcp.recv_exactly(right, sent)
    assert tcp.recv_frame(right) == bytes(total)
    sender.join()


def test_13_bytes_are_never_equal_to_str(pair):
    """TCP: "if datas == 'quit': break" and "if datas == '': break"."""
    left, right = pair
    left.sendall(b"quit\n")
    tcp.half_close(left)
    reader = tcp.Reader(right)
    line = reader.read_line()
    assert "quit" not in [line.rstrip()] and line.rstrip() == b"quit"
    end = reader.read_line()
    assert "" not in [end] and not end


def test_14_empty_reads_break_no_pipe(pair):
    """TCP: "在进行返回两次空之后会发生管道破裂错误" (after two empty reads a broken pipe occurs)."""
    left, right = pair
    tcp.half_close(left)
    assert [right.recv(1024) for _ in range(100)] == [b""] * 100
    right.sendall(b"answer")  # and it may still be answered
    assert tcp.recv_exactly(left, 6) == b"answer"


@pytest.mark.skipif(sys.platform == "win32", reason="Wine turns a reset into the end of the stream")
def test_14_what_breaks_is_writing_after_a_reset(pair):
    """TCP: "管道破裂": it is writing that raises it, after the peer's reset."""
    left, right = pair
    tcp.abort(left)
    with pytest.raises(ConnectionResetError):
        right.recv(1024)
    with pytest.raises(BrokenPipeError):
        right.sendall(b"anyone?")


def test_15_pacing_cures_nothing():
    """粘包: "由于发送方发送速度太快，接收方接受速度太慢" and "控制速度": sticking has nothing to do with speed."""
    with tcp.listen(("127.0.0.1", 0)) as listener:
        proxy = tcp.ReshapingProxy(listener.getsockname(), requests="end")
        with proxy, tcp.connect(proxy.address) as client:
            for message in (b"account", b"password"):
                client.sendall(message)
                threading.Event().wait(0.05)  # the notes' cure: send slowly
            tcp.half_close(client)
            server, _ = listener.accept()
            with server:
                assert server.recv(1024) == b"accountpassword"  # all the same
    for size in (1, 3, 1024):  # a message can be torn, too
        assert b"".join(tcp.send_then_recv([b"account", b"password"], size=size)) == b"accountpassword"
    assert tcp.send_then_recv([b"account", b"password"], framing=tcp.LengthPrefix()) == [b"account", b"password"]


@pytest.mark.skipif(sys.platform == "win32", reason="there the option means something else, see below")
def test_16_reuse_after_bind_is_too_late():
    """套接字属性: bind, and later s.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)."""
    with tcp.listen(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()
        with tcp.connect(address):
            listener.settimeout(10)
            listener.accept()[0].close()  # the server's side goes to TIME_WAIT
    with socket.socket() as sock:
        with pytest.raises(OSError):
            sock.bind(address)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    with tcp.listen(address) as listener:
        assert listener.getsockname() == address


@pytest.mark.skipif(sys.platform != "win32", reason="about Windows")
def test_16_on_windows_the_port_is_kept_exclusive():
    """套接字属性: SO_REUSEADDR lets another program steal the port on Windows."""
    with tcp.listen(("127.0.0.1", 0)) as listener, socket.socket() as thief:
        assert tcp.describe(listener)["SO_EXCLUSIVEADDRUSE"] and not tcp.describe(listener)["SO_REUSEADDR"]
        thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with pytest.raises(OSError):
            thief.bind(listener.getsockname())


def test_17_every_connected_socket_has_a_peer(pair):
    """套接字属性: "并不是所有套接字都能使用getpeername()，只有这种情况: accept"."""
    client, _ = pair
    assert client.getpeername() == tcp.describe(client)["peer"] is not None
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
        datagrams.connect(("127.0.0.1", 9))
        assert tcp.describe(datagrams)["peer"] == ("127.0.0.1", 9)


@pytest.mark.skipif(sys.platform != "linux", reason="each system rounds the queue's length in its own way")
def test_18_the_queue_of_listen_matters():
    """TCP: "使用n来设置等待队列的长度（其实作用不大）" (hardly matters)."""
    def get_in(backlog):
        clients = []
        with tcp.listen(("127.0.0.1", 0), backlog=backlog) as listener:
            for _ in range(8):
                sock = socket.socket()
                sock.setblocking(False)
                sock.connect_ex(listener.getsockname())
                clients.append(sock)
            inside = sum(tcp.tcp_state(sock) == "ESTABLISHED" for sock in clients)
        for sock in clients:
            sock.close()
        return inside

    assert get_in(1) < 8 and get_in(100) == 8


def test_buffers_recv_5_needs_no_three_reads(pair):
    """收发缓冲区: "如果客户端发送15字节，则服务端需要接收3次": recv(5) promises at most five, not five."""
    left, right = pair
    left.sendall(b"abc")
    assert right.recv(5) == b"abc"  # one read, three bytes
    left.sendall(b"0123456789abcde")
    assert tcp.recv_exactly(right, 15) == b"0123456789abcde"
