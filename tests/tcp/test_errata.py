"""Where the notes mislead about TCP: their way going wrong, and netio's going right."""
from __future__ import annotations

import os
import socket
import sys
import threading

import pytest

from netio import tcp


@pytest.fixture
def pair():
    left, right = tcp.connect_pair(timeout=60)
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
    print("notes:", "socket.SOCKET_STREAM: no such name; listener.recv: OSError")
    print("netio:", "connection.recv: b'hello'")


def test_12_send_may_take_a_part(pair):
    """TCP: "send 返回的n表示发送的字节数", and then `n = connfd.send(...)` is never looked at."""
    left, right = pair
    data = bytes(64 << 20)
    left.settimeout(0.2)
    sent = left.send(data)  # with a timeout: what there is room for
    if os.name == "posix":  # Windows takes it all, and keeps it in memory
        assert 0 < sent < len(data)
    left.settimeout(10)
    total = 1 << 20
    sender = threading.Thread(target=tcp.send_frame, args=(left, bytes(total)))
    sender.start()
    tcp.recv_exactly(right, sent)
    assert tcp.recv_frame(right) == bytes(total)
    sender.join()
    if sys.platform == "linux":  # without one, Linux waits until all is taken
        left.settimeout(None)
        reader = threading.Thread(target=tcp.recv_exactly, args=(right, 8 << 20))
        reader.start()
        assert left.send(bytes(8 << 20)) == 8 << 20
        reader.join()
    print("notes:", f"send({len(data)} bytes) with a timeout took {sent}")
    print("netio:", f"send_frame: all {total} arrived")


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
    print("notes:", f"{line.rstrip()!r} == 'quit' is False, {end!r} == '' is False")
    print("netio:", "compare with b'quit', and ask `if not data`")


def test_14_empty_reads_break_no_pipe(pair):
    """TCP: "在进行返回两次空之后会发生管道破裂错误" (after two empty reads a broken pipe occurs)."""
    left, right = pair
    tcp.half_close(left)
    assert [right.recv(1024) for _ in range(100)] == [b""] * 100
    right.sendall(b"answer")  # and it may still be answered
    assert tcp.recv_exactly(left, 6) == b"answer"
    print("notes:", "recv returned b'' a hundred times, and nothing broke")
    print("netio:", "and the peer was answered: b'answer'")


@pytest.mark.skipif(sys.platform == "win32", reason="Wine turns a reset into the end of the stream")
def test_14_what_breaks_is_writing_after_a_reset(pair):
    """TCP: "管道破裂": it is writing that raises it, after the peer's reset."""
    left, right = pair
    tcp.abort(left)
    with pytest.raises(ConnectionResetError):
        right.recv(1024)
    with pytest.raises(BrokenPipeError):
        right.sendall(b"anyone?")
    print("notes:", "the second write after a reset raises BrokenPipeError")
    print("netio:", "it is writing that raises, not reading")


def test_15_pacing_cures_nothing():
    """粘包: "由于发送方发送速度太快，接收方接受速度太慢" and "控制速度": sticking has nothing to do with speed."""
    with tcp.listen(("127.0.0.1", 0)) as listener:
        proxy = tcp.SlicingProxy(listener.getsockname(), requests="end")
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
    print("notes:", "sent slowly, received: b'accountpassword'")
    print("netio:", "with LengthPrefix: [b'account', b'password']")


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
    print("notes:", "bind, then SO_REUSEADDR: address already in use")
    print("netio:", f"listen({address}) works at once")


@pytest.mark.skipif(sys.platform != "win32", reason="about Windows")
def test_16_on_windows_the_port_is_kept_exclusive():
    """套接字属性: SO_REUSEADDR lets another program steal the port on Windows."""
    with tcp.listen(("127.0.0.1", 0)) as listener, socket.socket() as thief:
        assert tcp.describe(listener)["SO_EXCLUSIVEADDRUSE"] and not tcp.describe(listener)["SO_REUSEADDR"]
        thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with pytest.raises(OSError):
            thief.bind(listener.getsockname())
    print("notes:", "SO_REUSEADDR could steal the port")
    print("netio:", "listen() sets SO_EXCLUSIVEADDRUSE: the thief gets an OSError")


def test_17_every_connected_socket_has_a_peer(pair):
    """套接字属性: "并不是所有套接字都能使用getpeername()，只有这种情况: accept"."""
    client, _ = pair
    assert client.getpeername() == tcp.describe(client)["peer"] is not None
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
        datagrams.connect(("127.0.0.1", 9))
        assert tcp.describe(datagrams)["peer"] == ("127.0.0.1", 9)
    print("notes:", f"getpeername() of a client's socket: {client.getpeername()}")
    print("netio:", f"describe(client)['peer']: {tcp.describe(client)['peer']}")


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

    short, long = get_in(1), get_in(100)
    assert short < 8 and long == 8
    print("notes:", f"of 8 clients at once, {short} got in with listen(1)")
    print("netio:", f"{long} with listen(100)")


def test_56_recv_5_needs_no_three_reads(pair):
    """收发缓冲区: "如果客户端发送15字节，则服务端需要接收3次": recv(5) promises at most five, not five."""
    left, right = pair
    left.sendall(b"abc")
    assert right.recv(5) == b"abc"  # one read, three bytes
    left.sendall(b"0123456789abcde")
    assert tcp.recv_exactly(right, 15) == b"0123456789abcde"
    print("notes:", "recv(5) gave b'abc'")
    print("netio:", "recv_exactly(15) gave 15 bytes")


def test_68_statements_that_do_not_parse():
    """TCP: `if message == 'quit'`, `if datas = '':`; UDP: `form socket import *`; HTTP: `.split(' ').[1]`."""
    for wrong, right in (
        ("if m == 'quit'\n    pass", "if m == b'quit':\n    pass"),
        ("if m = '': pass", "if not m: pass"),
        ("form socket import *", "from socket import *"),
        ("m.split(' ').[1]", "m.split(' ')[1]"),
        ("class MyThread(Thread)\n    pass", "class MyThread(Thread):\n    pass"),
    ):
        with pytest.raises(SyntaxError):
            compile(wrong, "notes", "exec")
        compile(right, "netio", "exec")
    print("notes:", "SyntaxError, five times")
    print("netio:", "a colon, == for =, from for form, no dot before [1]")


def test_79_connect_needs_no_accept():
    """TCP: "accept（0开机，等待连接）", "connect（与那边的accept对应）": the system answers as soon as one listens."""
    with tcp.listen(("127.0.0.1", 0)) as listener, tcp.connect(listener.getsockname()) as client:
        client.sendall(b"hello")  # nobody has called accept
        listener.settimeout(10)
        connection, _ = listener.accept()
        with connection:
            assert tcp.recv_exactly(connection, 5) == b"hello"
    print("notes:", "connect and send went through before any accept")
    print("netio:", "accept later, and recv_exactly(5) gives b'hello'")


def test_80_an_address_is_not_always_a_pair(tmp_path):
    """TCP: "参数addr是一个二元元组"; "选择ipv4：AF_INET或者AF_INET6"."""
    if not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    try:
        listener = tcp.listen(("::1", 0))
    except OSError:
        pytest.skip("no IPv6 here")
    with listener, socket.socket(socket.AF_INET6) as six:
        with pytest.raises(OSError):
            six.bind(("127.0.0.1", 0))  # AF_INET6 is no choice for an IPv4 address
        host, port, flow, scope = listener.getsockname()
        with pytest.raises(ValueError):
            host, port = listener.getsockname()
        shown = tcp.format_address(listener.getsockname())
        assert shown == f"[::1]:{port}"
    print("notes:", "(host, port) = an IPv6 address: too many values to unpack (expected 2)")
    print("netio:", "format_address:", shown)


def test_86_0_0_0_0_is_no_address_of_its_own():
    """TCP: "使用四个0最为随便 ... 默认使用自己的网络地址": the address is the one that the client dialled."""
    found = []
    with tcp.listen(("0.0.0.0", 0)) as listener:
        listener.settimeout(10)
        assert listener.getsockname()[0] == "0.0.0.0"
        for dialled in ("127.0.0.1", "127.0.0.2") if sys.platform == "linux" else ("127.0.0.1",):
            with tcp.connect((dialled, listener.getsockname()[1])):
                connection, _ = listener.accept()
                with connection:
                    found.append(tcp.describe(connection)["local"][0])
                    assert found[-1] == dialled
    print("notes:", "the listener's address is 0.0.0.0, of a connection it is never that")
    print("netio:", "describe(connection)['local'] is what each client dialled:", found)


def test_87_the_module_and_the_class_have_one_name():
    """`import socket; socket.socket(AF_INET, ...)`; `from socket import *; socket.socket(...)`; `socket.close()`."""
    seen = []
    for wrong, error in (
        ("import socket\nsocket.socket(AF_INET)", NameError),
        ("from socket import *\nsocket.socket(AF_INET, SOCK_DGRAM)", AttributeError),
        ("from socket import *\nsocket.bind(('127.0.0.1', 8888))", TypeError),
        ("import socket\nsocket.close()", TypeError),
    ):
        with pytest.raises(error) as caught:
            exec(wrong, {})
        seen.append(type(caught.value).__name__)
    with tcp.listen(("127.0.0.1", 0)) as listener:
        pass
    assert listener.fileno() == -1
    print("notes:", ", ".join(seen))
    print("netio:", "import socket; socket.socket(socket.AF_INET); sock.close(), or `with`")


def test_88_names_spelt_wrong():
    """TCP: `pritnt("Waiting...")`, `sockefd.accept()`, `scokfd.send(...)`; properties: `sockdf.type`, `s,bind()`."""
    for wrong in ("pritnt('')", "sockefd.accept()", "scokfd.send(b'')", "sockdf.type", "s = 1\ns,bind()"):
        with pytest.raises(NameError):
            exec(wrong, {})
    with tcp.listen(("127.0.0.1", 0)) as sockfd:
        assert exec("sockfd.type, sockfd.getsockname()", {"sockfd": sockfd}) is None
    print("notes:", "NameError, five times")
    print("netio:", "the one name that was bound")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows lets a port in TIME_WAIT be bound again")
def test_89_a_client_with_a_fixed_port_runs_once():
    """TCP: the client's `sockfd.bind(('127.0.0.1',7777))`: its second run fails."""
    with tcp.listen(("127.0.0.1", 0)) as listener:
        listener.settimeout(10)

        def run(port):
            with socket.socket() as client:
                client.bind(("127.0.0.1", port))
                client.connect(listener.getsockname())
                mine = client.getsockname()[1]
                connection, _ = listener.accept()
                with connection:
                    tcp.half_close(client)
                    assert connection.recv(1) == b""
            return mine

        port = run(0)
        with pytest.raises(OSError) as caught:
            run(port)
        with tcp.connect(listener.getsockname()) as one, tcp.connect(listener.getsockname()) as two:
            assert one.getsockname() != two.getsockname()
    print("notes:", "the second run:", caught.value.strerror)
    print("netio:", "connect() leaves the port to the system: a new one each time")


def test_100_an_empty_line_sends_nothing(pair):
    """TCP: message = input("send>>"); sockfd.send(message.encode()); sockfd.recv(1024): after Enter both wait."""
    left, right = pair
    assert left.send("".encode()) == 0
    right.setblocking(False)
    with pytest.raises(BlockingIOError):
        right.recv(1024)  # nothing has come, and nothing will
    right.settimeout(10)
    tcp.send_frame(left, b"")
    assert tcp.recv_frame(right) == b""
    print("notes:", "send(b'') sent 0 bytes; the server waits in recv, and so does the client")
    print("netio:", "send_frame(b'') arrives as the message", b"")


@pytest.mark.skipif(sys.platform == "win32", reason="Wine turns a reset into the end of the stream")
def test_101_recv_may_raise_when_the_peer_goes(pair):
    """TCP: "对方以及断开，则返回空，并不会引起什么异常" (the peer has gone: empty is returned, no exception)."""
    left, right = pair
    tcp.abort(left)  # a program that is killed with unread data does the same
    with pytest.raises(ConnectionResetError) as caught:
        right.recv(1024)
    left, right = tcp.connect_pair()
    with left, right:
        tcp.half_close(left)
        assert right.recv(1024) == b""
    print("notes:", repr(caught.value))
    print("netio:", "after half_close: b''")


def test_102_an_end_is_not_the_end_of_the_file():
    """TCP: "读到最后或者接收方提前关闭返回空": if not datas: break. Half a file ends in the same way as a whole one."""
    whole = b"picture" * 1000

    def die_half_way():
        left, right = tcp.connect_pair(timeout=60)
        with left:
            left.sendall(whole[:3000])
        return right

    with die_half_way() as right:
        got = b""
        while datas := right.recv(1024):
            got += datas
    assert len(got) == 3000  # and the loop ends as if all were well
    with die_half_way() as right, pytest.raises(EOFError, match="got 3000 of 7000 bytes") as caught:
        tcp.recv_exactly(right, len(whole))
    print("notes:", f"{len(got)} of {len(whole)} bytes, and no error")
    print("netio:", "who knows the length is told, EOFError:", caught.value)


def test_138_a_socket_is_not_like_every_file(pair):
    """套接字属性: "sockfd.fileno() 返回文件描述符，在linux中，一切皆文件" (everything is a file)."""
    left, right = pair
    left.sendall(b"hello")
    with pytest.raises(OSError):
        os.lseek(right.fileno(), 0, os.SEEK_SET)  # on Windows its number is no file's at all
    assert tcp.recv_exactly(right, 5) == b"hello"
    print("notes:", "os.lseek(sockfd.fileno(), 0, 0): OSError, there is no place to go back to")
    print("netio:", "recv_exactly: b'hello', and what was read is gone")


def test_139_all_that_holds_bytes_can_be_sent(pair):
    """TCP: "python3中要求所有套接字的收发都要使用bytes的形式": bytearray, memoryview and array do as well."""
    left, right = pair
    left.sendall(bytearray(b"he"))
    left.sendall(memoryview(b"hello")[2:4])  # without a copy
    tcp.half_close(left)
    room = bytearray(4)
    got = right.recv_into(room, 2), tcp.recv_exactly(right, 2)
    assert got == (2, b"ll") and room[:2] == b"he"
    print("notes:", "a bytearray and a memoryview were sent, recv_into filled a bytearray")
    print("netio:", "recv_exactly:", got[1])


def test_151_more_names_than_127_0_0_1():
    """TCP: "必须使用127.0.0.1" (it must be 127.0.0.1)."""
    with tcp.listen(("127.0.0.1", 0)) as listener:
        with tcp.connect(("localhost", listener.getsockname()[1]), timeout=20) as client:
            reached = client.getpeername()[0]
    assert reached == "127.0.0.1"
    if sys.platform == "linux":
        with tcp.listen(("127.0.0.2", 0)) as listener, pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", listener.getsockname()[1]), timeout=60)
    print("notes:", "a server at 127.0.0.2 refuses who comes to 127.0.0.1 (Linux)")
    print("netio:", "connect(('localhost', port)) reached", reached)


def test_169_a_connection_is_no_client():
    """TCP: "每个connfd都可以唯一标识那个客户端" (each connfd identifies its client)."""
    with tcp.listen(("127.0.0.1", 0)) as listener:
        listener.settimeout(10)
        with tcp.connect(listener.getsockname()), tcp.connect(listener.getsockname()):  # one program, as a browser does
            (one, first), (two, second) = listener.accept(), listener.accept()
            with two:
                with tcp.connect(listener.getsockname()):
                    number = one.fileno()
                    one.close()
                    third, _ = listener.accept()
                    with third:
                        again = third.fileno()
    assert first[0] == second[0] and first[1] != second[1]
    if os.name == "posix":
        assert again == number
    print("notes:", f"one program has two connfds; after close another connection has number {number} again")
    print("netio:", "a connection is its two addresses, ports included:", first, second)


def test_170_sent_is_not_arrived(pair):
    """TCP: "send返回的n表示发送的字节数": n bytes were taken by this system; whether they arrive nobody has said."""
    left, right = pair
    right.close()  # nobody will read
    sent = left.send(b"thinks")
    assert sent == 6
    here, there = tcp.connect_pair(timeout=60)
    with here, there:
        tcp.send_frame(here, b"thinks")
        tcp.send_frame(there, tcp.recv_frame(there).upper())
        answer = tcp.recv_frame(here)
    assert answer == b"THINKS"
    print("notes:", "the peer is gone, and send() returned", sent)
    print("netio:", "only an answer shows that they arrived:", answer)


def test_171_recv_may_tear_a_character(pair):
    """TCP: `datas = sockfd.recv(1024)`, `print("recv>>", datas.decode())`."""
    left, right = pair
    left.sendall("一杯茶\n".encode())
    with pytest.raises(UnicodeDecodeError):
        tcp.recv_exactly(right, 4).decode()  # as a recv may give, wherever the 1024 bytes or the segment end
    left.sendall("一杯茶\n".encode())
    reader = tcp.Reader(right)
    reader.read_line()
    line = reader.read_line().decode()
    assert line == "一杯茶\n"
    print("notes:", "four bytes of '一杯茶': UnicodeDecodeError")
    print("netio:", "a whole line, then decode:", ascii(line))


def test_172_the_end_comes_from_the_sender(pair):
    """粘包: "接收方提前关闭返回空" (where the receiver closes early, it returns empty)."""
    left, right = pair
    right.close()  # the receiver
    with pytest.raises(ConnectionError) as caught:
        while True:
            left.sendall(bytes(100_000))
    sender, receiver = tcp.connect_pair(timeout=60)
    with receiver:
        sender.sendall(b"all")
        sender.close()
        assert tcp.recv_exactly(receiver, 3) == b"all" and receiver.recv(1024) == b""
    print("notes:", "the receiver closed, and the sender gets", type(caught.value).__name__)
    print("netio:", "the sender closed: recv gives what it sent, and then", b"")
