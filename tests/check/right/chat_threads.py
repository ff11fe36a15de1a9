"""群聊服务器，正确版"""
import socket
import threading

HOST, PORT = '0.0.0.0', 9000
clients = {}
lock = threading.Lock()

def broadcast(text, skip=None):
    with lock:
        targets = [c for c in clients if c is not skip]
    for c in targets:
        try:
            c.sendall((text + '\n').encode('utf-8'))
        except OSError:
            pass

def handle(conn, addr):
    with conn, conn.makefile('r', encoding='utf-8', errors='replace') as reader:
        name = reader.readline().strip()
        if not name:
            return
        with lock:
            clients[conn] = name
        try:
            broadcast('%s 进入聊天室' % name)
            for line in reader:
                line = line.rstrip('\n')
                if line == 'quit':
                    break
                broadcast('%s: %s' % (name, line), conn)
        except OSError as e:
            print('连接出错', e)
        finally:
            with lock:
                clients.pop(conn, None)
            broadcast('%s 离开' % name)

def main():
    server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind((HOST, PORT))
    server.listen(5)
    try:
        while True:
            conn, addr = server.accept()
            t = threading.Thread(target=handle, args=(conn, addr), daemon=True)
            t.start()
    except KeyboardInterrupt:
        print('服务器退出')
    finally:
        server.close()

if __name__ == '__main__':
    main()
