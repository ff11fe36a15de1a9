"""What calls of the standard library give: sockets, files, pipes, text, lists; and whom they call in their turn."""

from __future__ import annotations

from typing import Callable

from . import known
from .store import Store
from .values import EMPTY, SOCKETS, Call, Thing, Value, constant

_Function = Callable[[Store, Call], Value]
_Method = Callable[[Store, Thing, Call], Value]
_FUNCTIONS: dict[str, _Function] = {}
_METHODS: dict[str, _Method] = {}  # `socket.recv`, `list.append`

_GIVES = {  # a call's value is of this kind, made from its arguments
    "str": "str repr chr time.ctime time.strftime time.asctime json.dumps os.getcwd os.path.join os.path.basename "
           "os.path.abspath socket.gethostname socket.gethostbyname",
    "bytes": "bytes bytearray struct.pack pickle.dumps",
    "int": "int float len ord abs min max sum round time.time random.randint os.getpid os.getppid os.path.getsize "
           "struct.calcsize socket.htons",
    "parsed": "json.loads pickle.loads eval struct.unpack",
}
_KIND_OF_RESULT = {name: kind for kind, names in _GIVES.items() for name in names.split()}
_KEEPS_NOTHING = frozenset(  # what these are given goes no further
    "print isinstance type id bool hash getattr hasattr setattr callable any all exec exit quit "
    "Exception ValueError "
    "time.sleep random.choice binascii.hexlify struct.unpack_from socket.setdefaulttimeout "
    "os.path.exists os.path.isfile os.path.isdir os.remove os.rename os.mkdir os.makedirs os.listdir os.system os.kill "
    "os.wait os._exit sys.exit sys.stdout.write sys.stderr.write logging.debug logging.info logging.warning "
    "logging.error".split())
_SAME_TEXT = frozenset(
    "strip lstrip rstrip lower upper replace title format zfill ljust rjust center expandtabs capitalize swapcase join "
    "removeprefix removesuffix translate".split())
_PIECES = frozenset("split rsplit splitlines partition rpartition".split())
_POOL_MAPS = frozenset("map imap starmap map_async imap_unordered starmap_async".split())


def call_function(store: Store, call: Call) -> Value:
    """Return what a call of the standard library, or of a module that nobody knows, may give.

    >>> import ast
    >>> from .values import Scope
    >>> node = ast.parse("os.fork()", mode="eval").body
    >>> call_function(Store(), Call(node, "os.fork", EMPTY, [], {}, Scope(node, "", None), True))
    frozenset({<pid 1>})
    """
    name, node = call.name, call.node
    made = known.MADE.get(name)
    if name in known.SOCKET_CONSTRUCTORS:
        return _socket(store, call)
    if made in ("thread", "process"):
        target = call.arg(1, "target") if name != "threading.Timer" else call.arg(1, "function")
        store.start(target, made, call)
        return store.make(made, node, target=target, attributes=True)
    if made:
        return store.make(made, node, family=name.partition(".")[0], method=name)
    if name in _FUNCTIONS:
        return _FUNCTIONS[name](store, call)
    if name in _KIND_OF_RESULT:
        return store.make(_KIND_OF_RESULT[name], node, frozenset().union(*call.args) if call.args else EMPTY)
    if name not in _KEEPS_NOTHING:
        store.escape(call)
    return store.make("item", node, name=name)


def call_method(store: Store, method: str, thing: Thing, call: Call) -> Value:
    """Return what a method, such as `tcp.recv`, may give; what it puts into the thing is there afterwards.

    >>> import ast
    >>> from .values import Scope
    >>> node = ast.parse("sock.accept()", mode="eval").body
    >>> call = Call(node, "tcp.accept", EMPTY, [], {}, Scope(node, "", None), True)
    >>> (pair,) = call_method(Store(), "tcp.accept", Thing("tcp", None), call)
    >>> pair.elements
    {0: frozenset({<tcp 1>}), 1: frozenset({<address 1>})}
    """
    kind, _, name = method.partition(".")
    key = f"socket.{name}" if kind in SOCKETS else method
    if key in _METHODS:
        return _METHODS[key](store, thing, call)
    if kind in ("str", "bytes"):
        return _text_method(store, thing, name, call)
    if kind in ("pool", "executor"):
        return _pool_method(store, thing, name, call)
    if thing.kind in ("instance", "item"):
        store.escape(call)
    return EMPTY


def _function(*names: str) -> Callable[[_Function], _Function]:
    def remember(function: _Function) -> _Function:
        _FUNCTIONS.update(dict.fromkeys(names, function))
        return function
    return remember


def _method(*names: str) -> Callable[[_Method], _Method]:
    def remember(method: _Method) -> _Method:
        _METHODS.update(dict.fromkeys(names, method))
        return method
    return remember


# Sockets

def _socket(store: Store, call: Call) -> Value:
    if call.name == "socket.create_connection":
        return store.make("tcp", call.node, connected=True, timed=call.has(1, "timeout"))
    if call.name == "socket.create_server":
        return store.make("tcp", call.node, listening=True)
    places = (1, 2) if call.name == "socket.fromfd" else (0, 1)
    names = {t.facts.get("name", "") for place, key in zip(places, ("family", "type")) for t in call.arg(place, key)}
    datagram = any(name.endswith("SOCK_DGRAM") for name in names)
    raw = any(name.endswith(("SOCK_RAW", "AF_PACKET", "SOCK_SEQPACKET")) for name in names)
    unix = any(name.endswith(("AF_UNIX", "AF_BLUETOOTH")) for name in names)
    kinds = {name for name in names if ".SOCK_" in name} - {"socket.SOCK_CLOEXEC", "socket.SOCK_NONBLOCK"}
    unsure = (len(kinds) > 1 or "fileno" in call.keywords
              or call.has(0, "family") and not any(name.startswith("socket.AF") for name in names)
              or call.has(1, "type") and not any(name.startswith("socket.SOCK") for name in names))
    kind = "udp" if datagram else "raw" if raw else "tcp"
    return store.make(kind, call.node, unix=unix, unsure=unsure, fromfd=call.name == "socket.fromfd")


@_function("socket.socketpair")
def _socketpair(store: Store, call: Call) -> Value:
    ends = {place: store.make("tcp", call.node, tag=place, pair=True, connected=True) for place in (0, 1)}
    return store.collection("tuple", call.node, ends)


@_function("ssl.SSLContext.wrap_socket", "contextlib.closing")
def _first_argument(store: Store, call: Call) -> Value:
    return call.arg(0)


@_function("socket.timeout")
def _nothing(store: Store, call: Call) -> Value:
    return EMPTY


@_method("socket.accept")
def _accept(store: Store, sock: Thing, call: Call) -> Value:
    conn = store.make("tcp", call.node, accepted=True, listener=sock)
    return store.collection("tuple", call.node, {0: conn, 1: store.make("address", call.node, peer=True)})


@_method("socket.recv")
def _recv(store: Store, sock: Thing, call: Call) -> Value:
    return store.make("bytes", call.node, tag=sock.kind, received=sock.kind, sock=sock)


@_method("socket.recvfrom")
def _recvfrom(store: Store, sock: Thing, call: Call) -> Value:
    received = "udp" if sock.kind != "tcp" else "tcp"
    data = store.make("bytes", call.node, tag="datagram", received=received, sock=sock)
    return store.collection("tuple", call.node, {0: data, 1: store.make("address", call.node, peer=True)})


@_method("socket.makefile")
def _makefile(store: Store, sock: Thing, call: Call) -> Value:
    mode = constant(call.arg(0, "mode")) or "r"
    return store.make("file", call.node, mode=mode, binary="b" in str(mode), path=EMPTY, network=True)


@_function("select.select")
def _select(store: Store, call: Call) -> Value:
    ready = {}
    for place in (0, 1, 2):
        ready[place] = store.make("list", call.node, tag=place, ready=True)
        store.add(next(iter(ready[place])), "*", store.element(call.arg(place), None))
    return store.collection("tuple", call.node, ready)


@_method("poll.poll")
def _poll(store: Store, poll: Thing, call: Call) -> Value:
    descriptor = store.make("int", call.node, tag="descriptor", descriptor=True)
    events = store.make("int", call.node, tag="events")
    pair = store.collection("tuple", call.node, {0: descriptor, 1: events}, tag="pair")
    return store.collection("list", call.node, {"*": pair})


@_method("socket.fileno", "file.fileno")
def _fileno(store: Store, thing: Thing, call: Call) -> Value:
    return store.make("int", call.node, descriptor=True)


# Files

@_function("open", "io.open")
def _open(store: Store, call: Call) -> Value:
    mode = constant(call.arg(1, "mode")) if call.has(1, "mode") else "r"
    is_known = isinstance(mode, str)
    return store.make("file", call.node, mode=mode if is_known else None, binary=is_known and "b" in mode,
                      path=call.arg(0, "file"))


@_function("os.fdopen")
def _fdopen(store: Store, call: Call) -> Value:
    return store.make("file", call.node, mode=None, binary=None, path=EMPTY, owned=True)


@_method("file.read")
def _read(store: Store, file: Thing, call: Call) -> Value:
    return store.read(file, call.node, "size" if call.args else "all")


@_method("file.readline")
def _readline(store: Store, file: Thing, call: Call) -> Value:
    return store.read(file, call.node, "line")


@_method("file.readlines")
def _readlines(store: Store, file: Thing, call: Call) -> Value:
    return store.collection("list", call.node, {"*": store.read(file, call.node, "line")})


# Processes, threads, signals

@_function("os.fork")
def _fork(store: Store, call: Call) -> Value:
    return store.make("pid", call.node)


@_function("multiprocessing.Pipe")
def _pipe(store: Store, call: Call) -> Value:
    one_way = constant(call.arg(0, "duplex")) is False
    ends = {place: store.make("pipe", call.node, tag=place, place=place, oneway=one_way) for place in (0, 1)}
    return store.collection("tuple", call.node, ends)


@_function("signal.signal")
def _signal(store: Store, call: Call) -> Value:
    store.hand_over(call.arg(1, "handler"), [], {}, "signal", call)
    return EMPTY


@_function("_thread.start_new_thread")
def _start_new_thread(store: Store, call: Call) -> Value:
    store.hand_over(call.arg(0), store.unpacked(call.arg(1)), {}, "thread", call)
    return EMPTY


@_method("queue.put")
def _put(store: Store, thing: Thing, call: Call) -> Value:
    store.add(thing, "*", call.arg(0, "obj"))
    return EMPTY


@_method("queue.get")
def _get(store: Store, thing: Thing, call: Call) -> Value:
    return thing.elements.get("*", EMPTY)


def _pool_method(store: Store, thing: Thing, name: str, call: Call) -> Value:
    if name in _POOL_MAPS or name in ("apply", "apply_async", "submit"):
        if name in _POOL_MAPS:
            given = [store.items(call.arg(1, "iterable"), call.node)]
        else:
            given = call.args[1:] if name == "submit" else store.unpacked(call.arg(1, "args"))
        kind = "thread" if "Thread" in thing.facts.get("method", "") else "process"
        store.hand_over(call.arg(0, "func"), given, {}, kind, call)
    return store.make("pending", call.node) if name == "submit" or name.endswith("_async") else EMPTY


# Text, lists, dicts

@_function("struct.Struct")
def _structure(store: Store, call: Call) -> Value:
    return store.make("structure", call.node, format=call.arg(0, "format"))


@_function("input")
def _input(store: Store, call: Call) -> Value:
    return store.make("str", call.node, tag="input", input=True)


def _text_method(store: Store, thing: Thing, name: str, call: Call) -> Value:
    base = frozenset((thing,))
    if name in _PIECES:
        pieces = store.make("list", call.node, pieces=True)
        store.add(next(iter(pieces)), "*", store.make(thing.kind, call.node, base, tag="piece", piece=True))
        return pieces
    if name == "join":
        return store.make(thing.kind, call.node, base | store.element(call.arg(0), None), joined=True)
    if name == "format":
        base |= frozenset().union(EMPTY, *call.args, *call.keywords.values())
    if name in _SAME_TEXT:
        return store.make(thing.kind, call.node, base)
    if name == "decode" and thing.kind == "bytes":
        return store.make("str", call.node, base, decoded=True)
    if name == "encode" and thing.kind == "str":
        return store.make("bytes", call.node, base, encoded=call.arg(0, "encoding"))
    if name == "hex":
        return store.make("str", call.node, base)
    if name in ("decode", "encode"):  # on the wrong one: go on with what was meant
        return store.make("bytes" if name == "encode" else "str", call.node, base, swapped=True)
    return store.make("bool" if name.startswith(("is", "starts", "ends")) else "int", call.node, base)


@_function("enumerate")
def _enumerate(store: Store, call: Call) -> Value:
    index = store.make("int", call.node, tag="index")
    pair = store.collection("tuple", call.node, {0: index, 1: store.items(call.arg(0), call.node)})
    return store.collection("list", call.node, {"*": pair})


@_function("zip")
def _zip(store: Store, call: Call) -> Value:
    row = {place: store.items(argument, call.node) for place, argument in enumerate(call.args)}
    return store.collection("list", call.node, {"*": store.collection("tuple", call.node, row)})


@_function("range")
def _range(store: Store, call: Call) -> Value:
    return store.collection("list", call.node, {"*": store.make("int", call.node, tag="item")})


@_function("list", "sorted", "set", "tuple", "reversed")
def _list(store: Store, call: Call) -> Value:
    elements = {"*": store.items(call.args[0], call.node)} if call.args else {}
    return store.collection("list", call.node, elements)


@_function("dict")
def _dict(store: Store, call: Call) -> Value:
    return store.make("dict", call.node)


@_function("iter")
def _iter(store: Store, call: Call) -> Value:
    if len(call.args) != 2:
        return store.make("list", call.node, tag="all") | call.arg(0)
    value = store.make("list", call.node)
    for thing in call.args[0]:
        if thing.kind == "func":
            store.enter(thing.facts["scope"], [], {}, call, False)
            store.test(thing.facts["scope"].returns, call.node)
            store.add(next(iter(value)), "*", thing.facts["scope"].returns)
    return value


@_function("super")
def _super(store: Store, call: Call) -> Value:
    return frozenset(call.scope.owner.facts.get("parents", ())) if call.scope.owner else EMPTY


@_function("functools.partial")
def _partial(store: Store, call: Call) -> Value:
    store.escape(call)
    return EMPTY


@_method("list.append", "list.insert", "list.add")
def _append(store: Store, thing: Thing, call: Call) -> Value:
    store.add(thing, "*", call.args[-1] if call.args else EMPTY)
    return EMPTY


@_method("list.extend")
def _extend(store: Store, thing: Thing, call: Call) -> Value:
    store.add(thing, "*", store.items(call.arg(0), call.node))
    return EMPTY


@_method("list.pop")
def _pop(store: Store, thing: Thing, call: Call) -> Value:
    return store.element(frozenset((thing,)), None)


@_method("list.copy", "dict.copy", "socket.dup", "file.__enter__")
def _itself(store: Store, thing: Thing, call: Call) -> Value:
    return frozenset((thing,))


@_method("dict.values")
def _values(store: Store, thing: Thing, call: Call) -> Value:
    return store.collection("list", call.node, {"*": thing.elements.get("*", EMPTY)})


@_method("dict.keys")
def _keys(store: Store, thing: Thing, call: Call) -> Value:
    return store.collection("list", call.node, {"*": thing.elements.get("keys", EMPTY)})


@_method("dict.items")
def _items(store: Store, thing: Thing, call: Call) -> Value:
    keys, values = thing.elements.get("keys", EMPTY), thing.elements.get("*", EMPTY)
    pair = store.collection("tuple", call.node, {0: keys, 1: values}, tag="pair")
    return store.collection("list", call.node, {"*": pair})


@_method("dict.get", "dict.pop", "dict.setdefault")
def _dict_get(store: Store, thing: Thing, call: Call) -> Value:
    return thing.elements.get("*", EMPTY) | (call.args[1] if len(call.args) > 1 else store.make("none", None))
