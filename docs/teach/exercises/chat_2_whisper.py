"""Serve a chat room over UDP in which members can whisper: say something to one other member only.

UDP 聊天室，可以说悄悄话：只对一个成员说。

    python3 chat_2_whisper.py [HOST [PORT]]        127.0.0.1 8888

`L name` logs in and is answered by `OK`, or by `taken` if somebody else has the name. `W name other text`: `other`
gets `name whispers: text`, and nobody else hears it; the sender gets `OK`, or `no such member`. `Q name` logs out and
is answered by `EXIT`. A name belongs to the address that logged in; what others send in its name, and all else, is
answered by `refused`.
`L name` 登录，答 `OK`；名字已被别人占用，答 `taken`。`W name other text`：`other` 收到 `name whispers: text`，
别人都收不到；发送者得到 `OK` 或 `no such member`。`Q name` 退出，答 `EXIT`。
名字属于登录时的地址；别人冒用这个名字，以及其他一切请求，答 `refused`。
"""
import socket
import sys

HOST = sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1"
PORT = int(sys.argv[2]) if len(sys.argv) > 2 else 8888


def main():
    members = {}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((HOST, PORT))
        print("listening on %s:%d" % sock.getsockname(), flush=True)
        while True:
            data, address = sock.recvfrom(1024)
            words = data.decode("utf-8", "replace").split(" ")
            if words[0] == "L":
                members[words[-1]] = address  # TODO: and if the name is taken? 待改：名字已被占用呢？
                sock.sendto(b"OK", address)
            elif words[0] == "W" and len(words) > 3:
                for place in members.values():  # TODO: only to one; and is it really `name` who sends? 待改：只发给一人；真的是本人吗？
                    sock.sendto(f"{words[1]} whispers: {words[3]}".encode(), place)
            else:
                sock.sendto(b"EXIT", address)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
