import os, sys
from time import sleep

def f1():
    for i in range(3):
        sleep(1)
        print('写代码')
    os._exit(0)

def f2():
    for i in range(2):
        sleep(1)
        print('测试')

try:
    pid = os.fork()
except OSError:
    sys.exit('创建进程失败')
if pid == 0:
    f1()
else:
    f2()
    pid, status = os.waitpid(pid, 0)
    print(pid, os.waitstatus_to_exitcode(status))
