# SPDX-License-Identifier: GPL-2.0
"""What tests of the command need libvigil for: watches that stay, and a keeper."""
import ctypes
import os

from tool import BUILD


class _Plan(ctypes.Structure):
    """struct vigil_keeper_plan"""
    _fields_ = [("argv", ctypes.POINTER(ctypes.c_char_p)), ("env", ctypes.POINTER(ctypes.c_char_p)),
                ("respawn_max", ctypes.c_uint32), ("window_ms", ctypes.c_uint32),
                ("register_ms", ctypes.c_uint32), ("last_resort", ctypes.c_int), ("replace", ctypes.c_int)]


class Vigil:
    """A handle; its watches outlive it."""

    def __init__(self, owner):
        self._lib = ctypes.CDLL(f"{BUILD}/libvigil.so")
        self._lib.vigil_error.restype = ctypes.c_char_p
        self._handle = ctypes.c_void_p()
        self._owner = os.fsencode(owner)
        self._checked(self._lib.vigil_open(ctypes.byref(self._handle)))

    def _checked(self, result):
        if result < 0:
            why = self._lib.vigil_error(self._handle).decode() if self._handle else ""
            raise OSError(-result, os.strerror(-result), why)
        return result

    def watch(self, pid, flags=0):
        """The id of a new watch, which is the first thing in struct vigil_watch."""
        out = ctypes.create_string_buffer(4096)
        fd = os.pidfd_open(pid)
        try:
            self._checked(self._lib.vigil_watch_pidfd(self._handle, fd, self._owner, None,
                                                      ctypes.c_uint32(flags), out))
        finally:
            os.close(fd)
        return int.from_bytes(out.raw[:8], "little")

    def release(self, watch):
        self._checked(self._lib.vigil_release(self._handle, ctypes.c_uint64(watch)))

    def keep(self, watch, *command, respawn_max=3):
        """Its process is the keeper from now on."""
        words = (ctypes.c_char_p * (len(command) + 1))(*map(os.fsencode, command), None)
        plan = _Plan(argv=words, respawn_max=respawn_max, window_ms=3600000, register_ms=3600000, last_resort=0)
        self._checked(self._lib.vigil_keeper_set(self._handle, ctypes.c_uint64(watch), ctypes.byref(plan)))

    def close(self):
        self._lib.vigil_close(self._handle)
