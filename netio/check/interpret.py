"""Walk a program without running it: what each expression may be, which calls there are, and what never runs.

Names of one function are followed from statement to statement; what functions are called with, attributes, lists and
dicts are what they may ever be. The walk is repeated until nothing new comes of it, seven times at most.
"""

from __future__ import annotations

import ast
import builtins
from typing import Any, Callable, Iterable

from . import known, library, spelling
from .store import Store
from .values import EMPTY, Call, Scope, Thing, Value, constant

Env = dict[str, Value]
_ROUNDS = 7
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_BUILTINS = frozenset(dir(builtins))
_ENDINGS = {"os._exit", "sys.exit", "exit", "quit", "os.abort",
            *(f"os.exec{way}" for way in ("l", "le", "lp", "lpe", "v", "ve", "vp", "vpe"))}
_PARAMETERS = {  # what students call a socket that their function is given
    "conn": "tcp", "connfd": "tcp", "connection": "tcp", "client": "tcp", "client_socket": "tcp", "clientsocket": "tcp",
    "client_sock": "tcp", "newsocket": "tcp", "sock": "socket", "sockfd": "socket",
}


class Interpreter:
    """What a walk found out: `values` by node, `calls`, `scopes`, what never runs, names that nobody binds.

    >>> walk = Interpreter(ast.parse("import socket\\nsock = socket.socket()\\nsock.listen()\\n"))
    >>> walk.run()
    >>> [call.name for call in walk.calls]
    ['socket.socket', 'tcp.listen']
    """

    def __init__(self, tree: ast.Module) -> None:
        self.store = Store()
        self.tree = tree
        self.module = Scope(tree, "", None)
        self.scopes: dict[int, Scope] = {id(tree): self.module}
        self.order: list[Scope] = [self.module]
        self.values: dict[int, Value] = {}
        self.calls: list[Call] = []
        self.dead: dict[int, ast.stmt] = {}
        self.unbound: dict[int, ast.Name] = {}
        self.stars: list[str] = []
        self.near: dict[str, str] = {}
        self.imports: dict[str, str] = {}
        self.falls_out: dict[int, tuple[ast.If, str]] = {}
        self.walked = False  # once each function was walked, it is known whether it comes back
        self.scope = self.module
        self.live = True
        self.breaks: list[list[Env]] = []
        self.loop_ends: dict[int, Env] = {}
        self.tries: list[list[Env]] = []

    def run(self) -> None:
        """Walk until nothing changes."""
        for _ in range(_ROUNDS):
            self.store.changed = False
            self.calls = []
            self.dead, self.unbound, self.falls_out = {}, {}, {}
            index = 0
            while index < len(self.order):
                self._run_scope(self.order[index])
                index += 1
            if self.unbound and not self.near:  # start again, with misspelt names read as what they were to be
                near = self._spell()
                self.__init__(self.tree)  # type: ignore[misc]
                self.near = near
                continue
            if not self.walked:
                self.walked = self.store.changed = True
            if not self.store.changed:
                break

    def _spell(self) -> dict[str, str]:
        """Return what each name that nobody bound was to be."""
        names = spelling.visible({name for scope in self.scopes.values() for name in scope.bound})
        return {node.id: spelling.nearest(node.id, names - {node.id}) or spelling.of_module(node.id, self.imports)
                for node in self.unbound.values()}

    def _run_scope(self, scope: Scope) -> None:
        self.scope, self.live, self.breaks, self.tries = scope, True, [], []
        node = scope.node
        if isinstance(node, ast.Lambda):
            self._give_back(self.eval(node.body, self._parameters(scope)))
            return
        body: list[ast.stmt] = getattr(node, "body")
        ended = self.block(body, self._parameters(scope))
        falls = ended is not None
        if falls != scope.falls_through:
            scope.falls_through, self.store.changed = falls, True

    def _parameters(self, scope: Scope) -> Env:
        node = scope.node
        if not isinstance(node, (*_FUNCTIONS, ast.Lambda)):
            return {}
        env: Env = {}
        arguments = node.args
        for argument in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]:
            name = argument.arg
            env[name] = scope.names.get(name, EMPTY)
            if not env[name] and name in _PARAMETERS and not scope.callers:
                env[name] = self.store.make(_PARAMETERS[name], argument, assumed=True)
        for extra in (arguments.vararg, arguments.kwarg):
            if extra:
                env[extra.arg] = scope.names.get(extra.arg, EMPTY)
        return env

    def _give_back(self, value: Value) -> None:
        if value - self.scope.returns:
            self.scope.returns |= value
            self.store.changed = True

    # Statements: each takes the names before it and returns those after it, or None where nothing follows.

    def block(self, body: Iterable[ast.stmt], env: Env | None) -> Env | None:
        """Walk statements one after another."""
        last: Env = env or {}
        for statement in body:
            if env is None and self.live:
                if not isinstance(statement, (*_FUNCTIONS, ast.ClassDef)):
                    self.dead[id(statement)] = statement
                self.live = False
                self.block([statement], last)
                self.live = True
                continue
            done = self.statement(statement, env if env is not None else last)
            env = done if env is not None else None
            last = env if env is not None else last
        return env

    def statement(self, node: ast.stmt, env: Env) -> Env | None:
        """Walk one statement."""
        handler: Callable[[Any, Env], Env | None] | None = getattr(self, f"_do_{type(node).__name__}", None)
        if handler is not None:
            return handler(node, env)
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.eval(child, env)
        return env

    def _do_Expr(self, node: ast.Expr, env: Env) -> Env | None:
        self.eval(node.value, env)
        return None if isinstance(node.value, ast.Call) and self._ends(node.value) else env

    def _ends(self, call: ast.Call) -> bool:
        """True for a call that never comes back."""
        for thing in self.values.get(id(call.func), EMPTY):
            if thing.kind == "extern":
                return thing.facts["name"] in _ENDINGS
            if thing.kind == "func":
                scope: Scope = thing.facts["scope"]
                if isinstance(scope.node, ast.Lambda) or scope.falls_through or scope.has_return:
                    return False
                return self.walked and not self._may_be_replaced(scope)
        return False

    def _may_be_replaced(self, scope: Scope) -> bool:
        """True for a function that ends otherwise than by an endless loop: a generator, or one that only raises."""
        return isinstance(scope.node, ast.AsyncFunctionDef) or any(
            isinstance(node, (ast.Yield, ast.YieldFrom, ast.Raise)) for node in ast.walk(scope.node))

    def _do_Assign(self, node: ast.Assign, env: Env) -> Env:
        value = self.eval(node.value, env)
        for target in node.targets:
            self.assign(target, value, env)
        return env

    def _do_AnnAssign(self, node: ast.AnnAssign, env: Env) -> Env:
        if node.value is not None:
            self.assign(node.target, self.eval(node.value, env), env)
        elif isinstance(node.target, ast.Name):
            self.scope.bound.add(node.target.id)
        return env

    def _do_AugAssign(self, node: ast.AugAssign, env: Env) -> Env:
        old = self.eval(node.target, env)
        more = self.eval(node.value, env)
        self.assign(node.target, self._sum(node, old, more), env)
        return env

    def assign(self, target: ast.expr, value: Value, env: Env) -> None:
        """Bind a target of an assignment."""
        self.values[id(target)] = value
        if isinstance(target, ast.Name):
            env[target.id] = value
            where = self.module if target.id in self.scope.global_names else self.scope
            self.store.bind(where, target.id, value)
        elif isinstance(target, (ast.Tuple, ast.List)):
            for place, part in enumerate(target.elts):
                self.assign(part, self.store.element(value, place), env)
        elif isinstance(target, ast.Starred):
            self.assign(target.value, self.store.make("list", target), env)
        elif isinstance(target, ast.Attribute):
            for thing in self.eval(target.value, env):
                if thing.kind in ("instance", "class", "thread", "process") or thing.facts.get("attributes"):
                    self.store.add(self._owner(thing), target.attr, value)
        elif isinstance(target, ast.Subscript):
            key = constant(self.eval(target.slice, env))
            for thing in self.eval(target.value, env):
                if thing.kind in ("list", "dict"):
                    self.store.add(thing, "*", value)
                    self.store.add(thing, "keys", self.values.get(id(target.slice), EMPTY))
                    self.store.add(thing, key, value)

    def _owner(self, thing: Thing) -> Thing:
        """Return the thing that keeps the attributes of an instance: its class, one for all."""
        owner = thing.facts.get("cls")
        return owner if isinstance(owner, Thing) else thing

    def _do_Return(self, node: ast.Return, env: Env) -> None:
        value = self.eval(node.value, env) if node.value else self.store.make("none", None)
        self._give_back(value)
        if not self.scope.has_return and self.live:
            self.scope.has_return = self.store.changed = True

    def _do_Raise(self, node: ast.Raise, env: Env) -> None:
        for part in (node.exc, node.cause):
            if part:
                self.eval(part, env)

    def _do_Break(self, node: ast.Break, env: Env) -> None:
        if self.breaks and self.live:
            self.breaks[-1].append(dict(env))

    def _do_Continue(self, node: ast.Continue, env: Env) -> None:
        return None

    def _do_Global(self, node: ast.Global, env: Env) -> Env:
        self.scope.global_names.update(node.names)
        return env

    def _do_Nonlocal(self, node: ast.Nonlocal, env: Env) -> Env:
        self.scope.bound.update(node.names)
        return env

    def _do_Delete(self, node: ast.Delete, env: Env) -> Env:
        for target in node.targets:
            self.eval(target, env)
        return env

    def _do_If(self, node: ast.If, env: Env) -> Env | None:
        self.eval(node.test, env)
        self.mark(node.test, node.test, env)
        for name in _asked_types(node.test):  # what a type test decides is more than is followed here
            env[name] = EMPTY
        then = self.block(node.body, dict(env))
        other = self.block(node.orelse, dict(env))
        child = self.child_branch(node.test)
        if child and self.live:
            ended = (then if child == "body" else other) is None
            if not ended:
                self.falls_out[id(node)] = (node, child)
        truth = self._truth(node.test)
        if truth is True:
            return then
        return self.join(then, other)

    def child_branch(self, test: ast.expr) -> str:
        """Return 'body' or 'orelse': the branch of an `if` that a forked child runs; '' where it is none."""
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            return "body" if self._is_pid(test.operand) else ""
        if self._is_pid(test):
            return "orelse"
        if isinstance(test, ast.Compare) and len(test.ops) == 1:
            left, right, op = test.left, test.comparators[0], test.ops[0]
            if self._is_pid(right) and constant(self.values.get(id(left), EMPTY)) == 0:
                return "body" if isinstance(op, ast.Eq) else ""
            if self._is_pid(left) and constant(self.values.get(id(right), EMPTY)) == 0:
                return "body" if isinstance(op, ast.Eq) else "orelse" if isinstance(op, (ast.Gt, ast.NotEq)) else ""
        return ""

    def _is_pid(self, node: ast.expr) -> bool:
        return any(thing.kind == "pid" for thing in self.values.get(id(node), EMPTY))

    def join(self, *envs: Env | None) -> Env | None:
        """Return what names may be after several ways, or None where none goes on."""
        ways = [env for env in envs if env is not None]
        if len(ways) < 2:
            return ways[0] if ways else None
        joined = dict(ways[0])
        for env in ways[1:]:
            for name, value in env.items():
                if name not in joined:
                    joined[name] = value
                elif joined[name] is not value:
                    joined[name] |= value
        return joined

    def _truth(self, test: ast.expr) -> bool | None:
        if isinstance(test, ast.Constant):
            return bool(test.value)
        if isinstance(test, ast.Name) and test.id in ("true", "TRUE"):
            return True
        return None

    def _do_While(self, node: ast.While, env: Env) -> Env | None:
        endless = self._truth(node.test) is True
        entry = self.join(env, self.loop_ends.get(id(node))) or {}
        self.eval(node.test, entry)
        self.mark(node.test, node.test, entry)
        return self._loop(node, entry, None if endless else entry)

    def _do_For(self, node: ast.For, env: Env) -> Env | None:
        items = self.eval(node.iter, env)
        entry = self.join(env, self.loop_ends.get(id(node))) or {}
        before = dict(entry)
        self.assign(node.target, self.store.items(items, node.iter), entry)
        after = self._loop(node, entry, before)
        endless = any(thing.facts.get("name") == "itertools.count" for thing in items)
        return None if endless and after is before else after

    _do_AsyncFor = _do_For

    def _loop(self, node: Any, entry: Env, otherwise: Env | None) -> Env | None:
        self.breaks.append([])
        end = self.block(node.body, dict(entry))
        if end is not None:
            old = self.loop_ends.get(id(node))
            self.loop_ends[id(node)] = joined = self.join(old, end) or {}
            if old is None or any(old.get(name) != value for name, value in joined.items()):
                self.store.changed = True
        broken = self.breaks.pop()
        if otherwise is not None:
            otherwise = self.join(otherwise, end)
            otherwise = self.block(node.orelse, otherwise)
        return self.join(otherwise, *broken)

    def _do_With(self, node: ast.With, env: Env) -> Env | None:
        for item in node.items:
            value = self.eval(item.context_expr, env)
            for thing in value:
                thing.facts["with"] = True
            if item.optional_vars is not None:
                self.assign(item.optional_vars, self._entered(value), env)
        return self.block(node.body, env)

    _do_AsyncWith = _do_With

    def _entered(self, value: Value) -> Value:
        found: set[Thing] = set()
        for thing in value:
            method = self._method(thing, "__enter__")
            if thing.kind == "extern":  # contextlib.closing(x) and what we do not know
                continue
            found |= method.facts["scope"].returns if method else {thing}
        return frozenset(found)

    def _do_Try(self, node: ast.Try, env: Env) -> Env | None:
        before = dict(env)
        end = self.block(node.body, env)
        middle = self.join(before, end, dict(env)) or {}
        handled = []
        for handler in node.handlers:
            inside = dict(middle)
            if handler.type is not None:
                self.eval(handler.type, inside)
            if handler.name:
                inside[handler.name] = EMPTY
                self.scope.bound.add(handler.name)
            handled.append(self.block(handler.body, inside))
        if node.orelse:
            end = self.block(node.orelse, end)
        after = self.join(end, *handled)
        if not node.finalbody:
            return after
        last = self.block(node.finalbody, after if after is not None else dict(middle))
        return last if after is not None else None

    _do_TryStar = _do_Try

    def _do_Match(self, node: Any, env: Env) -> Env | None:
        subject = self.eval(node.subject, env)
        ends: list[Env | None] = [dict(env)]
        for case in node.cases:
            inside = dict(env)
            for part in ast.walk(case.pattern):
                name = getattr(part, "name", None) or getattr(part, "rest", None)
                if isinstance(name, str):
                    inside[name] = subject
                    self.store.bind(self.scope, name, subject)
                if isinstance(part, ast.expr):
                    self.eval(part, inside)
            if case.guard:
                self.eval(case.guard, inside)
            ends.append(self.block(case.body, inside))
        return self.join(*ends)

    def _do_Import(self, node: ast.Import, env: Env) -> Env:
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            value = self.store.extern(alias.name if alias.asname else name)
            self.imports[name] = alias.name
            env[name] = value
            self.store.bind(self.module if name in self.scope.global_names else self.scope, name, value)
        return env

    def _do_ImportFrom(self, node: ast.ImportFrom, env: Env) -> Env:
        module = "." * node.level + (node.module or "")
        for alias in node.names:
            if alias.name == "*":
                if module not in self.stars:
                    self.stars.append(module)
                for name in known.MODULES.get(module, ()):
                    env[name] = self.store.extern(f"{module}.{name}")
                    self.store.bind(self.scope, name, env[name])
                continue
            right = spelling.meant_module_name(module, alias.name)
            value = self.store.extern(f"{module}.{right or alias.name}")
            self.imports[alias.asname or alias.name] = module
            env[alias.asname or alias.name] = value
            self.store.bind(self.scope, alias.asname or alias.name, value)
        return env

    def _do_FunctionDef(self, node: Any, env: Env) -> Env:
        for part in [*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)]:
            self.eval(part, env)
        value = self.function(node, node.name)
        for parameter, default in zip((node.args.posonlyargs + node.args.args)[::-1], node.args.defaults[::-1]):
            self.store.bind(self.scopes[id(node)], parameter.arg, self.values.get(id(default), EMPTY))
        env[node.name] = value
        self.store.bind(self.scope, node.name, value)
        return env

    _do_AsyncFunctionDef = _do_FunctionDef

    def function(self, node: Any, name: str, owner: Thing | None = None) -> Value:
        """Return the function that a node defines; its body is walked later."""
        if id(node) not in self.scopes:
            scope = Scope(node, name, self.scope, owner)
            self.scopes[id(node)] = scope
            self.order.append(scope)
            for argument in ast.walk(node.args):
                if isinstance(argument, ast.arg):
                    scope.bound.add(argument.arg)
        return self.store.make("func", node, scope=self.scopes[id(node)], name=name)

    def _do_ClassDef(self, node: ast.ClassDef, env: Env) -> Env:
        bases = [self.eval(base, env) for base in node.bases]
        for part in [*node.decorator_list, *(keyword.value for keyword in node.keywords)]:
            self.eval(part, env)
        value = self.store.make("class", node, name=node.name)
        thing = next(iter(value))
        names = {base.facts["name"] for found in bases for base in found if base.kind == "extern"}
        parents = {base for found in bases for base in found if base.kind == "class" and base is not thing}
        names.update(name for parent in parents for name in parent.facts.get("names", ()))
        thing.facts.update(names=names, parents=parents, open_bases=any(not found for found in bases))
        outer, inner = self.scope, dict(env)
        for statement in node.body:
            if isinstance(statement, _FUNCTIONS):
                self._method_of(statement, thing, inner)
            else:
                self.statement(statement, inner)
        for name, found in inner.items():
            if env.get(name) is not found:
                self.store.add(thing, name, found)
        self.scope = outer
        env[node.name] = value
        self.store.bind(self.scope, node.name, value)
        self._network_handler(thing, node)
        return env

    def _network_handler(self, thing: Thing, node: ast.ClassDef) -> None:
        """Give a handler of socketserver what its server gives it."""
        for name in thing.facts["names"]:
            if name.endswith(("StreamRequestHandler", "socketserver.BaseRequestHandler")):
                self.store.add(thing, "request", self.store.make("tcp", node, tag="request", served=True))

    def _method_of(self, node: Any, cls: Thing, env: Env) -> None:
        for part in node.decorator_list:
            self.eval(part, env)
        plain = not any(isinstance(part, ast.Name) and part.id == "staticmethod" for part in node.decorator_list)
        value = self.function(node, f"{cls.facts['name']}.{node.name}", cls)
        env[node.name] = value
        scope = self.scopes[id(node)]
        for parameter, default in zip((node.args.posonlyargs + node.args.args)[::-1], node.args.defaults[::-1]):
            self.store.bind(scope, parameter.arg, self.eval(default, env))
        if plain and node.args.args:
            self.store.bind(scope, node.args.args[0].arg, self.store.make("instance", cls.node, cls=cls))
        if node.name == "run" and cls.facts["names"] & {"threading.Thread", "multiprocessing.Process"}:
            scope.runs_in.add("thread" if "threading.Thread" in cls.facts["names"] else "process")

    def _method(self, thing: Thing, name: str) -> Thing | None:
        """Return the method of this name that a class of this program defines."""
        todo = [self._owner(thing)] if thing.kind in ("instance", "class") else []
        seen: set[Thing] = set()
        while todo:
            cls = todo.pop()
            if cls in seen:
                continue
            seen.add(cls)
            for found in cls.elements.get(name, EMPTY):
                if found.kind == "func":
                    return found
            todo.extend(cls.facts.get("parents", ()))
        return None

    # Expressions

    def eval(self, node: ast.expr, env: Env) -> Value:
        """Return what an expression may be."""
        handler: Callable[[Any, Env], Value] | None = getattr(self, f"_eval_{type(node).__name__}", None)
        if handler is None:
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.expr):
                    self.eval(child, env)
            value = EMPTY
        else:
            value = handler(node, env)
        old = self.values.get(id(node))
        self.values[id(node)] = value if not old or value is old else old | value
        return value

    def _eval_Constant(self, node: ast.Constant, env: Env) -> Value:
        value = node.value
        kinds = {str: "str", bytes: "bytes", int: "int", float: "int", bool: "bool", type(None): "none"}
        kind = kinds.get(type(value))
        return self.store.make(kind, node, const=value) if kind else EMPTY

    def _eval_Name(self, node: ast.Name, env: Env) -> Value:
        if node.id in env:
            return env[node.id]
        scope: Scope | None = self.scope
        while scope is not None:
            if node.id in scope.names or node.id in scope.bound:
                return scope.names.get(node.id, EMPTY)
            scope = scope.parent
        if node.id in _BUILTINS or node.id in ("__file__", "__name__", "__doc__", "__path__", "WindowsError"):
            return self.store.extern(node.id)
        self.unbound[id(node)] = node
        return self._meant(node)

    def _meant(self, node: ast.Name) -> Value:
        """Return what a name that nobody bound was to be: the name that it is near to, or what it says."""
        right = self.near.get(node.id, "")
        if node.id in known.MODULES:  # a module that was not imported
            return self.store.extern(node.id)
        if "." in right:
            return self.store.extern(right)
        scope: Scope | None = self.scope
        while right and scope is not None:
            if right in scope.names:
                return scope.names[right]
            scope = scope.parent
        if right in _BUILTINS:
            return self.store.extern(right)
        kind = _PARAMETERS.get(node.id)
        return self.store.make(kind, None, tag=node.id, assumed=True) if kind else EMPTY

    def _eval_Attribute(self, node: ast.Attribute, env: Env) -> Value:
        return self._get(self.eval(node.value, env), node.attr)

    def _get(self, value: Value, name: str) -> Value:
        """Return what an attribute of a value may be."""
        found: Value = EMPTY
        for thing in value:
            if thing.kind == "extern":
                module = thing.facts["name"]
                if module == "socket.socket" and name in known.MODULES["socket"] - known.METHODS["socket"]:
                    module = "socket"  # the class is taken for its module
                right = spelling.meant_module_name(module, name) if module in known.MODULES else ""
                found |= self.store.extern(f"{module}.{right or name}")
            elif thing.kind in ("instance", "class"):
                found |= self._attribute(thing, name)
            elif thing.facts.get("attributes") and name in thing.elements:
                found |= thing.elements[name]
        return found

    def _attribute(self, thing: Thing, name: str) -> Value:
        owner = self._owner(thing)
        found = owner.elements.get(name, EMPTY)
        for parent in owner.facts.get("parents", ()):
            if not found:
                found = self._attribute(parent, name)
        return found

    def _eval_Tuple(self, node: Any, env: Env) -> Value:
        value = self.store.make("tuple" if isinstance(node, ast.Tuple) else "list", node)
        thing = next(iter(value))
        for place, part in enumerate(node.elts):
            found = self.eval(part, env)
            self.store.add(thing, place if thing.kind == "tuple" else "*", found)
        thing.facts["size"] = len(node.elts)
        return value

    _eval_List = _eval_Set = _eval_Tuple

    def _eval_Starred(self, node: ast.Starred, env: Env) -> Value:
        value = self.eval(node.value, env)
        for thing in self.store.element(value, None):
            thing.facts["escapes"] = True
        return self.store.items(value, node)

    def _eval_Dict(self, node: ast.Dict, env: Env) -> Value:
        value = self.store.make("dict", node)
        thing = next(iter(value))
        for key, part in zip(node.keys, node.values):
            found = self.eval(part, env)
            keys = self.eval(key, env) if key else EMPTY
            self.store.add(thing, "keys", keys)
            self.store.add(thing, "*", found)
            if constant(keys) is not None:
                self.store.add(thing, constant(keys), found)
        return value

    def _comprehension(self, node: Any, env: Env, *parts: ast.expr) -> list[Value]:
        inner = dict(env)
        for generator in node.generators:
            self.assign(generator.target, self.store.items(self.eval(generator.iter, inner), generator.iter), inner)
            for test in generator.ifs:
                self.eval(test, inner)
                self.mark(test, test, inner)
        return [self.eval(part, inner) for part in parts]

    def _eval_ListComp(self, node: Any, env: Env) -> Value:
        (found,) = self._comprehension(node, env, node.elt)
        return self.store.collection("list", node, {"*": found})

    _eval_SetComp = _eval_GeneratorExp = _eval_ListComp

    def _eval_DictComp(self, node: ast.DictComp, env: Env) -> Value:
        keys, found = self._comprehension(node, env, node.key, node.value)
        return self.store.collection("dict", node, {"*": found, "keys": keys})

    def _eval_Lambda(self, node: ast.Lambda, env: Env) -> Value:
        return self.function(node, "<lambda>")

    def _eval_IfExp(self, node: ast.IfExp, env: Env) -> Value:
        self.eval(node.test, env)
        self.mark(node.test, node.test, env)
        return self.eval(node.body, env) | self.eval(node.orelse, env)

    def _eval_BoolOp(self, node: ast.BoolOp, env: Env) -> Value:
        found: Value = EMPTY
        for part in node.values:
            found |= self.eval(part, env)
            self.mark(part, part, env)
        return found

    def _eval_UnaryOp(self, node: ast.UnaryOp, env: Env) -> Value:
        value = self.eval(node.operand, env)
        if isinstance(node.op, ast.Not):
            self.mark(node.operand, node, env)
            return self.store.make("bool", node)
        number = constant(value)
        if isinstance(node.op, ast.USub) and isinstance(number, (int, float)):
            return self.store.make("int", node, const=-number)
        return value

    def _eval_NamedExpr(self, node: ast.NamedExpr, env: Env) -> Value:
        value = self.eval(node.value, env)
        self.assign(node.target, value, env)
        return value

    def _eval_Await(self, node: Any, env: Env) -> Value:
        return self.eval(node.value, env) if node.value else EMPTY

    def _eval_Yield(self, node: Any, env: Env) -> Value:
        if node.value:
            value = self.store.make("list", self.scope.node, tag="yields")
            self.store.add(next(iter(value)), "*", self.eval(node.value, env))
            self._give_back(value)
        return EMPTY

    _eval_YieldFrom = _eval_Await

    def _eval_JoinedStr(self, node: ast.JoinedStr, env: Env) -> Value:
        bases: Value = EMPTY
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                bases |= self.eval(part.value, env)
        return self.store.make("str", node, bases)

    def _eval_BinOp(self, node: ast.BinOp, env: Env) -> Value:
        return self._sum(node, self.eval(node.left, env), self.eval(node.right, env))

    def _sum(self, node: Any, left: Value, right: Value) -> Value:
        both = left | right
        if isinstance(node.op, (ast.Add, ast.Mod, ast.Mult)):
            for kind in ("str", "bytes", "list"):
                mine = frozenset(thing for thing in left if thing.kind == kind)
                if isinstance(node.op, ast.Mod) and kind != "list" and mine:
                    items = self.store.items(right, node) if any(t.kind == "tuple" for t in right) else right
                    return self.store.make(kind, node, mine | items)
                if mine or isinstance(node.op, ast.Add) and any(thing.kind == kind for thing in right):
                    if kind == "list":
                        return mine | frozenset(thing for thing in right if thing.kind == kind)
                    parts = frozenset(thing for thing in both if thing.kind == kind)
                    return self.store.make(kind, node, parts, tag="sum", summed=True)
        if any(thing.kind == "int" for thing in both):
            return self.store.make("int", node, both)
        return EMPTY

    def _eval_Subscript(self, node: ast.Subscript, env: Env) -> Value:
        value = self.eval(node.value, env)
        place = self.eval(node.slice, env)
        found: Value = EMPTY
        for thing in value:
            if thing.kind in ("str", "bytes"):
                if isinstance(node.slice, ast.Slice) or thing.kind == "str":
                    found |= self.store.make(thing.kind, node, frozenset((thing,)), sliced=True)
                else:
                    found |= self.store.make("int", node, frozenset((thing,)))
            elif isinstance(node.slice, ast.Slice):
                found |= frozenset((thing,))
            elif thing.kind == "value":
                found |= EMPTY
            else:
                found |= self.store.element(frozenset((thing,)), constant(place))
        return found

    def _eval_Slice(self, node: ast.Slice, env: Env) -> Value:
        for part in (node.lower, node.upper, node.step):
            if part:
                self.eval(part, env)
        return EMPTY

    def _eval_Compare(self, node: ast.Compare, env: Env) -> Value:
        parts = [node.left, *node.comparators]
        for part in parts:
            self.eval(part, env)
        for mine, others in ((0, parts[1:]), (1, parts[:1])):
            for other in others:
                if self._is_empty_constant(other) and not self._never_equal(parts[mine], other):
                    self.mark(parts[mine], node, env)
        for part in parts:
            if isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and part.func.id == "len" and part.args:
                self.store.test(self.values.get(id(part.args[0]), EMPTY), node)
        return self.store.make("bool", node)

    def _never_equal(self, part: ast.expr, other: ast.expr) -> bool:
        """True for bytes beside a str: such a test finds no end."""
        kinds = {thing.kind for thing in self.values.get(id(part), EMPTY)}
        return kinds == {"bytes"} and isinstance(other, ast.Constant) and isinstance(other.value, str)

    def _is_empty_constant(self, node: ast.expr) -> bool:
        if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
            return any(self._is_empty_constant(part) for part in node.elts)
        found = self.values.get(id(node), EMPTY)
        return any("const" in t.facts and (not t.facts["const"] and t.facts["const"] is not False) for t in found)

    def mark(self, part: ast.expr, test: ast.AST, env: Env) -> None:
        """Remember that a value, or what it was made from, is tested for being empty."""
        while isinstance(part, ast.UnaryOp) and isinstance(part.op, ast.Not):
            part = part.operand
        if isinstance(part, ast.BoolOp):
            for inner in part.values:
                self.mark(inner, test, env)
        elif isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and part.func.id in ("len", "bool"):
            for argument in part.args:
                self.mark(argument, test, env)
        elif not isinstance(part, (ast.Compare, ast.Constant)):
            self.store.test(self.values.get(id(part), EMPTY), test)

    # Calls

    def _eval_Call(self, node: ast.Call, env: Env) -> Value:
        receiver: Value = EMPTY
        if isinstance(node.func, ast.Attribute):
            receiver = self.eval(node.func.value, env)
            function = self.values[id(node.func)] = self._get(receiver, node.func.attr)
        else:
            function = self.eval(node.func, env)
        args = [self.eval(argument, env) for argument in node.args]
        keywords = {keyword.arg or "**": self.eval(keyword.value, env) for keyword in node.keywords}
        found: Value = EMPTY
        seen = False
        for thing in function:
            call = self._record(node, thing.facts.get("name", ""), EMPTY, args, keywords)
            if thing.kind == "extern":
                found |= library.call_function(self.store, call)
            elif thing.kind == "func":
                found |= self._call_function(thing, call, receiver)
            elif thing.kind == "class":
                found |= self._construct(thing, call)
            seen = seen or thing.kind in ("extern", "func", "class", "method")
        if seen:
            return found
        if isinstance(node.func, ast.Attribute):
            return self._call_method(node, node.func.attr, receiver, args, keywords)
        call = self._record(node, "?", EMPTY, args, keywords)
        if isinstance(node.func, ast.Name) and node.func.id == "accept":
            return library.call_method(self.store, "tcp.accept", Thing("tcp", None), call)
        return EMPTY

    def _record(self, node: ast.Call, name: str, on: Value, args: list[Value], keywords: dict[str, Value]) -> Call:
        call = Call(node, name, on, args, keywords, self.scope, self.live)
        self.calls.append(call)
        return call

    def _call_function(self, function: Thing, call: Call, receiver: Value) -> Value:
        scope: Scope = function.facts["scope"]
        call = self.calls[-1] = call._replace(name=f"def {scope.name}", on=frozenset((function,)))
        method = bool(scope.owner) and not any(thing.kind == "class" for thing in receiver)
        self.store.enter(scope, call.args, call.keywords, call, method)
        return scope.returns

    def _construct(self, cls: Thing, call: Call) -> Value:
        call = self.calls[-1] = call._replace(name=f"class {cls.facts['name']}", on=frozenset((cls,)))
        made = self.store.make("instance", cls.node, cls=cls)
        start = self._method(cls, "__init__")
        if start:
            self.store.enter(start.facts["scope"], call.args, call.keywords, call, True)
        if "target" in call.keywords:
            kind = "process" if "multiprocessing.Process" in cls.facts["names"] else "thread"
            self.store.start(call.keywords["target"], kind, call)
        return made

    def _call_method(self, node: ast.Call, name: str, receiver: Value, args: list[Value],
                     keywords: dict[str, Value]) -> Value:
        if not receiver:
            return self._unknown_method(node, name, args, keywords)
        if all(thing.kind == "tuple" for thing in receiver) and not hasattr((), name):
            receiver = self.store.element(receiver, 0)  # `conn = sock.accept()`: go on with what was meant
        found: Value = EMPTY
        for thing in receiver:
            kind = self._kind_of(thing)
            if kind == "structure":
                call = self._record(node, f"struct.{name}", EMPTY, [thing.facts["format"], *args], keywords)
                found |= library.call_function(self.store, call)
            else:
                call = self._record(node, f"{kind}.{name}", frozenset((thing,)), args, keywords)
                found |= library.call_method(self.store, call.name, thing, call)
        return found

    def _kind_of(self, thing: Thing) -> str:
        """Return a thing's kind: an instance of a program's own Thread or Process is one, too."""
        if thing.kind == "instance":
            for name in thing.facts["cls"].facts.get("names", ()):
                if name in ("threading.Thread", "multiprocessing.Process"):
                    return known.MADE[name]
                if name == "socket.socket":
                    return "socket"
        return thing.kind

    def _unknown_method(self, node: ast.Call, name: str, args: list[Value], keywords: dict[str, Value]) -> Value:
        """Call a method of what nobody knows: where only a socket or a text has it, it is taken for one."""
        call = self._record(node, f"?.{name}", EMPTY, args, keywords)
        self.store.escape(call)
        size = constant(args[0]) if len(args) == 1 else None
        if name == "recv" and isinstance(size, int) and size > 1 or name == "recvfrom" and len(args) == 1:
            assert isinstance(node.func, ast.Attribute)
            kind = "udp" if name == "recvfrom" else "tcp"
            sock = self.store.make(kind, node.func.value, assumed=True)
            call = self._record(node, f"{kind}.{name}", sock, args, keywords)
            return library.call_method(self.store, call.name, next(iter(sock)), call)
        if name in ("decode", "encode") and not args:
            return self.store.make("str" if name == "decode" else "bytes", node, tag="unknown")
        return EMPTY


def _asked_types(test: ast.expr) -> list[str]:
    """Return the names whose type a condition asks for."""
    asked = (node for node in ast.walk(test) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name))
    return [node.args[0].id for node in asked if node.args and isinstance(node.args[0], ast.Name)
            and getattr(node.func, "id") in ("isinstance", "hasattr", "callable")]
