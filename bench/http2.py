"""The few HTTP/2 frames that honest clients and faults need, without a library: one that serves the first refuses to send the second."""

import socket
import struct

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE = 0, 1, 3, 4, 6, 7, 8
ACK, END_STREAM, END_HEADERS = 1, 1, 4
HEADER_TABLE_SIZE, INITIAL_WINDOW_SIZE = 1, 4
REFUSED_STREAM, CANCEL = 7, 8
MOST_DATA = 16 * 1024
# Indexed fields of the static table (RFC 7541, A).
STATUSES = {0x88: 200, 0x89: 204, 0x8C: 400, 0x8D: 404, 0x8E: 500}


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def head(stream, flags, path, method, fields=b""):
    """A request's head, as fields of the static table and literals (RFC 7541)."""
    path = path.encode()
    return frame(HEADERS, flags | END_HEADERS, stream, method + b"\x86\x04" + bytes([len(path)]) + path + b"\x01\x05chaos" + fields)


def get(stream, path):
    return head(stream, END_STREAM, path, b"\x82")


def post(stream, path, body):
    """All in one: no more than the windows that every stream begins with."""
    pieces = [body[at:at + MOST_DATA] for at in range(0, len(body), MOST_DATA)]
    length = str(len(body)).encode()
    return head(stream, 0, path, b"\x83", b"\x0f\x0d" + bytes([len(length)]) + length) + b"".join(
        frame(DATA, END_STREAM if number == len(pieces) - 1 else 0, stream, piece) for number, piece in enumerate(pieces))


def reset(stream):
    return frame(RST_STREAM, 0, stream, struct.pack(">I", CANCEL))


def connect(port, window=None, timeout=20):
    """A connection whose preface is sent; with a window, each stream may send so many bytes."""
    client = socket.create_connection(("127.0.0.1", port), timeout)
    # Without a table of its own, each head that comes can be read by itself.
    settings = struct.pack(">HI", HEADER_TABLE_SIZE, 0)
    if window is not None:
        settings += struct.pack(">HI", INITIAL_WINDOW_SIZE, window)
    client.sendall(PREFACE + frame(SETTINGS, 0, 0, settings))
    return client


class Broken(Exception):
    """What the other side did to a connection, or to a stream."""


class Response:
    def __init__(self):
        self.status = None
        self.body = b""
        self.error = None


class Client:
    """One connection of an honest client, with several requests at once."""

    def __init__(self, port):
        self.socket = connect(port, timeout=60)
        self.next = 1
        self.sent = 0
        self.open = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def request(self, path, body=None):
        """Sends it, and returns the response that will be filled; a body goes out within the connection's window."""
        response = self.open[self.next] = Response()
        self.socket.sendall(get(self.next, path) if body is None else post(self.next, path, body))
        self.next += 2
        return response

    def await_room(self, most):
        """Reads frames until fewer requests than that are open."""
        while len(self.open) >= most:
            self.read()

    def read(self):
        begin = self.exactly(9)
        payload = self.exactly(int.from_bytes(begin[:3], "big"))
        kind, flags, stream = begin[3], begin[4], int.from_bytes(begin[5:], "big")
        if kind == GOAWAY:
            last, error = struct.unpack(">II", payload[:8])
            raise Broken(f"GOAWAY, error {error}, last stream {last}, {len(self.open)} requests open")
        if kind in (SETTINGS, PING) and not flags & ACK:
            self.socket.sendall(frame(kind, ACK, 0, payload if kind == PING else b""))
        response = self.open.get(stream)
        if response is None:
            return
        if kind == HEADERS and response.status is None:
            response.status = status(payload)
        elif kind == DATA and payload:
            response.body += payload
            more = struct.pack(">I", len(payload))
            self.socket.sendall(frame(WINDOW_UPDATE, 0, 0, more) + (b"" if flags & END_STREAM else frame(WINDOW_UPDATE, 0, stream, more)))
        elif kind == RST_STREAM:
            response.error = struct.unpack(">I", payload)[0]
            del self.open[stream]
        if kind in (HEADERS, DATA) and flags & END_STREAM:
            del self.open[stream]

    def exactly(self, count):
        data = b""
        while len(data) < count:
            piece = self.socket.recv(count - len(data))
            if not piece:
                raise Broken(f"the connection has ended, {len(self.open)} requests open")
            data += piece
        return data


def status(block):
    """The status of a head, whose first field it is: indexed, or a literal with an indexed name (Huffman or not)."""
    while block[0] & 0xE0 == 0x20:
        block = block[1:]
    if block[0] in STATUSES:
        return STATUSES[block[0]]
    if block[1] & 0x80:
        # Digits have five or six bits: 0, 1 and 2 begin with zeros alone, 3 to 9 with 011 (RFC 7541, B).
        bits = bin(int.from_bytes(b"\x01" + block[2:2 + (block[1] & 0x7F)], "big"))[3:]
        digits = ""
        while len(digits) < 3:
            short = int(bits[:5], 2) < 3
            digits += str(int(bits[:5], 2) if short else int(bits[:6], 2) - 0b011001 + 3)
            bits = bits[5 if short else 6:]
        return int(digits)
    return int(block[2:2 + block[1]])
