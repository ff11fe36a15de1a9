"""The errors of bytes, text and files."""
from __future__ import annotations

from .entry import Error

ERRORS = [
    Error("str where bytes are wanted", """\
any: TypeError: a bytes-like object is required, not 'str'""",
          "Sockets and binary files carry bytes.",
          "`text.encode('utf-8')` before sending, `data.decode('utf-8')` behind receiving, once the message is whole.",
          "套接字和二进制文件只收发字节串。",
          "发送前 `text.encode('utf-8')`，收到完整的消息后 `data.decode('utf-8')`。",
          "udp.answer_text tcp.send_frame", "talk_tcp.py"),
    Error("bytes and str do not add up", """\
any: TypeError: can't concat str to bytes""",
          "bytes and str are two types, also when both look like text; `data == 'quit'` is never true for the same "
          "reason.",
          "Decode what was received, or write a literal with b: `b'quit'`.",
          "bytes 和 str 是两种类型，看上去都像文字也一样；同理 `data == 'quit'` 永远不成立。",
          "先把收到的 decode，或把字面量写成 `b'quit'`。",
          "tcp.Reader", "talk_tcp.py"),
    Error("'gbk' codec can't decode", """\
any: UnicodeDecodeError: 'gbk' codec can't decode byte 0x... in position ...: ...""",
          "The file is UTF-8, but `open` without an encoding takes that of the system: GBK on a Chinese Windows.",
          "`open(path, encoding='utf-8')`, always.",
          "文件是 UTF-8 的，而 `open` 不写 encoding 时用系统的编码：中文 Windows 上是 GBK。",
          "总是写 `open(path, encoding='utf-8')`。",
          "files.guess_file_encoding files.read_lines"),
    Error("'utf-8' codec can't decode", """\
any: UnicodeDecodeError: 'utf-8' codec can't decode byte 0x... in position ...: ...""",
          "The bytes are not UTF-8: a GBK file, a picture; or a piece that `recv` cut in the middle of a character.",
          "Find out the encoding of a file; open what is not text with 'rb'; decode whole messages, not pieces.",
          "这些字节不是 UTF-8：GBK 文件、图片；或者 `recv` 恰好把一个汉字切成了两半。",
          "先弄清文件的编码；非文本用 'rb' 打开；对完整的消息而不是片段 decode。",
          "files.guess_file_encoding tcp.Reader packing.truncate_text"),
    Error("'gbk' codec can't encode", """\
any: UnicodeEncodeError: 'gbk' codec can't encode character '...' in position ...: illegal multibyte sequence""",
          "The console or file is GBK, and the character (an emoji, é) is not in it.",
          "Write files with encoding='utf-8'; for the console set PYTHONUTF8=1 or "
          "`sys.stdout.reconfigure(errors='backslashreplace')`.",
          "控制台或文件是 GBK，而该字符（表情、é）不在其中。",
          "写文件用 encoding='utf-8'；控制台设置 PYTHONUTF8=1，或 `sys.stdout.reconfigure(errors='backslashreplace')`。",
          "files.encodings.find_unencodable"),
    Error("surrogates not allowed", """\
any: UnicodeEncodeError: 'utf-8' codec can't encode character '...' in position ...: surrogates not allowed""",
          "The text holds half a character: from a file name that is not UTF-8, from input in another encoding, or "
          "from JSON.",
          "`text.encode('utf-8', 'surrogateescape')` gives the bytes back that it came from.",
          "文字里有半个字符：来自不是 UTF-8 的文件名、别的编码的输入，或 JSON。",
          "`text.encode('utf-8', 'surrogateescape')` 可还原出原来的字节。",
          "files.encodings.find_unencodable"),
    Error("I/O operation on closed file", """\
any: ValueError: I/O operation on closed file...""",
          "Reading or writing behind `close()`, or below a `with` instead of inside it.",
          "Indent it into the `with`.",
          "在 `close()` 之后读写，或写在了 `with` 块的外面。",
          "缩进到 `with` 里面。",
          "files.read_lines files.read_chunks"),
    Error("seek in a text file", """\
any: io.UnsupportedOperation: can't do nonzero cur-relative seeks
any: io.UnsupportedOperation: can't do nonzero end-relative seeks""",
          "In text mode an offset is no count of characters, so only `seek(0, 1)`, `seek(0, 2)` and what `tell()` "
          "gave are allowed.",
          "Open with 'rb' to seek from where you are or from the end.",
          "文本模式下偏移量不是字符数，只允许 `seek(0, 1)`、`seek(0, 2)` 和 `tell()` 返回过的值。",
          "要相对当前位置或末尾移动，用 'rb' 打开。",
          "files.LineIndex files.read_last_lines files.walk_offsets", "show_offsets.py"),
    Error("Not readable, not writable", """\
any: io.UnsupportedOperation: not writable""",
          "The file was opened in a mode that does not allow this: 'r' only reads, 'w' and 'a' only write.",
          "'r+' reads and writes an existing file; 'w+' empties it first.",
          "打开模式不允许：'r' 只读，'w' 和 'a' 只写。",
          "'r+' 读写已有的文件；'w+' 会先清空。",
          "files.explain_mode"),
    Error("No such file or directory", """\
any: FileNotFoundError: [Errno 2] No such file or directory: '...'""",
          "A relative path starts where the program was started, not where its file lies; a backslash in 'C:\\new' "
          "is a newline.",
          "`Path(__file__).parent / 'a.txt'`, and print `os.getcwd()`.",
          "相对路径从启动程序的目录算起，不是从源文件所在的目录；'C:\\new' 里的反斜杠成了换行。",
          "用 `Path(__file__).parent / 'a.txt'`，并打印 `os.getcwd()` 看看。",
          "files.describe_file files.facts.list_folder", "lookup_word.py"),
    Error("The file is used by another process", """\
Windows: PermissionError: [WinError 32] The process cannot access the file because it is being used by another \
process: '...'
中文 Windows: PermissionError: [WinError 32] 另一个程序正在使用此文件，进程无法访问。: '...'""",
          "Windows neither removes nor renames a file that is open, also in your own program.",
          "Close it first: `with`. Linux and macOS allow it.",
          "Windows 不允许删除或改名一个打开着的文件，哪怕是你自己的程序打开的。",
          "先关闭：用 `with`。Linux 和 macOS 允许。",
          "files.replace_file files.replacing.discard_file"),
]
