"""Further errors of these chapters, by kind: those of the compiler, of misspelt names, of wrong types, of browsers.

`find` knows them like those of docs/common-errors.md; `...` is for what differs from program to program.
"""
from __future__ import annotations

from .entry import Error

ERRORS = [
    # the compiler
    Error("A full-width sign", """\
any: SyntaxError: invalid character '...' (U+FF
any: SyntaxError: invalid character '...' (U+20
any: SyntaxError: invalid character '...' (U+30
any: SyntaxError: invalid character in identifier
any: SyntaxError: invalid non-printable character U+""",
          "A sign of the Chinese keyboard, such as （ ： ， ‘ or a wide blank, where Python wants ( : , ' or a blank.",
          "Type it again with the English keyboard; `python3 -m netio check FILE --fix` replaces them all.",
          "程序里有中文输入法的符号，如 （ ： ， ‘ 或全角空格，Python 要的是 ( : , ' 和半角空格。",
          "切换到英文输入法重新输入；`python3 -m netio check 文件 --fix` 会全部替换。", "", "check_program.py"),
    Error("A colon is missing", """\
any: SyntaxError: expected ':'
any: SyntaxError: invalid syntax""",
          "Here, or at the end of the line above, something is missing: often the colon after if, while, def, else, "
          "or a "
          "bracket that was opened and not closed.",
          "Look at the marked line and at the one above it; `python3 -m netio check FILE` names the place.",
          "这一行或上一行末尾少了东西：常常是 if、while、def、else 之后的冒号，或没有配对的括号。",
          "看标出的那一行和它的上一行；`python3 -m netio check 文件` 会指出位置。", "", "check_program.py"),
    Error("A bracket was never closed", """\
any: SyntaxError: '...' was never closed
any: SyntaxError: unexpected EOF while parsing
any: SyntaxError: closing parenthesis '...' does not match
any: SyntaxError: unmatched '""",
          "A bracket has no partner; the error is where it was opened, often some lines above.",
          "Count the brackets of that line; an editor shows pairs.",
          "括号没有配对；错误在打开括号的地方，往往在上面几行。", "数一数那一行的括号；编辑器能显示配对。", ""),
    Error("Indentation", """\
any: IndentationError: unexpected indent
any: IndentationError: unindent does not match any outer indentation level
any: IndentationError: expected an indented block
any: TabError: inconsistent use of tabs and spaces in indentation""",
          "The lines of one block do not begin in the same column, or tabs and blanks are mixed.",
          "Four blanks for each level, no tabs; editors convert them.",
          "同一个代码块的各行没有对齐，或混用了制表符和空格。", "每一级缩进四个空格，不用制表符；编辑器可以转换。", "", "check_program.py"),
    Error("print needs brackets", """\
any: SyntaxError: Missing parentheses in call to 'print'""",
          "The program is of Python 2, where print was a statement.", "`print(x)`.",
          "这是 Python 2 的程序，那时 print 是语句。", "写成 `print(x)`。", "", "check_program.py"),
    Error("An f-string or a string is not ended", """\
any: SyntaxError: EOL while scanning string literal
any: SyntaxError: unterminated string literal
any: SyntaxError: unterminated triple-quoted string literal""",
          "The closing quote is missing, is of the other kind, or is a full-width one.",
          "End the string with the quote that began it.",
          "缺少结尾的引号，或用了另一种引号、全角引号。", "用开头那种引号结尾。", ""),
    Error("return or break in the wrong place", """\
any: SyntaxError: 'return' outside function
any: SyntaxError: 'break' outside loop
any: SyntaxError: 'continue' not properly in loop
any: SyntaxError: 'await' outside""",
          "The line is not indented into the function or loop that it belongs to.", "Indent it, or remove it.",
          "这一行没有缩进到它所属的函数或循环里。", "缩进它，或删掉。", ""),
    Error("A global is used before its statement", """\
any: SyntaxError: name '...' is used prior to global declaration
any: SyntaxError: name '...' is assigned to before global declaration
any: SyntaxError: name '...' is parameter and global""",
          "`global` must be the first that the function does with the name.", "Put it into the function's first line.",
          "函数里 `global` 必须在用到这个名字之前。", "把它放到函数的第一行。", ""),
    Error("Only ASCII in a bytes literal", """\
any: SyntaxError: bytes can only contain ASCII literal characters""",
          "b'...' has no encoding that turns Chinese characters into bytes.",
          "`'...'.encode('utf-8')`.",
          "b'...' 没有编码，不能直接写中文。", "写成 `'你好'.encode('utf-8')`。", ""),
    Error("A source file in another encoding", """\
any: SyntaxError: Non-UTF-8 code starting with
any: SyntaxError: (unicode error) 'utf-8' codec can't decode
any: SyntaxError: source code cannot contain null bytes
any: SyntaxError: source code string cannot contain null bytes
any: ValueError: source code string cannot contain null bytes""",
          "The program was saved in GBK or UTF-16 (Windows Notepad: ANSI, Unicode); Python reads UTF-8.",
          "Save it as UTF-8.", "程序保存成了 GBK 或 UTF-16（记事本的 ANSI、Unicode），Python 按 UTF-8 读取。", "另存为 UTF-8。",
          "files.guess_file_encoding"),
    Error("A backslash in a Windows path", """\
any: SyntaxError: (unicode error) 'unicodeescape' codec can't decode bytes""",
          "In 'C:\\Users' the backslash and U begin an escape.", "r'C:\\Users', or forward slashes.",
          "'C:\\Users' 里的 \\U 被当作转义序列。", "写成 r'C:\\Users'，或用正斜杠。", ""),
    # names
    Error("A name that the module lacks", """\
any: AttributeError: module '...' has no attribute '
any: AttributeError: partially initialized module '...' has no attribute '""",
          "The name is misspelt (SOCKET_STREAM for SOCK_STREAM, Semphore), or a file of yours has the module's name "
          "(socket.py, threading.py, queue.py) and is imported in its place.",
          "Compare the spelling; rename your file, and remove its .pyc in __pycache__.",
          "名字拼错了（SOCK_STREAM 写成 SOCKET_STREAM），或你的某个文件与模块同名（socket.py、threading.py、queue.py），被导入的是它。",
          "核对拼写；把你的文件改名，并删掉 __pycache__ 里的 .pyc。", "", "check_program.py"),
    Error("A name that cannot be imported", """\
any: ImportError: cannot import name '...' from partially initialized module '
any: ImportError: cannot import name '...' from '
any: ImportError: cannot import name '""",
          "The name is misspelt, or a file of yours has the name of the module and imports itself.",
          "Compare the spelling; a file named like a module (threading.py, socket.py) must be renamed.",
          "名字拼错了，或你的文件与模块同名，导入了自己。", "核对拼写；与模块同名的文件（threading.py、socket.py）要改名。", "",
          "check_program.py"),
    Error("netio itself is not found", """\
any: ModuleNotFoundError: No module named 'netio'""",
          "Python looks in the folder of the program and among what is installed; netio is in neither.",
          "`python3 -m pip install .` in the checkout, or run from the checkout; or copy or vendor what you need.",
          "Python 只在程序所在的文件夹和已安装的包里找，那里都没有 netio。",
          "在检出的文件夹里 `python3 -m pip install .`，或在那里运行；也可以用 copy 或 vendor 把需要的带走。", ""),
    Error("A module that is not there", """\
any: ModuleNotFoundError: No module named '
any: ImportError: No module named""",
          "The name is misspelt, the module belongs to another Python, or to another system (fcntl, resource and pwd "
          "are "
          "not on Windows).", "Compare the spelling; `python3 -m pip --version` shows whose modules are installed.",
          "名字拼错了，模块装在另一个 Python 里，或这个系统没有（Windows 上没有 fcntl、resource、pwd）。",
          "核对拼写；`python3 -m pip --version` 显示模块装在哪个 Python 里。", ""),
    Error("A name that is not defined", """\
any: NameError: name '...' is not defined
any: NameError: free variable '...' referenced before assignment
any: NameError: cannot access free variable '""",
          "The name is misspelt (true, pritnt), lacks its import, or its quotes: open(a.txt) reads a variable a.",
          "Spell it as it was defined; True, False and None begin with a capital.",
          "名字拼错了（true、pritnt），没有导入，或少了引号：open(a.txt) 会去找变量 a。",
          "按定义时的拼写；True、False、None 首字母大写。", "", "check_program.py"),
    Error("A local variable before its value", """\
any: UnboundLocalError: local variable '...' referenced before assignment
any: UnboundLocalError: cannot access local variable '""",
          "The function assigns to the name somewhere (also by += or for), which makes it local in the whole function.",
          "`global name` as its first line, or return the value instead.",
          "函数里某处给这个名字赋了值（包括 += 和 for），于是它在整个函数里都是局部变量。", "函数第一行写 `global 名字`，或用返回值。", "",
          "check_program.py"),
    Error("bytes and str have other methods", """\
any: AttributeError: 'bytes' object has no attribute 'encode'
any: AttributeError: 'str' object has no attribute 'decode'
any: AttributeError: 'bytes' object has no attribute 'format'""",
          "bytes are decoded, str is encoded: `recv` returned bytes already, `input` a str.",
          "`data.decode()` turns bytes into str, `text.encode()` str into bytes.",
          "bytes 用 decode，str 用 encode：`recv` 返回的已经是 bytes，`input` 返回的是 str。",
          "`data.decode()` 把 bytes 变成 str，`text.encode()` 把 str 变成 bytes。", "packing.Text files.guess_file_encoding"),
    Error("A method of the wrong object", """\
any: AttributeError: 'tuple' object has no attribute 'recv'
any: AttributeError: 'tuple' object has no attribute 'send'
any: AttributeError: 'tuple' object has no attribute 'close'
any: AttributeError: 'tuple' object has no attribute '""",
          "`accept()` and `recvfrom()` return pairs: conn, address = sock.accept(); data, address = "
          "sock.recvfrom(1024).",
          "Unpack both values.", "`accept()` 和 `recvfrom()` 返回一对值：conn, addr = s.accept()；data, addr = "
          "s.recvfrom(1024)。",
          "用两个变量接收。", "tcp.listen udp.receive"),
    Error("None where a value is wanted", """\
any: AttributeError: 'NoneType' object has no attribute '
any: TypeError: 'NoneType' object is not subscriptable
any: TypeError: 'NoneType' object is not iterable
any: TypeError: cannot unpack non-iterable NoneType object
any: TypeError: 'NoneType' object is not callable""",
          "A function ended without `return value`, and its None was used: a look-up that found nothing, or "
          "Thread(target=f()) in place of target=f.",
          "Return a value on every path, or test for None first.",
          "函数没有 `return 值` 就结束，返回的 None 被当作值用了：没查到，或把 target=f 写成了 target=f()。",
          "每条路径都返回值，或先判断 None。", "", "check_program.py"),
    # arguments
    Error("Too many or too few arguments", """\
any: TypeError: ... takes ... positional argument
any: TypeError: ... missing ... required positional argument
any: TypeError: ... got an unexpected keyword argument '
any: TypeError: ...() takes exactly one argument
any: TypeError: ... takes no arguments
any: TypeError: ... expected at most ... arguments, got
any: TypeError: ... expected ... arguments, got""",
          "bind and connect take one address, a pair: bind((host, port)). A thread's args must be a tuple: "
          "args=(conn,); "
          "args=(conn) is no tuple. A method lacks `self`.",
          "Count the arguments against the definition; mind the comma in (x,).",
          "bind、connect 只要一个地址，是一对值：bind((host, port))。线程的 args 必须是元组：args=(conn,)，args=(conn) 不是。方法少了 self。",
          "对照定义数一数参数；注意 (x,) 里的逗号。", "tcp.listen concurrency.run_in_threads"),
    Error("argument after * must be an iterable", """\
any: TypeError: ... argument after * must be an iterable, not""",
          "args=(x) is no tuple: it is x in brackets.", "args=(x,), with the comma.",
          "args=(x) 不是元组，只是加了括号的 x。", "写成 args=(x,)，带逗号。", "concurrency.run_in_threads", "check_program.py"),
    Error("An object that is not callable", """\
any: TypeError: '...' object is not callable""",
          "Something is called that is no function: a variable named like one (str, list, len), or a module in place "
          "of "
          "its class.", "Rename the variable.",
          "调用了不是函数的东西：变量取了函数的名字（str、list、len），或把模块当成了类。", "给变量改名。", ""),
    Error("A str where a number is wanted", """\
any: TypeError: 'str' object cannot be interpreted as an integer
any: TypeError: an integer is required (got type str)
any: TypeError: can only concatenate str (not "int") to str
any: ValueError: invalid literal for int() with base 10""",
          "`input()` and sys.argv give text; a port must be a number.", "`int(text)`, and catch ValueError.",
          "`input()` 和 sys.argv 给出的是文字，端口必须是数字。", "用 `int(text)`，并捕获 ValueError。", ""),
    Error("Too many values to unpack", """\
any: ValueError: too many values to unpack (expected
any: ValueError: not enough values to unpack (expected""",
          "What was split or received has another number of parts: one `recv` is not one message, and a line may "
          "lack a "
          "blank.", "Look at len() first; read whole messages.",
          "切分或收到的部分数目不对：一次 `recv` 不等于一条消息，一行里也可能没有空格。", "先看 len()；按完整消息读取。",
          "tcp.recv_frame", "check_program.py"),
    Error("An index out of range", """\
any: IndexError: list index out of range
any: IndexError: string index out of range
any: IndexError: tuple index out of range
any: IndexError: index out of range""",
          "The request, line or argument list was shorter than expected: a browser's empty spare connection, an empty "
          "line, a missing argument.", "Test the length, and treat what is empty.",
          "请求、行或参数比预期的短：浏览器的空连接、空行、少了参数。", "先检查长度，处理空的情况。", "http.recv_request", "check_program.py"),
    Error("A key that is not there", """\
any: KeyError""",
          "The dictionary has no such key: a user who never logged in, a word that is not in it.",
          "`name in users`, or users.get(name).", "字典里没有这个键：没登录的用户，词典里没有的词。",
          "先判断 `name in users`，或用 users.get(name)。", "chat.Room files.look_up"),
    Error("int() of bytes that are no number", """\
any: ValueError: invalid literal for int() with base""",
          "What was received is no number, or only a part of one.", "Read whole messages; catch ValueError.",
          "收到的不是数字，或只是一部分。", "按完整消息读取；捕获 ValueError。", "tcp.recv_frame"),
    # struct, pickle, json
    Error("struct: the number of items differs", """\
any: struct.error: char format requires a bytes object of length 1
any: struct.error: pack expected ... items for packing (got
any: struct.error: pack_into expected
any: struct.error: required argument is not""",
          "The format and the values do not match in number or kind; '12s' is one item, of bytes.",
          "One value for each letter of the format; `python3 scripts/show_packing.py FORMAT VALUES` shows which is "
          "which.",
          "格式与值的个数或类型不一致；'12s' 是一项，值是 bytes。",
          "格式里每个字母对应一个值；`python3 scripts/show_packing.py 格式 值` 会逐项显示。", "packing.Record", "show_packing.py"),
    Error("struct: a number that does not fit", """\
any: struct.error: '...' format requires
any: struct.error: ubyte format requires
any: struct.error: byte format requires
any: struct.error: short format requires
any: struct.error: ushort format requires
any: struct.error: int too large to convert
any: struct.error: argument out of range""",
          "The number is outside of what the letter holds: b -128 to 127, B 0 to 255, h -32768 to 32767, H 0 to 65535, "
          "i up to 2147483647, I up to 4294967295; capitals hold nothing below 0.",
          "A larger letter on both sides (q and Q: 8 bytes, for sizes of files !Q), or check the number before "
          "packing.",
          "数超出了这个字母能存的范围：b 为 -128 到 127，B 为 0 到 255，h 为 -32768 到 32767，H 为 0 到 65535，i 最大 2147483647，"
          "I 最大 4294967295；大写字母不能存负数。",
          "两边都换更大的字母（q、Q 是 8 字节，文件大小用 !Q），或在打包之前检查这个数。", "packing.Integer packing.Record", "show_packing.py"),
    Error("struct: a format that it cannot read", """\
any: struct.error: bad char in struct format
any: struct.error: repeat count given without format specifier
any: struct.error: total struct size too long""",
          "Something in the format is no letter of struct: a comma, a sign that is not the first character, a number "
          "without a letter after it.",
          "The letters are x c b B ? h H i I l L q Q n N e f d s p P, before them one of ! < > = @, and a number "
          "before a letter repeats it (12s: 12 bytes).",
          "格式串里有 struct 不认识的东西：逗号、不在开头的字节序符号，或数字后面没有字母。",
          "字母有 x c b B ? h H i I l L q Q n N e f d s p P，开头可以有 ! < > = @ 之一，"
          "字母前的数字表示重复（12s 是 12 个字节）。",
          "packing.Record packing.explain_format", "show_packing.py"),
    Error("pip refuses to install", """\
any: error: externally-managed-environment
any: This environment is externally managed""",
          "The system's own Python takes no packages from pip. netio needs none: it runs from its folder.",
          "`python3 -m netio` in the folder; for other packages an environment of your own: python3 -m venv env, then "
          "env/bin/pip install NAME.",
          "系统自带的 Python 不接受 pip 安装的包。netio 什么也不用安装，在它的目录里就能运行。",
          "在目录里运行 `python3 -m netio`；别的包装进自己的虚拟环境：python3 -m venv env，再 env/bin/pip install 名字。", ""),
    Error("base64 or hex that is none", """\
any: binascii.Error: Incorrect padding
any: binascii.Error: Invalid base64-encoded string
any: binascii.Error: Non-hexadecimal digit found
any: binascii.Error: Odd-length string
any: ValueError: non-hexadecimal number found in fromhex() arg""",
          "The text was cut, or holds what is no base64 (no hexadecimal digit): a line end, `b'...'` around it.",
          "Receive the whole message before decoding it; send base64 as text by .decode(), not by str(data).",
          "这段文字被截断了，或含有不属于 base64（十六进制）的内容：换行、外面的 `b'...'`。",
          "收齐整条消息再解码；发送 base64 时用 .decode() 转成文字，不要用 str(data)。", "tcp.recv_frame"),
    Error("bytes or bytearray of a str", """\
any: TypeError: string argument without an encoding
any: TypeError: encoding without a string argument""",
          "bytes(text) does not know in which encoding.",
          "text.encode(\"utf-8\"), or bytes(text, \"utf-8\").",
          "bytes(字符串) 不知道该用什么编码。", "写 text.encode(\"utf-8\")，或 bytes(text, \"utf-8\")。", "tcp.send_frame"),
    Error("pickle: cut or foreign data", """\
any: EOFError: Ran out of input
any: _pickle.UnpicklingError: invalid load key
any: _pickle.UnpicklingError: pickle data was truncated
any: pickle.UnpicklingError: invalid load key""",
          "What one `recv` brought is a part of the pickle, or is none. And whoever sends pickles runs code in your "
          "program.", "Frame the messages, and use json for what comes from a network.",
          "一次 `recv` 收到的只是 pickle 的一部分，或根本不是。并且：能发来 pickle 的人就能在你的程序里执行代码。",
          "给消息加边界；网络上的数据用 json。", "tcp.recv_frame packing.Record", "check_program.py"),
    Error("json: cut or foreign data", """\
any: json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)
any: json.decoder.JSONDecodeError: Extra data
any: json.decoder.JSONDecodeError: Unterminated string starting at
any: json.decoder.JSONDecodeError: Expecting""",
          "What one `recv` brought is a part of a message, nothing, or two messages (Extra data).",
          "Frame the messages, then json.loads each.",
          "一次 `recv` 收到的只是消息的一部分、什么也没有，或是两条（Extra data）。", "给消息加边界，再逐条 json.loads。",
          "tcp.recv_frame"),
    # processes, threads, queues
    Error("A process is started twice", """\
any: AssertionError: cannot start a process twice
any: AssertionError: can only join a started process
any: AssertionError: can only join a child process
any: AssertionError: can only test a child process
any: ValueError: process object is closed""",
          "A Process object is for one start; another process may not join it.", "Make a new Process for each start.",
          "一个 Process 对象只能启动一次；别的进程不能 join 它。", "每次启动都新建一个 Process。", "concurrency.Process"),
    Error("join before start", """\
any: RuntimeError: cannot join thread before it is started
any: RuntimeError: cannot join current thread
any: RuntimeError: cannot set daemon status of active thread""",
          "The order is: make, set daemon, start, join; a thread cannot wait for itself.", "Start it first.",
          "次序是：创建、设置 daemon、start、join；线程不能等自己。", "先 start。", "concurrency.ResultThread"),
    Error("Shared objects go by inheritance", """\
any: RuntimeError: Queue objects should only be shared between processes through inheritance
any: RuntimeError: Lock objects should only be shared between processes through inheritance
any: RuntimeError: Synchronized objects should only be shared between processes through inheritance
any: RuntimeError: ... objects should only be shared between processes through inheritance""",
          "A multiprocessing Queue, Lock or Value was put into a queue or given to a Pool's task; it can only be "
          "given to "
          "a process when that starts.",
          "Process(args=(queue,)); for pools an initializer, or Manager().Queue().",
          "multiprocessing 的 Queue、Lock、Value 被放进队列，或作为 Pool 任务的参数；它们只能在进程启动时传给它。",
          "用 Process(args=(queue,))；进程池用 initializer，或 Manager().Queue()。", "ipc.Queue concurrency.Process"),
    Error("A pool or executor that is closed", """\
any: ValueError: Pool not running
any: ValueError: Pool is still running
any: RuntimeError: cannot schedule new futures after shutdown
any: RuntimeError: cannot schedule new futures after interpreter shutdown""",
          "Work is given after close(), or join() is called before close().", "Submit all, close(), then join().",
          "close() 之后又提交任务，或 join() 之前没有 close()。", "先全部提交，再 close()，最后 join()。", "concurrency.ProcessPool"),
    Error("The wrong end of a pipe", """\
any: OSError: connection is write-only
any: OSError: connection is read-only
any: OSError: handle is closed
any: OSError: bad message length""",
          "Pipe(duplex=False) returns (receiver, sender): the first reads, the second writes. `bad message length` "
          "comes "
          "of two writers on one end.", "Give each process the end that it needs; one lock, or one pipe, for each "
          "writer.",
          "Pipe(duplex=False) 返回 (接收端, 发送端)：第一个只能读，第二个只能写。bad message length 是两个进程同时写一端所致。",
          "给每个进程它需要的那一端；多个写者要加锁，或各用一个管道。", "ipc.open_pipe ipc.open_duplex"),
    Error("An empty semaphore or a lock given back twice", """\
any: RuntimeError: cannot notify on un-acquired lock
any: RuntimeError: cannot wait on un-acquired lock
any: AssertionError: attempt to release recursive lock not owned by thread
any: RuntimeError: attempt to release recursive lock not owned by thread
any: ValueError: semaphore or lock released too many times
any: ValueError: Semaphore released too many times
any: RuntimeError: cannot release un-acquired lock
any: AssertionError: attempt to release recursive lock not owned by thread""",
          "release without acquire, or from another thread than the one that has the lock.", "`with lock:`.",
          "没有 acquire 就 release，或由别的线程 release。", "用 `with lock:`。", "ipc.Lock ipc.Semaphore"),
    Error("A signal handler in a thread", """\
any: ValueError: signal only works in main thread
any: ValueError: signal only works in main thread of the main interpreter""",
          "signal.signal may be called by the main thread only.", "Set handlers before starting threads.",
          "signal.signal 只能在主线程里调用。", "在启动线程之前设置。", "concurrency.SignalReceiver"),
    Error("A child that was ended by a signal", """\
any: Segmentation fault
any: Killed
any: zsh: killed""",
          "The system ended the program: out of memory (Killed), a fault in C code, or somebody's kill.",
          "`dmesg | tail` tells of memory; exit status 137 is signal 9.",
          "系统结束了程序：内存不足（Killed）、C 代码出错，或有人 kill。", "`dmesg | tail` 会说明内存情况；退出码 137 是信号 9。",
          "concurrency.processes.status.decode_status"),
    # HTTP, FTP, TLS, clients
    Error("The server closed without an answer", """\
any: http.client.RemoteDisconnected: Remote end closed connection without response
any: http.client.BadStatusLine: No status line received
any: http.client.IncompleteRead
any: urllib3.exceptions.ProtocolError: ('Connection aborted.'
any: requests.exceptions.ConnectionError: ('Connection aborted.'
any: curl: (52) Empty reply from server
any: curl: (56) Recv failure: Connection reset by peer
any: curl: (18) transfer closed with
any: ERR_EMPTY_RESPONSE
any: ERR_CONNECTION_RESET
any: ERR_CONTENT_LENGTH_MISMATCH
any: ERR_INCOMPLETE_CHUNKED_ENCODING""",
          "The server ended, or raised, before its answer was whole: look at its window for a traceback. Or it "
          "closed with "
          "unread data (a reset), or Content-Length counts characters in place of bytes.",
          "Read the whole request, send the whole answer with its length in bytes, then close.",
          "服务器还没答完就结束或抛了异常：看它窗口里的报错。或关闭时还有没读的数据（重置），或 Content-Length 数的是字符而不是字节。",
          "读完整个请求，发完整个回答，长度按字节算，再关闭。", "http.recv_request http.send_response", "serve_hello.py"),
    Error("The browser cannot connect", """\
any: ERR_CONNECTION_REFUSED
any: ERR_CONNECTION_TIMED_OUT
any: ERR_ADDRESS_INVALID
any: ERR_NAME_NOT_RESOLVED
any: ERR_UNSAFE_PORT
any: curl: (7) Failed to connect to
any: curl: (28)
any: curl: (6) Could not resolve host
any: This site can’t be reached
any: Unable to connect
中文: 无法访问此网站
中文: 拒绝了我们的连接请求""",
          "Nobody listens at that address and port, a firewall drops it, or http://0.0.0.0 was opened: 0.0.0.0 is to "
          "bind "
          "to, not to connect to. Browsers refuse some ports (ERR_UNSAFE_PORT: 6000, 6665 ...).",
          "Open http://127.0.0.1:PORT/ on the same machine; from another one its address in the network.",
          "那个地址和端口没有人监听，被防火墙拦了，或打开的是 http://0.0.0.0：0.0.0.0 只用来绑定。有些端口浏览器拒绝（ERR_UNSAFE_PORT）。",
          "本机打开 http://127.0.0.1:端口/；别的机器用局域网地址。", "http.HTTPServer tcp.connect", "serve_http.py"),
    Error("The answer is no HTTP", """\
any: ERR_INVALID_HTTP_RESPONSE
any: curl: (1) Received HTTP/0.9 when not allowed
any: http.client.UnknownProtocol
any: ERR_TOO_MANY_REDIRECTS
any: ERR_RESPONSE_HEADERS_TOO_BIG""",
          "The first line of an answer must be `HTTP/1.1 200 OK`, each line must end in CR LF, and a blank line must "
          "come "
          "before the page.", "Build it from its parts, or let `http.Response` do it.",
          "回答的第一行必须是 `HTTP/1.1 200 OK`，每行以 CR LF 结尾，网页之前要有空行。", "逐部分拼好，或用 `http.Response`。",
          "http.Response http.send_response", "serve_hello.py"),
    Error("TLS: the certificate is not trusted", """\
any: ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED]
any: ssl.SSLError: [SSL: WRONG_VERSION_NUMBER]
any: ssl.SSLError: [SSL: HTTP_REQUEST]
any: ssl.SSLEOFError: EOF occurred in violation of protocol
any: ssl.SSLZeroReturnError: TLS/SSL connection has been closed (EOF)
any: ssl.SSLError: [SSL: TLSV1_ALERT_UNKNOWN_CA]
any: curl: (60) SSL certificate problem
any: curl: (35)
any: ERR_CERT_AUTHORITY_INVALID
any: ERR_SSL_PROTOCOL_ERROR""",
          "The certificate is one of your own making, or for another name; WRONG_VERSION_NUMBER and HTTP_REQUEST: "
          "one side "
          "speaks plain HTTP and the other TLS.",
          "Give the client your certificate (cafile=, curl --cacert); compare http:// and https://.",
          "证书是自己签的，或名字不对；WRONG_VERSION_NUMBER、HTTP_REQUEST：一方是明文 HTTP，另一方是 TLS。",
          "把证书交给客户端（cafile=，curl --cacert）；核对 http:// 与 https://。", "http.HTTPServer", "serve_http.py"),
    Error("HTTP says no", """\
any: urllib.error.HTTPError: HTTP Error 404: Not Found
any: urllib.error.HTTPError: HTTP Error 403
any: urllib.error.HTTPError: HTTP Error 405
any: urllib.error.HTTPError: HTTP Error 501: Unsupported method
any: urllib.error.HTTPError: HTTP Error
any: urllib.error.URLError: <urlopen error
any: ValueError: unknown url type""",
          "The server has no such page (404), forbids it (403), or does not know the method (405, 501); a URL without "
          "http:// is none.", "Compare the path with what the server's log shows.",
          "服务器没有这个页面（404）、禁止访问（403）或不认识这个方法（405、501）；网址要以 http:// 开头。", "对照服务器日志里的路径。",
          "http.fetch http.Routes", "print_request.py"),
    Error("FTP says no", """\
any: ftplib.error_perm: 530
any: ftplib.error_perm: 550
any: ftplib.error_perm: 553
any: ftplib.error_perm
any: ftplib.error_temp: 425
any: ftplib.error_temp
any: ftplib.error_reply
any: ftplib.error_proto""",
          "530: the name or password is wrong; 550: no such file, or no permission; 425: the data connection did not "
          "come "
          "about (a firewall, active mode behind a router).", "Log in again; use passive mode.",
          "530：用户名或密码错；550：没有这个文件或没有权限；425：数据连接没建起来（防火墙，或路由器后的主动模式）。",
          "重新登录；用被动模式。", "ftp.open_session", "use_ftp.py"),
    # files
    Error("Permission denied for a file", """\
any: PermissionError: [Errno 13] Permission denied: '
any: PermissionError: [Errno 13] Permission denied
any: PermissionError: [Errno 1] Operation not permitted
any: PermissionError: [WinError 5] Access is denied
中文 Windows: PermissionError: [WinError 5] 拒绝访问""",
          "The file or its folder belongs to somebody else, is read-only, or is a folder (Windows says so of `open` "
          "on a "
          "folder).", "Look with `ls -l` (Windows: properties); write into a folder of your own.",
          "文件或文件夹属于别人、只读，或它是个文件夹（Windows 上 `open` 文件夹就报这个）。", "用 `ls -l` 看（Windows：属性）；写到自己的文件夹里。",
          "files.replace_file"),
    Error("A folder, not a file", """\
any: IsADirectoryError: [Errno 21] Is a directory
any: NotADirectoryError: [Errno 20] Not a directory
any: OSError: [Errno 39] Directory not empty
any: FileExistsError: [Errno 17] File exists
any: FileExistsError: [WinError 183]
any: shutil.SameFileError""",
          "The path names a folder where a file is wanted, or the other way round, or something is there already.",
          "Look at the path that the error names.", "路径是文件夹而需要文件（或相反），或已经存在。", "看报错里的路径。",
          "files.copy_file files.replace_file"),
    Error("The disk is full", """\
any: OSError: [Errno 28] No space left on device
any: OSError: [Errno 122] Disk quota exceeded
any: OSError: [Errno 27] File too large
any: OSError: [WinError 112]""",
          "No room is left on the disk, in the quota, or in /dev/shm.",
          "`df -h`; write a new file, then rename it, so that the old one stays.",
          "磁盘、配额或 /dev/shm 没有空间了。", "`df -h` 查看；先写新文件再改名，旧文件就不会丢。", "files.replace_file"),
    Error("A seek before the beginning", """\
any: OSError: [Errno 22] Invalid argument
any: ValueError: negative seek value""",
          "f.seek(-2) goes before the beginning; from the end it is f.seek(-2, 2), in a binary file.",
          "`f.seek(-2, os.SEEK_END)` in mode 'rb'.", "f.seek(-2) 到了文件开头之前；从末尾数要用 f.seek(-2, 2)，而且是二进制文件。",
          "在 'rb' 模式下用 `f.seek(-2, os.SEEK_END)`。", "files.read_last_lines"),
    Error("An open mode or an encoding that does not exist", """\
any: ValueError: invalid mode: '
any: ValueError: must have exactly one of create/read/write/append mode
any: ValueError: binary mode doesn't take an encoding argument
any: ValueError: can't have unbuffered text I/O
any: LookupError: unknown encoding
any: ValueError: must have exactly one of read/write/create/append mode""",
          "The modes are r, w, a, x with b and +; binary files have no encoding and text files must be buffered.",
          "`python3 scripts/show_offsets.py --modes` lists them.", "模式是 r、w、a、x 加上 b 和 +；二进制文件没有编码，文本文件必须有缓冲。",
          "`python3 scripts/show_offsets.py --modes` 会列出来。", "files.explain_mode", "show_offsets.py"),
    Error("tell in a loop over lines", """\
any: OSError: telling position disabled by next() call""",
          "A text file that is read by `for line in file` has read ahead, so `tell` has no answer.",
          "`while line := file.readline()`, or count bytes in a binary file.",
          "用 `for line in file` 读文本文件时已经预读，`tell` 没有答案。", "用 `while line := file.readline()`，或在二进制文件里数字节。",
          "files.LineIndex"),
    Error("The recursion is too deep", """\
any: RecursionError: maximum recursion depth exceeded""",
          "A function calls itself without end: a thread's run that calls run, a retry that calls itself.",
          "Use a loop.", "函数无休止地调用自己：run 里又调用 run，重试时调用自己。", "用循环。", ""),
    Error("No such host or service", """\
any: socket.gaierror: [Errno 8] nodename nor servname provided, or not known
any: socket.gaierror: [Errno -5] No address associated with hostname
any: socket.herror
any: OSError: [Errno 113] No route to host
any: OSError: [WinError 10065]
any: OSError: [Errno 64] Host is down
any: TimeoutError: [Errno 110] Connection timed out
any: TimeoutError: [Errno 60] Operation timed out
any: TimeoutError: [WinError 10060]""",
          "The name is no host, or the machine is off, in another network, or behind a firewall that drops packets.",
          "Ping it; on the other machine compare its address (ip addr, ipconfig) and let the firewall pass the port.",
          "名字解析不了，或那台机器没开、在别的网络，或防火墙丢掉了数据包。",
          "先 ping；在那台机器上核对地址（ip addr、ipconfig），并让防火墙放行该端口。", "tcp.connect", "show_socket.py"),
    Error("A socket of the wrong kind", """\
any: OSError: [Errno 93] Protocol not supported
any: OSError: [Errno 43] Protocol not supported
any: OSError: [Errno 94] Socket type not supported
any: OSError: [Errno 91] Protocol wrong type for socket
any: OSError: [Errno 95] Operation not supported
any: OSError: [Errno 97] Address family not supported by protocol
any: OSError: [Errno 91] Protocol wrong type for socket
any: OSError: [WinError 10045]
any: OSError: [WinError 10047]
any: OSError: unsupported socket family
any: TypeError: getsockaddrarg() takes
any: OSError: unsupported address family""",
          "listen and accept are for TCP (SOCK_STREAM); an IPv6 address needs AF_INET6, and AF_INET a pair (host, "
          "port).",
          "Compare family and type with the address.", "listen、accept 只用于 TCP（SOCK_STREAM）；IPv6 地址要 AF_INET6，AF_INET "
          "要 (host, port)。",
          "核对地址族、类型与地址。", "tcp.listen udp.bind"),
    Error("An operation is still under way", """\
any: BlockingIOError: [Errno 115] Operation now in progress
any: BlockingIOError: [Errno 36] Operation now in progress
any: BlockingIOError: [WinError 10035]
any: OSError: [Errno 114] Operation already in progress
any: BlockingIOError: [WinError 10036]""",
          "The socket does not block: connect goes on by itself, and is done when the socket is writable.",
          "Wait with select, then look at SO_ERROR; or leave the socket blocking, with a timeout.",
          "套接字是非阻塞的：connect 还在进行，可写时才完成。", "用 select 等待，再看 SO_ERROR；或用阻塞加超时。",
          "tcp.connect concurrency.serve"),
    Error("asyncio: no loop, or one too many", """\
any: RuntimeError: no running event loop
any: RuntimeError: asyncio.run() cannot be called from a running event loop
any: RuntimeError: This event loop is already running
any: RuntimeWarning: coroutine '...' was never awaited""",
          "asyncio's calls belong into coroutines that one asyncio.run() runs; a call without await does nothing.",
          "`await` it; one `asyncio.run(main())` for the whole program.",
          "asyncio 的调用要放在由一个 asyncio.run() 运行的协程里；没有 await 的调用什么也不做。",
          "加上 `await`；整个程序只有一个 `asyncio.run(main())`。", "concurrency.for_asyncio"),
]
