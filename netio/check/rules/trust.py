"""Trust: what came over the network is run, loaded or taken for a name."""

from __future__ import annotations

from typing import Iterator

from ..findings import Hit, rule
from ..program import Program
from ..values import Value


def _from_network(value: Value) -> bool:
    """True for what was made from received bytes."""
    return any(origin.facts.get("received") or origin.facts.get("file") is not None
               and origin.facts["file"].facts.get("network") for thing in value for origin in thing.origins())


@rule("runs-input", "error")
def runs_input(program: Program) -> Iterator[Hit]:
    """`{name}` runs what came over the network.

    Why: Whoever reaches the port runs any program with the rights of this one, and may delete all its files.
    Chinese: `{name}` 执行了从网络收到的内容。能连上端口的人都可以用本程序的权限运行任何程序，删除所有文件。
    Cure: compare with the words that are allowed; ast.literal_eval or json.loads for data
    Chinese cure: 与允许的词逐一比较；数据用 ast.literal_eval 或 json.loads 解析
    netio: chat.parse_request

    Wrong::

        import socket
        with socket.create_connection(("127.0.0.1", 8888), timeout=5) as sock, sock.makefile("r") as reader:
            print(eval(reader.readline()))

    Right::

        import json
        import socket
        with socket.create_connection(("127.0.0.1", 8888), timeout=5) as sock, sock.makefile("r") as reader:
            print(json.loads(reader.readline()))
    """
    for call in program.calls(
        "eval",
        "exec",
        "os.system",
        "os.popen",
        "subprocess.run",
        "subprocess.Popen",
        "subprocess.getoutput",
        "subprocess.call",
        "subprocess.check_output",
        "subprocess.getstatusoutput",
    ):
        if call.args and _from_network(call.args[0]):
            yield call.node, {"name": call.name}


@rule("pickle-from-network", "error")
def pickle_from_network(program: Program) -> Iterator[Hit]:
    """`{name}` loads what came over the network.

    Why: A pickle may call any function while it is loaded; it is a program, not only data.
    Chinese: `{name}` 加载了从网络收到的内容。pickle 在加载时可以调用任何函数，它是程序，不只是数据。
    Cure: json.loads(data)
    netio: packing.Record

    Wrong::

        import pickle
        import socket
        with socket.create_connection(("127.0.0.1", 8888), timeout=5) as sock, sock.makefile("rb") as reader:
            print(pickle.load(reader))

    Right::

        import json
        import socket
        with socket.create_connection(("127.0.0.1", 8888), timeout=5) as sock, sock.makefile("rb") as reader:
            print(json.loads(reader.readline()))
    """
    for call in program.calls("pickle.loads", "pickle.load", "marshal.loads", "_pickle.loads", "cPickle.loads"):
        network_file = any(thing.facts.get("network") for thing in call.arg(0))
        if call.args and (_from_network(call.args[0]) or network_file):
            yield call.node, {"name": call.name}
