import socket

def query(word):
    with open('dict.txt', encoding='utf-8') as f:
        for line in f:
            parts = line.split(maxsplit=1)
            if parts and parts[0] == word:
                return line.strip()
    return '没有找到'

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('127.0.0.1', 8888))
try:
    while True:
        try:
            data, addr = s.recvfrom(1024)
            word = data.decode('utf-8')
        except (UnicodeDecodeError, ConnectionResetError):
            continue
        s.sendto(query(word).encode('utf-8'), addr)
except KeyboardInterrupt:
    pass
finally:
    s.close()
