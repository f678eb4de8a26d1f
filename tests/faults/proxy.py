"""A small TCP proxy on this machine: it passes bytes on, slowly where it is told to, and decides for
every connection whether the way back is cut."""

import selectors
import socket
import threading


class Proxy:
    """Between a free port and another port, until it is stopped."""

    def __init__(self, undo, to, make):
        self.to, self.make = to, make
        self.door = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self.door.getsockname()[1]
        self.stopped = False
        undo.later(self.stop)
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while not self.stopped:
            try:
                near, _ = self.door.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(near,), daemon=True).start()

    def _carry(self, near):
        try:
            far = socket.create_connection(("127.0.0.1", self.to), timeout=10)
        except OSError:
            near.close()
            return
        far.settimeout(None)
        rule = self.make()
        ears = selectors.DefaultSelector()
        ears.register(near, selectors.EVENT_READ, (near, far, rule.forth))
        ears.register(far, selectors.EVENT_READ, (far, near, rule.back))
        try:
            while not self.stopped:
                for key, _ in ears.select(1):
                    source, sink, rule_of = key.data
                    data = source.recv(65536)
                    if not data:
                        return
                    passed = rule_of(data)
                    if passed is None:
                        return
                    sink.sendall(passed)
        except OSError:
            pass
        finally:
            ears.close()
            near.close()
            far.close()

    def stop(self):
        self.stopped = True
        self.door.close()


class Rule:
    """What happens to bytes on their way: they are passed on, or (None) the connection is cut."""

    def forth(self, data):
        return data

    def back(self, data):
        return data
