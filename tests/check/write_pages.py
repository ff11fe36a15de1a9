"""Write docs/check.md and docs/zh/check.md from the rules: `python3 -m tests.check.write_pages`."""
from __future__ import annotations

from pathlib import Path

from netio.check import check_source
from netio.check.findings import RULES

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"
HERE = Path(__file__).resolve().parent
CHAPTERS = {
    "text": ("Broken text", "写错的文字"), "files": ("Files", "文件"), "tcp": ("TCP", "TCP"), "udp": ("UDP", "UDP"),
    "http": ("HTTP", "HTTP"), "packing": ("struct", "struct"), "trust": ("Trust", "信任"),
    "mixtures": ("Mixtures and order", "混用与顺序"), "requests": ("Requests", "请求"),
    "processes": ("Processes", "进程"), "ipc": ("Between processes", "进程间通信"), "threads": ("Threads", "线程"),
    "programs": ("Whole programs", "整个程序"),
}
PAIRS = [
    ("port-differs", "the client asks at another port than the server's", "客户端连接的端口与服务器不同"),
    ("format-differs", "one packs by another format than the other unpacks by", "一方打包的格式与另一方解包的格式不同"),
    ("encoding-differs", "one decodes by another encoding than the other encodes by", "一方解码用的编码与另一方编码用的不同"),
    ("marker-differs", "a word is waited for that the other sends in another spelling", "等的词与对方发送的写法不同"),
    ("source-encoding", "(one program) the file is saved as GBK or UTF-16 and does not say so",
     "（一个程序）文件以 GBK 或 UTF-16 保存，却没有注明"),
    ("buffer-too-small", "a datagram is received into a buffer smaller than it", "接收数据报的缓冲区比对方发送的小"),
]
SEVERITIES = {"error": "错误", "warning": "警告", "hint": "提示"}


def write_page(chinese: bool) -> str:
    """Return the page in one language: the hand-written part, then each kind, then the tables of the runs."""
    name = "zh" if chinese else "en"
    parts = [(HERE / f"page_{name}.md").read_text(encoding="utf-8").rstrip()]
    for chapter, titles in CHAPTERS.items():
        parts.append(f"## {titles[chinese]}")
        parts += [entry(rule, chinese) for rule in RULES.values() if rule.chapter == chapter]
    parts.append("## " + ("两个程序" if chinese else "Two programs"))
    parts.append("\n".join(f"- `{kind}`: {words[chinese]}" for kind, *words in PAIRS))
    parts.append((HERE / f"runs_{name}.md").read_text(encoding="utf-8").rstrip())
    return "\n\n".join(parts) + "\n"


def entry(rule, chinese):
    """Return what a page says of one kind."""
    words = rule.words()
    severity = SEVERITIES[rule.severity] if chinese else rule.severity
    erratum = ""
    if rule.erratum:
        link = "../errata.md" if chinese else "errata.md"
        erratum = f" · [{'勘误' if chinese else 'erratum'} {rule.erratum}]({link})"
    labels = ("错误：", "正确：", "改法：") if chinese else ("Wrong:", "Right:", "Cure:")
    netio = f" · netio: `{words.cure.netio}`" if words.cure.netio else ""
    title, why = (words.title_zh, words.why_zh) if chinese else (words.title, words.why)
    cure = words.cure_zh if chinese and words.cure_zh != words.cure.line else f"`{words.cure.line}`"
    return (f"### {rule.kind}\n\n{severity}{erratum}\n\n{title} {why}\n\n{labels[0]}\n\n```py\n{words.wrong}```\n\n"
            f"{labels[1]}\n\n```py\n{words.right}```\n\n{labels[2]} {cure}{netio}")


if __name__ == "__main__":
    check_source("")  # registers the rules
    for page, chinese in (("check.md", False), ("zh/check.md", True)):
        (DOCS / page).write_text(write_page(chinese), encoding="utf-8", newline="\n")
