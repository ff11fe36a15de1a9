"""A short session with the scripts: `python -m tests.chat.transcript` writes docs/chat-transcript.md."""
from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent.parent
PAGE = CHECKOUT / "docs" / "chat-transcript.md"

HEAD = """# A short session in the chat room

Made by `tests/chat/transcript.py`, which types the lines marked `<` and waits for those marked `>`.

    python3 scripts/serve_chat.py
    python3 scripts/join_chat.py lily
    python3 scripts/join_chat.py 张三

| who      |     | line |
|----------|-----|------|
"""
IN = "已进入聊天室，quit 退出 (you are in as {}; quit leaves)"
OUT = "已离开聊天室 (you have left)"

# Who types what (None: starts the client), and who then sees what.
STEPS = [
    ("lily", None, {"lily": [IN.format("lily")], "server": ["lily 进入聊天室 (has entered)"]}),
    ("张三", None, {"张三": [IN.format("张三")], "server": ["张三 进入聊天室 (has entered)"],
                  "lily": ["张三 进入聊天室 (has entered)"]}),
    ("lily", "你好, 张三", {"张三": ["lily: 你好, 张三"], "server": ["lily: 你好, 张三"]}),
    ("张三", "在吃饭  in a minute", {"lily": ["张三: 在吃饭  in a minute"], "server": ["张三: 在吃饭  in a minute"]}),
    ("server", "下课了", {"server": ["管理员消息: 下课了"], "lily": ["管理员消息: 下课了"], "张三": ["管理员消息: 下课了"]}),
    ("张三", "quit", {"张三": [OUT], "server": ["张三 离开聊天室 (has left)"], "lily": ["张三 离开聊天室 (has left)"]}),
    ("lily", "quit", {"lily": [OUT], "server": ["lily 离开聊天室 (has left)"]}),
]


def play(*options):
    """Play the session and return the page; raise AssertionError where somebody sees something else."""
    rows = []
    with contextlib.ExitStack() as stack:
        people = {"server": stack.enter_context(_run("serve_chat.py", "--port", 0, *options))}
        port = people["server"].stdout.readline().rpartition(":")[2].strip()
        for who, typed, seen in STEPS:
            if typed is None:
                people[who] = stack.enter_context(_run("join_chat.py", who, "--port", port, *options))
            else:
                print(typed, file=people[who].stdin, flush=True)
                rows.append((who, "<", typed))
            for other, lines in seen.items():
                for line in lines:
                    got = people[other].stdout.readline().rstrip("\n")
                    error = "" if got else people[other].stderr.read()
                    assert got == line, f"{other} saw {got!r}, not {line!r}; {error}"
                    rows.append((other, ">", got))
    return HEAD + "".join(f"| {who:8} | `{way}` | {line} |\n" for who, way, line in rows)


@contextlib.contextmanager
def _run(script, *arguments):
    command = [sys.executable, "-u", str(CHECKOUT / "scripts" / script), *map(str, arguments)]
    environment = {**os.environ, "PYTHONUTF8": "1"}
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen(command, text=True, encoding="utf-8", env=environment, **pipes) as process:
        try:
            yield process
        finally:
            process.kill()


if __name__ == "__main__":
    PAGE.write_text(play(), encoding="utf-8")
