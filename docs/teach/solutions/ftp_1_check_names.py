"""Say which names a file server may open in its folder: one name a line from standard input.

判断文件服务器可以在自己的文件夹里打开哪些名字：从标准输入每行读一个名字。

    python3 ftp_1_check_names.py

`ok name` or `no name`. A good name leads nowhere but to a file of the folder, on Linux, macOS and Windows: no path,
no drive, no hidden file, no control character, at most 60 characters, no space or point at its end, and none of the
devices of Windows (CON, PRN, AUX, NUL, COM1 to COM9, LPT1 to LPT9, in any case and with any ending).
打印 `ok name` 或 `no name`。好名字在 Linux、macOS 和 Windows 上都只能指向这个文件夹里的文件：没有路径、盘符、
隐藏文件、控制字符，最多 60 个字符，末尾没有空格和点，也不是 Windows 的设备名（CON、PRN、AUX、NUL、COM1 到 COM9、
LPT1 到 LPT9，不分大小写，带扩展名也算）。
"""
import re
import sys

FORBIDDEN = set('/\\:*?"<>|')
DEVICE = re.compile(r"(con|prn|aux|nul|(com|lpt)[1-9¹²³]) *(\..*)?", re.IGNORECASE)


def is_good(name):
    """Tell whether a name is a file's in this folder and nothing else. What is allowed is said, not what is not."""
    return (1 <= len(name) <= 60 and name.isprintable() and not FORBIDDEN & set(name)
            and name[0] != "." and name[-1] not in ". " and not DEVICE.fullmatch(name))


def main():
    sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    sys.stdout.reconfigure(encoding="utf-8")
    for line in sys.stdin:
        name = line.rstrip("\n")
        print("ok" if is_good(name) else "no", name)


if __name__ == "__main__":
    main()
