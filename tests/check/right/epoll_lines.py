from socket import *
import select

s = socket(AF_INET, SOCK_STREAM)
s.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
s.bind(('127.0.0.1', 8888))
s.listen(5)
ep = select.epoll()
fdmap = {s.fileno(): s}
ep.register(s, select.EPOLLIN)
bufs = {}
try:
    while True:
        events = ep.poll()
        for fd, event in events:
            if fd == s.fileno():
                c, addr = fdmap[fd].accept()
                fdmap[c.fileno()] = c
                bufs[c.fileno()] = b''
                ep.register(c, select.EPOLLIN)
            else:
                try:
                    data = fdmap[fd].recv(1024)
                except OSError:
                    data = b''
                if not data:
                    ep.unregister(fd)
                    fdmap[fd].close()
                    del fdmap[fd], bufs[fd]
                    continue
                bufs[fd] += data
                while b'\n' in bufs[fd]:
                    line, bufs[fd] = bufs[fd].split(b'\n', 1)
                    print(line.decode('utf-8', 'replace'))
except KeyboardInterrupt:
    pass
finally:
    s.close()
