"""The server models: one file each, and the table that says what each is, needs and allows.

- `table`: the models; `model`: what every model has
- `iterative`, `fork`, `process`, `thread`, `pool`: models that may block; `blocking`: what they share
- `events`: select, poll, epoll and kqueue
- `workers`: prefork, and several processes of any model
- `children`, `handover`: processes, and the sockets sent to them
"""
