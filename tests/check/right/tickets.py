from threading import Thread, Lock, Event
import time

class Ticket:
    def __init__(self, n):
        self.n = n
        self.lock = Lock()

    def sell(self):
        while True:
            with self.lock:
                if self.n <= 0:
                    return
                self.n -= 1
                left = self.n
            print('剩余', left)
            time.sleep(0.001)

t = Ticket(100)
ths = []
for i in range(5):
    th = Thread(target=t.sell)
    th.start()
    ths.append(th)
for th in ths:
    th.join()

s = None
e = Event()
def yang():
    global s
    s = '天王盖地虎'
    e.set()
th = Thread(target=yang)
th.start()
e.wait()
if s == '天王盖地虎':
    print('自己人')
e.clear()
th.join()
lock = Lock()
total = 0
def add():
    global total
    for i in range(1000):
        lock.acquire()
        total += 1
        lock.release()
a = Thread(target=add)
b = Thread(target=add)
a.start()
b.start()
a.join()
b.join()
print(total)
