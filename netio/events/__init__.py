"""The event loop of everything here that waits for more than one socket: TCP servers, UDP, the chat room.

- `loop`: calls back when sockets are ready, when time comes, and when another thread asks
- `timers`: what is to be called when; `waker`: how another thread or a signal ends a wait
- `select`, `poll`, `epoll`, `kqueue`: the system's ways of waiting, a file each, in one shape
- `pollers`: which of them to take; `logs`: a log whose failure ends nothing
"""
