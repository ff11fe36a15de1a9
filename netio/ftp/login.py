"""Log in to any FTP server: the standard library's `ftplib`, made safe.

`ftplib` speaks the protocol well, but it dies of a name that is no UTF-8, and believes (before 3.9.3) whatever host a
server names for the data connection. `open_session` returns an `ftplib.FTP` without these faults.
"""
from __future__ import annotations

import ftplib
import socket
import ssl
from typing import Any

from .._deadline import wait_limit
from ..tcp import connect, format_address
from .remote import blame_server, check_command

_MAX_REPLY = 1 << 20  # bytes: enough for the longest STAT


class _Session(ftplib.FTP):
    """`ftplib.FTP` that takes any bytes in names, and data connections from its server's own address only."""

    def connect(self, host: str = "", port: int = 0, timeout: float = 30.0, source_address: Any = None) -> str:
        self.host, self.port = host, port or ftplib.FTP_PORT
        self.timeout: Any = wait_limit(timeout)
        self.sock = connect((self.host, self.port), timeout=timeout)
        self.af = self.sock.family
        self._open_file()
        self.welcome = self.getresp()
        return self.welcome

    def getmultiline(self) -> str:
        """Return a reply, of which a server cannot make an endless one."""
        line = self.getline()
        lines, size, code = [line], len(line), line[:3]
        goes_on = line[3:4] == "-"
        while goes_on:
            line = self.getline()
            lines.append(line)
            size += len(line) + 1
            goes_on = line[:4] not in (code, f"{code} ")
            if size > _MAX_REPLY:
                self.close()
                raise ftplib.error_proto(f"a reply of more than {_MAX_REPLY} bytes: {lines[0][:60]!a}...")
        return "\n".join(lines)

    def _open_file(self) -> None:
        assert self.sock is not None
        self.file = self.sock.makefile("r", encoding=self.encoding, errors="surrogateescape")

    def putline(self, line: str) -> None:
        check_command(line)
        if self.sock is None:
            raise ConnectionAbortedError("the session is closed")
        self.sock.sendall(f"{line}\r\n".encode(self.encoding, "surrogateescape"))

    def makepasv(self) -> tuple[str, int]:
        with blame_server():
            _, port = super().makepasv()  # never the host that the answer names: it could be anybody's
        if not 0 < port < 65536:
            raise ftplib.error_proto("the server names no port for the data connection")
        return self._peer(), port

    def ntransfercmd(self, cmd: str, rest: int | str | None = None) -> tuple[socket.socket, int | None]:
        conn, size = super().ntransfercmd(cmd, rest)
        try:
            if (host := _full_host(conn.getpeername())) != self._peer():
                raise ConnectionAbortedError(f"the data connection is with {host}, and not with the server")
        except BaseException:  # also where it has just been reset: then it has no peer
            conn.close()
            raise
        return conn, size

    def _peer(self) -> str:
        assert self.sock is not None
        return _full_host(self.sock.getpeername())


class _SecureSession(_Session, ftplib.FTP_TLS):
    """The same over TLS (RFC 4217), each data connection going on with the control connection's TLS session."""

    def auth(self) -> str:
        reply = super().auth()
        self._open_file()
        return reply

    def ntransfercmd(self, cmd: str, rest: int | str | None = None) -> tuple[socket.socket, int | None]:
        private: bool = self._prot_p  # type: ignore[has-type]
        self._prot_p = False
        try:
            conn, size = super().ntransfercmd(cmd, rest)
        finally:
            self._prot_p = private
        if private:
            control: Any = self.sock
            try:
                conn = self.context.wrap_socket(conn, server_hostname=self.host, session=control.session)
            except BaseException:
                conn.close()
                raise
        return conn, size


def open_session(address: tuple[Any, ...], user: str = "anonymous", password: str = "", *,
                 tls: ssl.SSLContext | None = None, passive: bool = True, encoding: str = "utf-8",
                 timeout: float = 30.0) -> ftplib.FTP:
    """Connect to an FTP server, log in, and return the session: an `ftplib.FTP`, to be used in a `with`.

    `tls`: encrypt control and data connections, and check the server's certificate with this context. `passive=False`
    lets the server connect to us. `encoding`: of file names; old Chinese servers have "gbk". Names that are not in it
    pass through unharmed (surrogateescape). `timeout` is the longest silence in seconds, here and in all transfers.

    >>> import threading
    >>> from netio.tcp import listen
    >>> def greet_and_leave(listener):
    ...     sock, _ = listener.accept()
    ...     sock.sendall("421 太忙\\r\\n".encode("gbk"))
    ...     sock.close()
    >>> with listen(("127.0.0.1", 0)) as listener:
    ...     server = threading.Thread(target=greet_and_leave, args=(listener,))
    ...     server.start()
    ...     try:
    ...         open_session(listener.getsockname(), encoding="gbk")
    ...     except ftplib.error_temp as error:
    ...         print(error)
    ...     server.join()
    421 太忙

    Raises: OSError where there is no server (TimeoutError, ConnectionRefusedError); ftplib.error_perm for a wrong
    password; ftplib.Error; ssl.SSLError for a certificate that is not to be trusted.
    Notes: FTP 文件服务器. Stdlib: `ftplib.FTP(host, user, password)`. Source: RFC 959, 2428 (EPSV), 2640 (UTF-8), 4217.
    """
    session = _SecureSession(context=tls, encoding=encoding) if tls else _Session(encoding=encoding)
    try:
        session.connect(_full_host(address), address[1], timeout=timeout)
        session.set_pasv(passive)
        if isinstance(session, _SecureSession):
            session.auth()
        known = _agree_on_encoding(session)  # before the log-in, whose words are in that encoding, too
        session.login(user, password)
        if isinstance(session, _SecureSession):
            session.prot_p()
        if not known:
            _agree_on_encoding(session)
    except BaseException as error:
        session.close()
        if isinstance(error, EOFError):
            raise ConnectionAbortedError(f"{format_address(address)} hung up before the log-in was done") from None
        raise
    return session


def _full_host(address: tuple[Any, ...]) -> str:
    """Return the host of an address, with the zone, without which a link-local IPv6 address leads nowhere.

    >>> _full_host(("127.0.0.1", 21)), _full_host(("fe80::1", 21, 0, 2))
    ('127.0.0.1', 'fe80::1%2')
    """
    host = str(address[0])
    return f"{host}%{address[3]}" if len(address) == 4 and address[3] and "%" not in host else host


def _agree_on_encoding(ftp: ftplib.FTP) -> bool:
    """Say which encoding names have; a server that does not know the command sends them as they are."""
    is_utf8 = ftp.encoding.replace("-", "").lower() == "utf8"
    ftp.putcmd(f"OPTS UTF8 {'ON' if is_utf8 else 'OFF'}")
    return ftp.getmultiline().startswith("2")
