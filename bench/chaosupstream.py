"""The function of http mode's chaos run: upstream.py, with paths on which it fails, waits or upgrades. Tells its port as that does.

GET /close closes without a response, /half in the middle of a body, /garbage sends no HTTP, /hang never responds, /wait after 2 s.
"""

import asyncio
import base64
import hashlib
import re

import upstream

HALF = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b"x" * 500


class Connection(upstream.Connection):
    tunnel = False

    def buffer_updated(self, count):
        if self.tunnel:
            self.transport.write(bytes(upstream.BUFFER[:count]))
        else:
            super().buffer_updated(count)

    def answer(self):
        path = self.head.split(b" ", 2)[1]
        if path == b"/close":
            self.transport.close()
        elif path == b"/half":
            self.transport.write(HALF)
            self.transport.close()
        elif path == b"/garbage":
            self.transport.write(b"\x00\xff no HTTP\r\n\r\n")
            self.transport.close()
        elif path == b"/hang":
            self.begin()
        elif path == b"/wait":
            self.begin()
            asyncio.get_running_loop().call_later(2, self.respond)
        elif path == b"/echo":
            self.upgrade()
        else:
            super().answer()

    def respond(self):
        if not self.transport.is_closing():
            self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 32\r\n\r\n" + b"x" * 32)

    def upgrade(self):
        key = re.search(rb"(?i)\r\nsec-websocket-key: *(\S+)", self.head).group(1)
        accept = base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
        self.transport.write(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                             b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n")
        self.tunnel = True


asyncio.run(upstream.main(Connection))
