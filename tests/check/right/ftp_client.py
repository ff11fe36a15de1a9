import os
import socket
import struct
import sys

def recvn(sock, n):
    buf = b''
    while len(buf) < n:
        part = sock.recv(n - len(buf))
        if part == b'':
            raise EOFError('对方断开')
        buf += part
    return buf

class FtpClient:
    def __init__(self, addr):
        self.sock = socket.create_connection(addr, timeout=10)

    def close(self):
        self.sock.close()

    def request(self, text):
        data = text.encode('utf-8')
        self.sock.sendall(struct.pack('!H', len(data)) + data)

    def reply(self):
        n, = struct.unpack('!H', recvn(self.sock, 2))
        return recvn(self.sock, n).decode('utf-8')

    def do_list(self):
        self.request('LIST')
        print(self.reply())

    def do_get(self, name):
        self.request('GET ' + name)
        if self.reply() != 'OK':
            print('没有这个文件')
            return
        size, = struct.unpack('!Q', recvn(self.sock, 8))
        with open(os.path.basename(name), 'wb') as f:
            while size > 0:
                data = self.sock.recv(min(4096, size))
                if not data:
                    raise EOFError('传输中断')
                f.write(data)
                size -= len(data)

def main():
    ftp = FtpClient(('127.0.0.1', 8080))
    try:
        while True:
            cmd = input('命令>>').strip()
            if cmd == 'list':
                ftp.do_list()
            elif cmd[:3] == 'get':
                ftp.do_get(cmd.split()[-1])
            elif cmd in ('', 'quit'):
                break
    finally:
        ftp.close()

if __name__ == '__main__':
    main()
