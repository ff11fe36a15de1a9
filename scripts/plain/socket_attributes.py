"""Show what a socket knows of itself (套接字属性): type, family, getsockname, getpeername, fileno, options.

显示套接字的各种属性：type、family、getsockname、getpeername、fileno 和选项。

    python3 socket_attributes.py

Errata: 16, 17, 80, 138.
"""
import socket


def show(title, sock):
    print(title)
    print("  type, family:", sock.type.name, sock.family.name)
    print("  own address:", sock.getsockname())  # IPv6 gives four parts, not a pair
    try:
        print("  peer's address:", sock.getpeername())  # of every connected socket, not only of accepted ones
    except OSError as error:
        print("  no peer:", error.strerror)
    print("  a number among the system's open files:", sock.fileno() >= 0)  # on Windows of another kind than a file's
    for name in ("SO_REUSEADDR", "SO_KEEPALIVE", "SO_BROADCAST", "SO_RCVBUF", "SO_SNDBUF", "SO_ERROR"):
        print(f"  {name}:", sock.getsockopt(socket.SOL_SOCKET, getattr(socket, name)))


def main():
    # create_server sets SO_REUSEADDR, before bind, where it means "at once again", and not on Windows.
    with socket.create_server(("127.0.0.1", 0)) as listener:
        show("the listening socket", listener)
        with socket.create_connection(listener.getsockname(), timeout=5) as client:
            connection, address = listener.accept()
            with connection:
                show("the client's", client)
                show("the accepted one", connection)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
        datagrams.connect(("127.0.0.1", 9))  # sends nothing, but now it has a peer, too
        show("a connected UDP socket", datagrams)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass

# Not enough when you want it in words, of any socket: netio tcp.describe
