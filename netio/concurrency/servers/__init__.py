"""Servers under one contract: the same handler or protocol under every model. See protocol.py for the two contracts."""
