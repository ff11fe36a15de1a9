"""Connections under an event loop: accepting, transports, queued writes and deadlines.

- `acceptor`: accepts connections while the limits allow; `descriptors`: whether there are any left
- `manager`: connects protocols, transports and the loop; `connector`: connects out
- `at_once`: a connection of one request, whose answer is at hand
- `transport`: one connection; `sending`: its queue of writes
- `executor`: threads for what may block, beside the loop
- `deadlines`: when a protocol wants to be called
"""
