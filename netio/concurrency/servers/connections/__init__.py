"""Connections under an event loop: accepting, transports, queued writes and deadlines.

- `acceptor`: accepts connections while the limits allow
- `manager`: connects protocols, transports and the loop
- `transport`: one connection; `sending`: its queue of writes
- `executor`: threads for what may block, beside the loop
- `deadlines`: when a protocol wants to be called
"""
