from multiprocessing import Process, Queue, Lock, Value, Pool
import os
import time

def producer(q, n):
    for i in range(n):
        q.put(i)
    q.put(None)

def consumer(q, total, lock):
    while True:
        item = q.get()
        if item is None:
            break
        with lock:
            total.value += item

def square(x):
    return x * x

class MyProcess(Process):
    def __init__(self, value):
        super().__init__()
        self.value = value

    def run(self):
        print(os.getpid(), self.value)

if __name__ == '__main__':
    q = Queue(10)
    lock = Lock()
    total = Value('i', 0)
    ps = [Process(target=producer, args=(q, 100)), Process(target=consumer, args=(q, total, lock))]
    for p in ps:
        p.start()
    for p in ps:
        p.join()
    print(total.value)
    pool = Pool(4)
    results = [pool.apply_async(square, (i,)) for i in range(10)]
    pool.close()
    pool.join()
    print([r.get() for r in results])
    mp = MyProcess(3)
    mp.start()
    mp.join()
