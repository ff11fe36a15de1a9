"""Enter a chat room: what you type goes to the others, what they say is shown above it.

    python3 scripts/join_chat.py lily
    python3 scripts/join_chat.py 张三 --host 192.168.1.7
    python3 scripts/join_chat.py tom --tcp

The room is one of serve_chat.py, or (UDP) a fellow student's after the notes. `quit`, Ctrl-D and Ctrl-C log out.
"""
from __future__ import annotations

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # python -P does not look here
import _prelude

from netio import chat
from netio.chat.rules import drop_gloss


def main(argv: list[str] | None = None) -> int:
    options = _prelude.parser(__doc__)
    options.add_argument("name", metavar="NAME", help="what the others shall call you")
    _prelude.add_address(options, port=8888)
    options.add_argument("--tcp", action="store_true", help="the room is served over TCP")
    options.add_argument("--patience", type=float, default=1.5, metavar="SECONDS",
                         help="with UDP: how long a server of netio's may take to say so (default: %(default)g)")
    chosen = options.parse_args(argv)
    end = chat.join((chosen.host, chosen.port), chosen.name, over_tcp=chosen.tcp, patience=chosen.patience,
                    say=_prelude.say)
    if end.kind == "refused":
        chinese = drop_gloss(end.text).replace(chat.room.REFUSED, "拒绝：", 1)
        raise _prelude.Refusal(chinese if _prelude.language() == "zh" else end.text)
    if end.kind != "left":
        raise ConnectionError(end.text)
    print(_prelude.say("已离开聊天室 (you have left)"))
    return 0


if __name__ == "__main__":
    _prelude.run(main)
