"""The scripts of this chapter, run as a reader runs them."""
from __future__ import annotations

import signal
import sys

import pytest

from netio import udp


def port_of(process):
    words = process.stdout.readline().split()
    assert words[:2] == ["listening", "on"], process.stderr.read()
    return int(words[2].rpartition(":")[2])


@pytest.fixture
def dictionary(tmp_path):
    path = tmp_path / "words.txt"
    words = [f"word{number:02}   explanation {number} 解释\n" for number in range(25)] + ["wordy  " + "长" * 1000 + "\n"]
    path.write_text("".join(words), encoding="utf-8")
    return path


def test_every_answer_comes_though_three_of_ten_datagrams_are_lost(start_script, run_script, dictionary):
    server = start_script("serve_dictionary.py", "--port", 0, "--file", dictionary)
    with udp.LossyProxy(("127.0.0.1", port_of(server)), drop=0.3, seed=3) as proxy:
        words = [f"word{number:02}" for number in range(12)] + ["absent"]
        asked = run_script("ask_dictionary.py", "--port", proxy.address[1], "--timeout", 25, *words)
    assert asked.stdout.splitlines() == [f"explanation {number} 解释" for number in range(12)] + ["not found: absent"]
    assert proxy.counts.dropped >= 5, "the network was bad"


def test_plain_clients_are_answered_and_the_service_survives_them(start_script, run_script, dictionary):
    server = start_script("serve_dictionary.py", "--port", 0, "--file", dictionary)
    port = port_of(server)
    with udp.connect(("127.0.0.1", port)) as plain:
        expected = {b"absent": "not found: absent", b"word01": "explanation 1 解释", b"\xff": "not utf-8 text",
                    b"": "not found: ", b"word02\n": "explanation 2 解释"}
        for question, answer in expected.items():
            plain.send(question)
            assert udp.receive(plain, timeout=20).data.decode() == answer
        plain.send(b"wordy")
        long = udp.receive(plain, timeout=20).data
    assert len(long) == 1200 and set(long.decode()) == {"长"}
    looped = run_script("ask_dictionary.py", "--port", port, stdin="word03\nword04\n\nword05\n")
    assert looped.stdout == "explanation 3 解释\nexplanation 4 解释\n"
    if sys.platform != "win32":
        server.send_signal(signal.SIGINT)
        assert server.wait(20) == 0 and not server.stderr.read()


def test_the_service_can_lose_datagrams_itself(start_script, run_script):
    server = start_script("serve_dictionary.py", "--port", 0, "--drop", 0.3, "--seed", 1)
    asked = run_script("ask_dictionary.py", "--port", port_of(server), "abandon")
    assert "抛弃" in asked.stdout and not asked.stderr


def test_echo_and_talk(start_script, run_script):
    port = port_of(start_script("serve_udp_echo.py", "--port", 0))
    talked = run_script("talk_udp.py", "127.0.0.1", port, stdin="hello\n你好\n")
    assert (talked.returncode, talked.stdout) == (0, "hello\n你好\n")


def test_wrong_input_is_one_line_and_status_2(run_script, tmp_path):
    unsorted = tmp_path / "unsorted.txt"
    unsorted.write_text("猫  cat\nsocket  套接字\n", encoding="utf-8")
    with udp.bind(("127.0.0.1", 0)) as taken:
        for name, *arguments in (("serve_udp_echo.py", "--port", taken.getsockname()[1]),
                                 ("serve_dictionary.py", "--port", 0, "--file", "no-such-file"),
                                 ("serve_dictionary.py", "--port", 0, "--file", unsorted),
                                 ("send_broadcast.py", "hi", "--port", 0),
                                 ("talk_udp.py", "x" * 64 + ".example", 9)):
            failed = run_script(name, *arguments)
            assert failed.returncode == 2 and failed.stderr.count("\n") == 1, (name, failed.stderr)


@pytest.mark.skipif(sys.platform not in ("linux", "win32"), reason="127.255.255.255 is no broadcast address here")
def test_a_broadcast_from_script_to_script(start_script, run_script):
    listener = start_script("listen_broadcast.py", "--port", 0, "--count", 2)
    port = port_of(listener)
    twice = ["--count", 2, "--interval", 0]
    typed = {"PYTHONUTF8": str(int(sys.getfilesystemencoding() == "utf-8"))}  # in GBK a Chinese system hands it over
    sent = run_script("send_broadcast.py", "开饭", "--port", port, "--to", "127.255.255.255", *twice, env=typed)
    assert sent.stdout == f"sent to 127.255.255.255 port {port}\n" * 2
    out, _ = listener.communicate(timeout=30)
    assert [line.split()[1] for line in out.splitlines()] == ["开饭", "开饭"] and listener.returncode == 0


def test_what_strangers_say_commands_no_terminal_and_forges_no_line(start_script, run_script):
    evil = "好\x1b[2J\x9b1A\u202e\n192.0.2.1:9 I am another\n".encode()
    listener = start_script("listen_broadcast.py", "--port", 0, "--count", 1)
    with udp.connect(("127.0.0.1", port_of(listener))) as stranger:
        stranger.send(evil)
    out, _ = listener.communicate(timeout=30)
    assert out.count("\n") == 1 and out.split(" ", 1)[1] == r"好\x1b[2J\x9b1A\u202e\n192.0.2.1:9 I am another" + "\n"
    with udp.Server(("127.0.0.1", 0), udp.AtMostOnce(lambda datagram: evil)) as server:
        for talked in (run_script("talk_udp.py", "127.0.0.1", server.address[1], stdin="hello\n"),
                       run_script("ask_dictionary.py", "--port", server.address[1], "hello")):
            assert talked.stdout.startswith(r"好\x1b[2J\x9b1A\u202e" + "\n")


def test_talk_says_when_no_answer_comes(run_script):
    with udp.bind(("127.0.0.1", 0)) as silent:
        talked = run_script("talk_udp.py", "127.0.0.1", silent.getsockname()[1], "--timeout", 0.05, stdin="hello\n")
    assert talked.stdout == "(no answer within 0.05 s)\n"
