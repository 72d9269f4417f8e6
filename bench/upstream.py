"""A function that reads a body to its end before it answers, which nginx does not. Listens on a free port and tells which.

GET /N is answered with N bytes, GET /events with ten chunks, one every 50 ms, and POST with 32 characters: how many bytes came.
"""

import asyncio
import re

BUFFER = memoryview(bytearray(256 * 1024))
EVENTS = 10


class Connection(asyncio.BufferedProtocol):
    """One call after the other; a head, then a body of the length that it says."""

    def connection_made(self, transport):
        self.transport = transport
        self.begin()

    def begin(self):
        self.head = b""
        self.whole = None
        self.left = 0

    def get_buffer(self, _hint):
        # All connections share it: it is used up before the next one reads.
        return BUFFER

    def buffer_updated(self, count):
        if self.whole is None:
            self.read_head(bytes(BUFFER[:count]))
        else:
            self.left -= count
        if self.whole is not None and self.left == 0:
            self.answer()

    def read_head(self, data):
        self.head += data
        head, blank, rest = self.head.partition(b"\r\n\r\n")
        if blank:
            length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
            self.whole = int(length.group(1)) if length else 0
            self.left = self.whole - len(rest)

    def answer(self):
        method, path = self.head.split(b" ", 2)[:2]
        received = self.whole
        self.begin()
        if path == b"/events":
            self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
            self.event(0)
            return
        body = b"%32d" % received if method == b"POST" else b"x" * int(path[1:])
        self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    def event(self, number):
        if self.transport.is_closing():
            return
        if number == EVENTS:
            self.transport.write(b"0\r\n\r\n")
            return
        text = b"data: %d\n\n" % number
        self.transport.write(b"%x\r\n%s\r\n" % (len(text), text))
        asyncio.get_running_loop().call_later(0.05, self.event, number + 1)


async def main(protocol=Connection):
    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0, backlog=4096)
    print(f"Listening on port: {server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
