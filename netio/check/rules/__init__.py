"""The rules, one room a chapter: each a function with its documentation. Importing this package registers them all."""

from __future__ import annotations

from . import files, http, ipc, mixtures, packing, processes, programs, requests, tcp, text, threads, trust, udp

__all__ = ["files", "http", "ipc", "mixtures", "packing", "processes", "programs", "requests", "tcp", "text", "threads",
           "trust", "udp"]
