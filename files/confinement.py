"""What a reader's child gives up before it looks at an untrusted file.

Everywhere: the parent's file descriptors, signal handlers, core dumps, file writes, memory and CPU
beyond a limit. On Linux as well: outliving its parent, changing files (Landlock), and sockets,
other programs, processes and threads (seccomp). Neither needs root; where the kernel lacks them,
the rest still holds.

What a fork inherits, the warm process gives up once (`settle`), and what it needs itself, each
child (`enter`): a system call is cheap there, but each page that a child touches first is copied.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import gc
import logging
import os
import resource
import signal
import struct
import sys
from collections.abc import Mapping
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_NO_NEW_PRIVS = 38
_LANDLOCK_CREATE_RULESET = 444
_LANDLOCK_RESTRICT_SELF = 446
_LANDLOCK_VERSION_FLAG = 1
_PR_SET_SECCOMP = 22
_SECCOMP_MODE_FILTER = 2
_MOST_DESCRIPTORS = 1 << 20

# linux/landlock.h: all file system rights except EXECUTE, READ_FILE and READ_DIR, by ABI version.
_FS_WRITES_V1 = 0x1FFF & ~0b1101
_FS_REFER_V2 = 1 << 13
_FS_TRUNCATE_V3 = 1 << 14
_NET_TCP_V4 = 0b11  # bind and connect

# socket, clone, (fork, vfork,) execve, ptrace, execveat, clone3, process_vm_readv and _writev,
# io_uring_setup; by machine, with the number that linux/audit.h gives it.
_FORBIDDEN_CALLS: Mapping[str, tuple[int, tuple[int, ...]]] = {
    "x86_64": (0xC000003E, (41, 56, 57, 58, 59, 101, 322, 435, 310, 311, 425)),
    "aarch64": (0xC00000B7, (198, 220, 221, 117, 281, 435, 270, 271, 425)),
}
_FIRST_X32_CALL = 0x40000000  # a second numbering of the same calls on x86_64

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def settle() -> None:
    """Confines this process, and all its forks, to what a process that forks readers needs."""
    logging.disable(logging.CRITICAL)
    sys.setrecursionlimit(1000)
    _set(resource.RLIMIT_CORE, 0)
    if _libc is not None:
        _libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
        _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _no_file_writes()
    gc.disable()  # nothing that is inherited is ever finalised
    gc.collect()
    gc.freeze()


def enter(parent: int) -> None:
    """Confines this process, a fresh fork of `parent`, which has settled and keeps only a pipe."""
    os.setpgid(0, 0)
    die_with(parent)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    _set(resource.RLIMIT_FSIZE, 0)
    _set(resource.RLIMIT_NPROC, 0)  # no effect for root
    if _FILTER is not None and _libc is not None:
        _libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(_FILTER), 0, 0)


def limit(memory_bytes: int, cpu_s: int) -> None:
    """Bounds this process for good: a later, wider bound changes nothing.

    memory_bytes: address space, with all that was inherited.
    """
    _set(resource.RLIMIT_AS, memory_bytes)
    _set(resource.RLIMIT_CPU, cpu_s, cpu_s + 1)


def die_with(parent: int) -> None:
    """End this process when the thread of `parent` ends that has started it. On Linux only."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it died before the line above
        os._exit(1)


def keep_only(pipe: int, null: int) -> int:
    """Closes every inherited descriptor but the pipe; 0, 1 and 2 become `null`, an open /dev/null.

    Returns the pipe's new number.
    """
    pipe = fcntl.fcntl(pipe, fcntl.F_DUPFD, 3)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    os.closerange(3, pipe)
    most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    os.closerange(pipe + 1, min(most, _MOST_DESCRIPTORS) if most > 0 else _MOST_DESCRIPTORS)
    return pipe


def _set(which: int, soft: int, hard: int | None = None) -> None:
    _, ceiling = resource.getrlimit(which)
    wanted = soft if hard is None else hard
    hard = wanted if ceiling == resource.RLIM_INFINITY else min(wanted, ceiling)
    resource.setrlimit(which, (min(soft, hard), hard))


def inherited_bytes() -> int:
    """Address space of this process, which its forks begin with."""
    with contextlib.suppress(OSError, ValueError):
        pages = int(Path("/proc/self/statm").read_bytes().split()[0])
        return pages * resource.getpagesize()
    return 0


def _no_file_writes() -> None:
    """Landlock without a single exception: nothing may be written, made, moved or deleted."""
    if _libc is None:
        return
    version = _libc.syscall(_LANDLOCK_CREATE_RULESET, None, 0, _LANDLOCK_VERSION_FLAG)
    if version < 1:
        return
    rights = _FS_WRITES_V1
    rights |= _FS_REFER_V2 if version >= 2 else 0
    rights |= _FS_TRUNCATE_V3 if version >= 3 else 0
    attributes = (
        struct.pack("=QQ", rights, _NET_TCP_V4) if version >= 4 else struct.pack("=Q", rights)
    )
    ruleset = _libc.syscall(_LANDLOCK_CREATE_RULESET, attributes, len(attributes), 0)
    if ruleset < 0:
        return
    _libc.syscall(_LANDLOCK_RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)


class _Filter(ctypes.Structure):
    """`struct sock_fprog` of linux/filter.h."""

    _fields_ = (("n_steps", ctypes.c_ushort), ("steps", ctypes.c_char_p))


def _no_sockets_no_processes() -> _Filter | None:
    """A seccomp filter which answers the forbidden calls with EPERM; None where there is none."""
    machine = _FORBIDDEN_CALLS.get(os.uname().machine)
    if _libc is None or machine is None:
        return None
    architecture, calls = machine
    forbid, allow = 0x00050000 | errno.EPERM, 0x7FFF0000
    n = len(calls)
    steps = [
        (0x20, 0, 0, 4),  # load the architecture
        (0x15, 0, n + 2, architecture),  # another one: to "allow"
        (0x20, 0, 0, 0),  # load the call's number
        (0x35, n + 1, 0, _FIRST_X32_CALL),  # at or above: to "forbid"
        *((0x15, n - i, 0, call) for i, call in enumerate(calls)),
        (0x06, 0, 0, allow),
        (0x06, 0, 0, forbid),
    ]
    return _Filter(len(steps), b"".join(struct.pack("=HBBI", *step) for step in steps))


_FILTER = _no_sockets_no_processes()
