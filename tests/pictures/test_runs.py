"""What the pictures show is what the runs gave, and what the systems say."""
from __future__ import annotations

import os
import re
import socket
import struct
import sys

import pytest

from netio import concurrency, ipc, pictures, tcp
from netio.concurrency.processes import fork_facts, zombies
from netio.http.messages import parse_request, parse_response
from netio.pictures import chat, files, ftp, http as http_pictures, ipc as ipc_pictures, packing, processes, servers
from netio.pictures import tcp as tcp_pictures, threads, udp

from .reading import Picture


def words(name):
    return Picture(pictures.draw(name)).words


def cells(name):
    """The texts of a picture that are one character or two, in order: its bytes."""
    return [text.words for text in Picture(pictures.draw(name)).texts if len(text.words) <= 2]


@pytest.mark.parametrize("name, run", [("tcp-flow", tcp_pictures.run_echo), ("udp-flow", udp.run_udp_echo),
                                       ("pipe", ipc_pictures.run_pipe)])
def test_flows_show_the_calls_that_were_made(name, run):
    drawn = words(name).splitlines()
    for step in run():
        for call in step[:2]:
            assert all(line in drawn for line in call.split("\n") if line)


def test_tcp_ends_with_nothing_and_udp_keeps_its_datagrams_apart():
    assert "recv(1024)\n→ b''" in [server for server, _, _ in tcp_pictures.run_echo()]
    assert "recvfrom(1024)\n→ b'one', address" in [server for server, _, _ in udp.run_udp_echo()]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a connection's state")
def test_the_states_of_a_connection_have_the_drawn_names():
    drawn = words("tcp-handshake")
    with tcp.listen(("127.0.0.1", 0)) as listener:
        seen = [tcp.tcp_state(listener)]
        client, server = tcp.connect(listener.getsockname()), listener.accept()[0]
        with client, server:
            seen.append(tcp.tcp_state(client))
            client.shutdown(socket.SHUT_WR)
            assert server.recv(1) == b""
            seen += [tcp.tcp_state(client), tcp.tcp_state(server)]
    assert seen == ["LISTEN", "ESTABLISHED", seen[2], "CLOSE-WAIT"] and seen[2].startswith("FIN-WAIT-")
    assert all(name in drawn for name in seen)


def test_the_receive_buffer_is_drawn_byte_for_byte():
    waiting = [state for _, _, state in tcp_pictures.run_buffer()]
    assert waiting == [b"account", b"accountpassword", b"ntpassword", b""]
    assert "".join(cells("tcp-buffers")) == b"".join(waiting).decode()


def test_peek_says_what_is_missing():
    left, right = tcp.connect_pair()
    with left, right:
        left.sendall(b"abc")
        with pytest.raises((TimeoutError, socket.timeout)):
            tcp_pictures.peek(right, 5, timeout=0.05)
        assert right.recv(10) == b"abc"


def test_sticky_messages_are_drawn_as_they_came():
    glued, torn, wire, whole = tcp_pictures.run_sticky()
    framed = "".join(f"{byte:02x}" if byte < 32 else chr(byte) for byte in wire)
    sent = "".join(message.decode() for message in tcp_pictures.MESSAGES)
    assert "".join(cells("sticky-messages")) == sent * 3 + framed + sent
    assert len(glued) == 1 and len(torn) == 3 and whole == tcp_pictures.MESSAGES


@pytest.mark.parametrize("name, run", [("http-request", http_pictures.run_request),
                                       ("http-response", http_pictures.run_response)])
def test_messages_are_drawn_whole(name, run):
    drawn = words(name).splitlines()
    parts = http_pictures.split_message(run())
    assert [part.name for part in parts] == ["start", "headers", "blank", "body"]
    assert all(line in drawn for part in parts for line in part.lines)
    joined = "".join(line for part in parts for line in part.lines).replace(r"\r\n", "\r\n").replace(r"\n", "\n")
    assert joined.encode("utf-8") == run()


def test_the_messages_are_valid():
    head, _, body = http_pictures.run_request().partition(b"\r\n\r\n")
    request = parse_request(head)
    assert (request.method, request.target, request.length) == ("POST", "/search", len(body))
    head, _, body = http_pictures.run_response().partition(b"\r\n\r\n")
    assert parse_response(head)[1] == len(body) == len(http_pictures.PAGE.encode("utf-8"))


def test_struct_is_drawn_byte_for_byte():
    pairs = [word for word in cells("struct-layout") if re.fullmatch("[0-9a-f]{2}", word)]
    packed = [struct.pack(order + packing.CODES, *packing.VALUES) for order in "@!"]
    assert bytes.fromhex("".join(pairs)) == b"".join(packed)
    drawn = Picture(pictures.draw("struct-layout"))
    assert len(drawn.boxes("plain")) == len(packed[0]) - len(packed[1]), "grey cells are padding"


def test_the_file_buffer_is_drawn_with_the_steps_of_the_run():
    for steps, given in zip(files.run_buffering(), (18, 8)):
        assert steps[-1].stored == steps[-1].given == given
        assert all(step.stored <= step.given for step in steps)
    held = [step.given - step.stored for steps in files.run_buffering() for step in steps]
    amber = [box for box in Picture(pictures.draw("file-buffer")).boxes("amber")]
    assert len(amber) == sum(1 for count in held if count)


def test_offsets_are_drawn_where_tell_says():
    drawn = words("file-offset").splitlines()
    for steps in files.run_offsets():
        assert all(str(offset) in drawn and (not piece or repr(piece) in drawn) for offset, piece in steps)


def test_the_hole_is_drawn_as_it_is_mapped():
    size, taken, parts = files.run_sparse()
    picture = Picture(pictures.draw("sparse-file"))
    assert all(str(part.offset) in picture.words for part in parts) and f"{taken} B" in picture.words
    right = max(x + width for x, y, width, height in picture.boxes("blue") if height == 48)
    assert right == pytest.approx(picture.width - 16, abs=1)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_the_memory_of_a_fork_is_drawn_as_it_is():
    child, parent = fork_facts.memory_after_fork()
    assert (tuple(child), tuple(parent)) == processes.run_memory()
    assert f"seen = {child}" in words("fork-memory") and f"seen = {parent}" in words("fork-memory")


@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells the state")
def test_a_zombie_has_the_drawn_letter():
    pid = zombies.make_zombie()
    state = zombies.process_state(pid)
    concurrency.wait_child(pid, timeout=10)
    assert state == "Z" and f"zombie ({state})" in words("orphan-zombie") and "\nZ\n" in words("process-states")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_a_double_fork_leaves_the_parent_no_child_to_wait_for():
    assert zombies.reap_by_double_fork(int) == []
    drawn = words("double-fork").splitlines()
    assert drawn.count("fork()") == drawn.count("_exit(0)") == drawn.count("wait()") == 2


def test_the_deadlock_is_the_circle_that_was_found():
    circle = threads.run_deadlock()
    assert [(held, wanted) for _, held, wanted in circle] == [("Ann", "Bob"), ("Bob", "Ann")]
    assert all(thread in words("deadlock") and f"lock {held}" in words("deadlock") for thread, held, _ in circle)
    conditions = ("mutual exclusion", "hold and wait", "no preemption", "circular wait")
    assert all(name in words("deadlock") for name in conditions)


def bars(picture, kind, left):
    return [(x, y, width) for x, y, width, height in picture.boxes(kind) if height == 26 and x >= left and y > 200]


def test_the_pool_is_drawn_with_one_bar_a_task():
    picture = Picture(pictures.draw("pool"))
    drawn = bars(picture, "amber", 100)
    spans, results = threads.run_pool()
    assert len(drawn) == len(spans) == len(threads.TASKS)
    assert set(map(str, results)) <= set(picture.words.split())
    lanes = {y for _, y, _ in drawn}
    assert len(lanes) == len({span.worker for span in spans}) <= threads.WORKERS
    for lane in lanes:  # one worker does one task at a time
        own = sorted((x, x + width) for x, y, width in drawn if y == lane)
        assert all(end <= begin + 1 for (_, end), (begin, _) in zip(own, own[1:]))


def test_the_gil_is_drawn_with_the_shares_of_the_run():
    picture = Picture(pictures.draw("gil"))
    spans = [span for run in threads.run_gil() for span in run]
    shares = [text.words for text in picture.texts if text.words.endswith("%")]
    assert sorted(shares) == sorted(f"{span.busy:.0%}" for span in spans)
    assert f"(here: {'on' if concurrency.is_gil_enabled() else 'off'})" in " ".join(picture.words.split())


def test_all_server_models_are_drawn():
    named = [name for panel in servers.PANELS for name in panel.names.split()]
    assert sorted(named) == sorted(concurrency.MODELS)
    dashed = Picture(pictures.draw("server-models")).root.iter()
    waiting = [node for node in dashed if node.get("class") == "n-red n-line"]
    assert len(waiting) == sum(panel.waiting for panel in servers.PANELS) + 1, "and one in the legend"


def test_all_mechanisms_exist():
    names = [name for mechanism in ipc_pictures.MECHANISMS for name in mechanism.netio.split()]
    assert not set(names) - set(ipc.__all__)


def test_the_ring_is_drawn_as_its_own_counters_say():
    receiver, sender = ipc.open_ring(ipc_pictures.RING)
    with receiver, sender:
        for message in ipc_pictures.MESSAGES[:4]:
            sender.send_bytes(message, timeout=0)
        assert receiver.recv_bytes(timeout=5) == ipc_pictures.MESSAGES[0]
        sender.send_bytes(ipc_pictures.MESSAGES[4], timeout=0)
        with pytest.raises(TimeoutError):
            sender.send_bytes(ipc_pictures.MESSAGES[5], timeout=0)
        full = ipc_pictures.run_ring()[-2]
        assert (sender._tail, receiver._head) == (full.tail, full.head)
    assert full.slots == (5, 5, 2, 2, 3, 3, 4, 4)


def test_a_semaphore_lets_three_work_at_once():
    steps = ipc_pictures.run_semaphore()
    assert max(len(holding) for holding, _ in steps) == ipc_pictures.PERMITS
    assert all(len(holding) + left == ipc_pictures.PERMITS for holding, left in steps)
    assert [text for text in cells("semaphore")] == [str(left) for _, left in steps]


def test_the_chat_is_what_was_said():
    drawn = words("chat-flow").splitlines()
    said = chat.run_chat()
    assert all(datagram.text in drawn for datagram in said)
    assert [datagram.text for datagram in said if datagram.target is None] == [
        text for who, text in chat.SAID if who is not None]


def test_the_ftp_session_is_what_was_said():
    drawn, lines = words("ftp-flow").splitlines(), ftp.run_ftp()
    assert all(line.text in drawn for line in lines)
    assert [line.text for line in lines if line.from_client and not line.data] == list(ftp.COMMANDS)
    assert [(line.from_client, line.text) for line in lines if line.data] == [(True, r"meow\n"), (False, r"meow\n")]
