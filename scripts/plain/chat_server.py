"""Serve a chat room over UDP (群聊聊天室，服务端): log in, say, quit; what is typed here is an announcement.

UDP 聊天室服务端：登录、发言、退出；在这里键入的是管理员消息。

    python3 chat_server.py [HOST [PORT]]        in terminal 1, first; 127.0.0.1 8888
    python3 chat_client.py lily                 in terminals 2, 3, ...

The notes' words: `L name`, `C name text`, `Q name`; the answers are `OK`, or the reason why not, and `EXIT`.

Errata: 20, 53, 57, 103, 104.
"""
import contextlib
import socket
import sys
import threading
import time
import unicodedata

HOST, PORT = sys.argv[1:3] + ["127.0.0.1", "8888"][len(sys.argv) - 1:]
ADMIN, MAX_MEMBERS, SILENCE = "管理员", 500, 600  # seconds; who has not been heard for so long has vanished without `Q`


class Room:  # who is in, and who hears what
    def __init__(self, sock):
        self.sock = sock
        self.members = {}  # name: [address, when it was last heard]
        self.lock = threading.Lock()  # the keyboard's thread announces while the other serves

    def send(self, text, address):
        with contextlib.suppress(OSError):  # that member is gone; the silence will put it out
            self.sock.sendto(text.encode("utf-8", "replace"), address)

    def tell(self, text, but=None):
        """Send a text to all, or to all but one, and print it here."""
        with contextlib.suppress(OSError):  # nobody reads our output any more: we serve on
            print(text, flush=True)
        for name, (address, _) in self.members.items():
            if name != but:
                self.send(text, address)

    def log_in(self, name, address):
        plain = unicodedata.normalize("NFKC", name)  # full-width letters look like the usual ones
        if name in self.members and self.members[name][0] == address:
            return self.send("OK", address)  # our answer was lost, and it asks again
        if not 1 <= len(name) <= 20 or not name.isprintable() or set(" :") & set(plain) or ADMIN in plain:
            return self.send("拒绝: 名字不能用 (no such name, please)", address)
        if any(unicodedata.normalize("NFKC", other) == plain for other in self.members):
            return self.send("拒绝: 这个名字已有人用了 (that name is taken)", address)
        if len(self.members) >= MAX_MEMBERS or any(place == address for place, _ in self.members.values()):
            return self.send("拒绝: 聊天室已满，或您已登录 (full, or you are in already)", address)
        self.tell(f"{name} 进入聊天室 (has entered)")
        self.members[name] = [address, time.monotonic()]
        self.send("OK", address)

    def handle(self, data, address):
        """Do what a datagram asks for. Anybody may have sent it."""
        text = data.decode("utf-8", "replace").rstrip("\r\n")
        verb, _, rest = text.partition(" ")
        name, _, said = rest.partition(" ")  # only two spaces part; what is said keeps its own
        if text.startswith("拒绝"):  # never answered, or two servers could refuse each other for ever
            return
        if verb == "L":
            return self.log_in(rest.strip(), address)
        member = self.members.get(name)
        if verb not in ("C", "Q") or member is None or member[0] != address:  # a name belongs to who logged in
            return self.send("拒绝: 请先登录 (log in first: L name)", address)
        member[1] = time.monotonic()
        if verb == "Q":
            self.send("EXIT", address)
            self.leave(name, "has left")
        elif not said.strip() or len(said.encode("utf-8")) > 900 or not said.isprintable():
            self.send("拒绝: 空的、太长或有控制字符 (empty, too long, or control characters)", address)
        else:
            self.tell(f"{name}: {said}", but=name)

    def leave(self, name, why):
        del self.members[name]
        self.tell(f"{name} 离开聊天室 ({why})")

    def serve_forever(self):
        self.sock.settimeout(0.5)  # in short steps: for who has vanished, and for Ctrl-C on Windows
        while True:
            try:
                data, address = self.sock.recvfrom(2048)
            except OSError:  # nothing came, or, on Windows, a member is gone
                data = b""
            with self.lock:
                if data:
                    self.handle(data, address)
                for name, (_, heard) in list(self.members.items()):
                    if heard + SILENCE < time.monotonic():
                        self.leave(name, "has been silent")


def read_keyboard(room):
    """Announce what is typed. The notes' child process sends it as a datagram, which anybody could send as well."""
    for line in open(0, encoding=sys.stdin.encoding, errors="replace", closefd=False):  # not sys.stdin: it is locked
        if line.strip():
            with room.lock:
                room.tell(f"{ADMIN}消息: " + "".join(char if char.isprintable() else "?" for char in line.strip()))


if __name__ == "__main__":
    if hasattr(sys.stdout, "reconfigure"):  # not where it is closed, nor in IDLE
        sys.stdout.reconfigure(errors="backslashreplace")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        room = Room(sock)
        try:
            sock.bind((HOST, int(PORT)))
            print("listening on %s:%d" % sock.getsockname(), flush=True)
            if sys.stdin:  # None where there is no keyboard, and then the number 0 is another file's
                threading.Thread(target=read_keyboard, args=(room,), daemon=True).start()
            room.serve_forever()
        except KeyboardInterrupt:
            held = room.lock.acquire(timeout=1)  # for good: a daemon stopped in a print breaks Python's end
            for address, _ in room.members.values():
                room.send("EXIT", address)
        except (OSError, OverflowError, ValueError) as error:  # an address in use, a port that is no number
            sys.exit(f"{HOST} port {PORT}: {error}")
# Not enough when lost datagrams must be sent again, floods held back, or TCP spoken: netio chat.Server
