"""A disk of the rig's own: a file that is mounted as ext4, whose power can be cut, which can be
filled up, and which can turn read-only under the program.

The cut is the file system's own shutdown (EXT4_IOC_SHUTDOWN without flushing its log): everything
that was not synced to the disk is gone when it is mounted again, as after a power cut. It does not
tear single sectors, and it does not lie about syncs; a control run that leaves the syncs out shows
that unsynced answers really are lost.
"""

import fcntl
import os
import struct

import machine
from machine import Skipped, need, need_root, run

SHUTDOWN = 0x8004587D
WITHOUT_FLUSHING = 2


class Disk:
    """A mounted file."""

    def __init__(self, undo, megabytes, journal_errors="remount-ro"):
        need_root()
        need("mkfs.ext4", "mount", "umount", "losetup")
        folder = machine.scratch(undo, "disk")
        self.file, self.path = os.path.join(folder, "image"), os.path.join(folder, "mount")
        self.options = f"errors={journal_errors}"
        self.megabytes = megabytes
        os.mkdir(self.path)
        with open(self.file, "wb") as file:
            file.truncate(megabytes << 20)
        run("mkfs.ext4", "-q", "-F", "-m", "0", self.file)
        self.device = None
        undo.later(self.unmount)
        self.mount()
        # The unprivileged PostgreSQL looks through it.
        os.chmod(self.path, 0o755)

    def mount(self):
        try:
            self.device = run("losetup", "--find", "--show", self.file).strip()
            run("mount", "-t", "ext4", "-o", self.options, self.device, self.path)
        except RuntimeError as error:
            self._detach()
            raise Skipped(f"a loop file could not be mounted: {str(error)[-160:]}") from None

    def _detach(self):
        if self.device:
            run("losetup", "--detach", self.device, check=False)
            self.device = None

    def unmount(self):
        if self.device is None:
            return
        if os.path.ismount(self.path):
            run("umount", self.path)
        self._detach()

    def cut(self):
        """The power goes."""
        handle = os.open(self.path, os.O_RDONLY)
        try:
            fcntl.ioctl(handle, SHUTDOWN, struct.pack("I", WITHOUT_FLUSHING))
        except OSError as error:
            raise Skipped(f"this kernel does not shut ext4 down: {error}") from None
        finally:
            os.close(handle)

    def power_on(self):
        """After a cut: mounted again; what the file system's own journal has is replayed."""
        self.unmount()
        self.mount()

    def sync(self):
        """Everything so far is on the disk: what a fault begins with must not be lost by it."""
        handle = os.open(self.path, os.O_RDONLY)
        try:
            os.sync()
        finally:
            os.close(handle)

    def turn_read_only(self):
        """As ext4 does by itself when it finds a fault: also for files that are open."""
        trigger = f"/sys/fs/ext4/{os.path.basename(self.device)}/trigger_fs_error"
        try:
            with open(trigger, "w") as file:
                file.write("1")
        except OSError as error:
            raise Skipped(f"ext4 cannot be told to fail: {error}") from None

    def fill(self, leave=0):
        """Not a byte is left, or so many."""
        return fill(self.path, leave)


class Memory:
    """A small disk in memory, over a folder that is there."""

    def __init__(self, undo, path, kilobytes):
        need_root()
        need("mount", "umount")
        self.path = path
        try:
            run("mount", "-t", "tmpfs", "-o", f"size={kilobytes}k,mode=0755", "tmpfs", path)
        except RuntimeError as error:
            raise Skipped(f"tmpfs could not be mounted: {str(error)[-160:]}") from None
        undo.later(run, "umount", path)

    def fill(self, leave=0):
        return fill(self.path, leave)


def fill(folder, leave=0):
    """Fills a disk up and gives the file that does it."""
    path = os.path.join(folder, "ballast")
    handle = os.open(path, os.O_CREAT | os.O_WRONLY, 0o600)
    try:
        for size in (1 << 20, 4096, 512, 1):
            while True:
                try:
                    if os.write(handle, b"\0" * size) < size:
                        break
                except OSError:
                    break
        if leave:
            os.ftruncate(handle, max(0, os.fstat(handle).st_size - leave))
        try:
            os.fsync(handle)
        except OSError:
            pass
    finally:
        os.close(handle)
    return path
