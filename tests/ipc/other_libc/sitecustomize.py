"""Makes every Python with this folder on PYTHONPATH believe that its C library lacks what only glibc has."""
from __future__ import annotations

import ctypes

LACKING = {"pthread_mutexattr_setrobust", "pthread_mutex_clocklock", "sem_clockwait"}
_find = ctypes.CDLL.__getattr__


def find(self, name):
    if name in LACKING:
        raise AttributeError(name)
    return _find(self, name)


ctypes.CDLL.__getattr__ = find
