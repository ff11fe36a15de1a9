import socket
ADDR = ('127.0.0.1', 8000)
def read_request(conn):
    data = b''
    while b'\r\n\r\n' not in data:
        chunk = conn.recv(4096)
        if not chunk:
            return None
        data += chunk
        if len(data) > 65536:
            return None
    return data
def handle(conn):
    request = read_request(conn)
    if request is None:
        return
    line = request.split(b'\r\n')[0].decode('latin-1')
    parts = line.split(' ')
    if len(parts) != 3:
        return
    if parts[1] == '/':
        status, body = '200 OK', '<h1>欢迎</h1>'.encode('utf-8')
    else:
        status, body = '404 Not Found', b'sorry'
    head = 'HTTP/1.1 %s\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\nConnection: close\r\n\r\n' % (status, len(body))
    conn.sendall(head.encode('latin-1') + body)
def main():
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind(ADDR)
    server.listen(5)
    while True:
        conn, addr = server.accept()
        try:
            conn.settimeout(5)
            handle(conn)
        except OSError as e:
            print(e)
        finally:
            conn.close()
if __name__ == '__main__':
    main()
