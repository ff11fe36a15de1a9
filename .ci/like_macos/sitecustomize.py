"""Let Python on Linux look like Python on macOS, as far as that can be shown there: `.ci/macos` puts this on the path.

What macOS lacks is taken away, `select.kqueue` is made of epoll, and its smaller limits hold: for the paths of Unix
sockets, for datagrams, for the names of shared memory. The errors' numbers and texts stay those of Linux.
"""
from __future__ import annotations

import errno
import os
import select
import sys

_READ, _WRITE, _PROCESS = -1, -2, -5
_ADD, _DELETE, _END = 0x1, 0x2, 0x8000
_epoll, _pidfd_open = select.epoll, os.pidfd_open
_IN, _OUT, _HANG_UP = select.EPOLLIN, select.EPOLLOUT, select.EPOLLHUP | select.EPOLLERR


def _error(number: int) -> OSError:
    return OSError(number, os.strerror(number))


class _Event:
    def __init__(self, ident, filter=_READ, flags=_ADD, fflags=0, data=0, udata=0):
        self.ident = ident if isinstance(ident, int) else ident.fileno()
        self.filter, self.flags, self.fflags, self.data, self.udata = filter, flags, fflags, data, udata


class _Kqueue:
    """Level-triggered; no forked child has it, and to close a descriptor deletes its filters."""

    def __init__(self):
        self._epoll, self._pid, self.closed = _epoll(), os.getpid(), False
        self._filters, self._processes = {}, {}

    def fileno(self):
        return self._epoll.fileno()

    def close(self):
        self.closed = True
        for descriptor in self._processes:
            os.close(descriptor)
        self._processes = {}
        self._epoll.close()

    def control(self, changes, most, timeout=None):
        if self._pid != os.getpid():
            raise _error(errno.EBADF)
        if self.closed:
            raise ValueError("I/O operation on closed kqueue object")
        if timeout is not None and timeout < 0:
            raise ValueError("timeout must be positive or None")
        self._forget_closed()
        for event in changes or ():
            self._change(event)
        if not most:
            return []
        found = self._epoll.poll(-1 if timeout is None else timeout, most)
        return [event for descriptor, mask in found for event in self._events(descriptor, mask)][:most]

    def _change(self, event):
        if event.filter == _PROCESS:
            descriptor = _pidfd_open(event.ident)
            self._processes[descriptor] = event.ident
            return self._epoll.register(descriptor, _IN)
        about, before = os.fstat(event.ident), self._mask(event.ident)
        if event.flags & _ADD:
            self._filters[event.ident, event.filter] = about.st_dev, about.st_ino
        elif self._filters.pop((event.ident, event.filter), None) is None:
            raise _error(errno.ENOENT)
        mask = self._mask(event.ident)
        if not mask:
            self._epoll.unregister(event.ident)
        elif before:
            self._epoll.modify(event.ident, mask)
        else:
            self._epoll.register(event.ident, mask)

    def _mask(self, descriptor):
        return _IN * ((descriptor, _READ) in self._filters) | _OUT * ((descriptor, _WRITE) in self._filters)

    def _forget_closed(self):
        for key, identity in list(self._filters.items()):
            try:
                about = os.fstat(key[0])
            except OSError:
                about = None
            if about is None or identity != (about.st_dev, about.st_ino):
                del self._filters[key]

    def _events(self, descriptor, mask):
        if descriptor in self._processes:
            pid = self._processes.pop(descriptor)
            self._epoll.unregister(descriptor)
            os.close(descriptor)
            yield _Event(pid, _PROCESS)
        for kind, bit in ((_READ, _IN), (_WRITE, _OUT)):
            if mask & (bit | _HANG_UP) and (descriptor, kind) in self._filters:
                yield _Event(descriptor, kind, _ADD | (_END if mask & _HANG_UP else 0))


for _name in [_name for _name in dir(select) if _name.lower().startswith("epoll")]:
    delattr(select, _name)
for _name, _value in {"kqueue": _Kqueue, "kevent": _Event, "KQ_FILTER_READ": _READ, "KQ_FILTER_WRITE": _WRITE,
                      "KQ_FILTER_PROC": _PROCESS, "KQ_EV_ADD": _ADD, "KQ_EV_DELETE": _DELETE, "KQ_EV_ONESHOT": 0x10,
                      "KQ_EV_EOF": _END, "KQ_NOTE_EXIT": 0x80000000}.items():
    setattr(select, _name, _value)
sys.platform = "darwin"  # before what looks at it is imported

import fcntl  # noqa: E402
import signal  # noqa: E402
import socket  # noqa: E402
import time  # noqa: E402
import weakref  # noqa: E402

for _module, _names in [
    (os, "copy_file_range eventfd fdatasync getrandom getxattr memfd_create O_DIRECT O_PATH O_TMPFILE pidfd_open pipe2 "
         "posix_fadvise posix_fallocate sched_getaffinity sched_setaffinity splice unshare waitid"),
    (signal, "SIGRTMAX SIGRTMIN sigtimedwait sigwaitinfo"),
    (socket, "IP_MTU_DISCOVER MSG_CMSG_CLOEXEC MSG_ERRQUEUE MSG_MORE MSG_NOSIGNAL SCM_CREDENTIALS SOCK_CLOEXEC "
             "SOCK_NONBLOCK SO_BINDTODEVICE SO_PASSCRED SO_PEERCRED TCP_CORK TCP_DEFER_ACCEPT TCP_QUICKACK "
             "TCP_USER_TIMEOUT"),
    (time, "CLOCK_BOOTTIME"),
    (fcntl, "F_GETPIPE_SZ F_OFD_GETLK F_OFD_SETLK F_OFD_SETLKW F_SETPIPE_SZ"),
]:
    for _name in _names.split():
        if hasattr(_module, _name):
            delattr(_module, _name)
        if _name in getattr(_module, "__all__", ()):
            _module.__all__.remove(_name)

_fcntl, fcntl.F_FULLFSYNC = fcntl.fcntl, 51


def _fcntl_with_full_sync(descriptor, command, argument=0):
    return os.fsync(descriptor) or 0 if command == fcntl.F_FULLFSYNC else _fcntl(descriptor, command, argument)


fcntl.fcntl = _fcntl_with_full_sync

_Socket, _Base = socket.socket, socket.socket.__bases__[0]
_send_buffers = weakref.WeakKeyDictionary()


def _accept(self):
    descriptor, address = self._accept()
    sock = _Socket(self.family, self.type, self.proto, fileno=descriptor)
    if self.gettimeout() == 0:
        os.set_blocking(descriptor, False)  # inherited there from the listener, which Python does not know
    elif socket.getdefaulttimeout() is None and self.gettimeout():
        sock.setblocking(True)
    return sock, address


def _setsockopt(self, level, option, value, *rest):
    if (level, option) == (socket.SOL_SOCKET, socket.SO_SNDBUF):
        _send_buffers[self] = value
    return _Base.setsockopt(self, level, option, value, *rest)


def _sending(name, size_of):
    def send(self, data, *rest):
        data = list(data) if name == "sendmsg" else data
        limit = _send_buffers.get(self, 2048 if self.family == socket.AF_UNIX else 9216)
        if self.type == socket.SOCK_DGRAM and size_of(data) > limit:
            raise _error(errno.EMSGSIZE)
        return getattr(_Base, name)(self, data, *rest)

    return send


def _naming(name):
    def use(self, address):
        if self.family == socket.AF_UNIX and len(os.fsencode(address)) > 103:
            raise OSError("AF_UNIX path too long")
        if name == "bind" and self.family == socket.AF_INET and address[0].startswith("127.") \
                and address[0] != "127.0.0.1":
            raise _error(errno.EADDRNOTAVAIL)
        return getattr(_Base, name)(self, address)

    return use


_Socket.accept, _Socket.setsockopt = _accept, _setsockopt
_Socket.bind, _Socket.connect = _naming("bind"), _naming("connect")
for _name in ("send", "sendto"):
    setattr(_Socket, _name, _sending(_name, lambda data: memoryview(data).nbytes))
_Socket.sendmsg = _sending("sendmsg", lambda parts: sum(memoryview(part).nbytes for part in parts))

import _posixshmem  # noqa: E402

_shm_open = _posixshmem.shm_open


def _shm_open_short(path, flags, mode=0o777):
    if len(path) > 31:
        raise _error(errno.ENAMETOOLONG)
    return _shm_open(path, flags, mode=mode)


_posixshmem.shm_open = _shm_open_short
