"""FTP: a whole server for any FTP client, and a client with a menu."""
from __future__ import annotations

from .folder import Folder
from .server import FTPServer
from .service import Rules, Service
from .protocol import FTPProtocol
from .users import User, check_password, hash_password

__all__ = ["FTPProtocol", "FTPServer", "Folder", "Rules", "Service", "User", "check_password", "hash_password"]
