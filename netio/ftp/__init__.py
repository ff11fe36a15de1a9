"""FTP: a whole server for any FTP client, and a client with a menu."""
from __future__ import annotations

from .client import download, list_remote, open_session, remote_size, upload
from .course import CourseClient, serve_course
from .course_faults import FAULTS, Comparison
from .folder import Folder
from .menu import FTPMenu, show_progress
from .server import FTPServer
from .service import Rules, Service
from .protocol import FTPProtocol
from .users import User, check_password, hash_password

__all__ = [
    "Comparison", "CourseClient", "FAULTS", "FTPMenu", "FTPProtocol", "FTPServer", "Folder", "Rules", "Service",
    "User", "check_password", "download", "hash_password", "list_remote", "open_session",
    "remote_size", "serve_course", "show_progress", "upload",
]
