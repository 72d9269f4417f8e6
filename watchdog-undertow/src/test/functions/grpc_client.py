"""The calls of GrpcCall by Python's grpcio: python3 grpc_client.py PORT CALL prints what came back."""

import os
import queue
import sys
import time
import uuid

import grpc
from grpc_service import CROWD, SERVICE, as_it_is

PATIENCE_SECONDS = 20
LARGE = 3_000_000
PAUSE_SECONDS = 0.3


class Client:
    def __init__(self, channel):
        self.channel = channel
        self.key = str(uuid.uuid4()).encode()

    def method(self, kind, name):
        return getattr(self.channel, kind)(f"/{SERVICE}/{name}", as_it_is, as_it_is)

    def call(self, name, message, timeout=PATIENCE_SECONDS):
        return self.method("unary_unary", name)(message, timeout=timeout)

    def unary(self):
        sent = (("name", "a value"), ("name-bin", b"\xff\x00\x01"))
        message, call = self.method("unary_unary", "Echo").with_call(b"hello", timeout=PATIENCE_SECONDS, metadata=sent)
        yield message.decode()
        for place, received in (("head", call.initial_metadata()), ("trailers", call.trailing_metadata())):
            values = dict(received)
            yield f"{place}: {values['name']}, {values['name-bin'].hex()}"

    def large(self):
        sent = os.urandom(LARGE)
        yield "the same" if self.call("Echo", sent) == sent else "another message"

    def upload(self):
        messages = (b"x" * 1000 for _ in range(1000))
        yield self.method("stream_unary", "Sum")(messages, timeout=PATIENCE_SECONDS).decode()

    def download(self, pause=0):
        for number in self.method("unary_stream", "Count")(self.key, timeout=PATIENCE_SECONDS):
            yield number.decode()
            time.sleep(pause)
            self.call("Confirm", self.key + b" " + number)

    def conversation(self, sent=(b"a", b"b", b"c"), pause=0):
        requests = queue.Queue()
        responses = self.method("stream_stream", "Talk")(iter(requests.get, None), timeout=PATIENCE_SECONDS)
        for message in sent:
            requests.put(message)
            yield next(responses).decode()
            time.sleep(pause)
        requests.put(None)
        yield next(responses, b"end").decode()

    def failure(self):
        yield self.failure_of(lambda: self.call("Fail", self.key))

    @staticmethod
    def failure_of(call):
        try:
            return f"no failure: {call()}"
        except grpc.RpcError as failure:
            return f"{failure.code().name}: {failure.details()}"

    def client_cancels(self):
        call = self.method("unary_stream", "Count")(self.key, timeout=PATIENCE_SECONDS)
        yield next(call).decode()
        call.cancel()
        yield self.call("Cancelled", self.key).decode()

    def function_ends_early(self):
        requests = queue.Queue()
        responses = self.method("stream_stream", "Stop")(iter(requests.get, None), timeout=PATIENCE_SECONDS)
        requests.put(b"the only message")
        yield next(responses).decode()
        yield self.failure_of(lambda: next(responses))
        # Until here the client could have sent more; without an end its thread would not end either.
        requests.put(None)

    def deadline(self):
        # The connection exists then, so that the call below reaches the function before its deadline.
        self.call("Echo", b"")
        yield self.failure_of(lambda: self.call("Hang", self.key, timeout=2)).partition(":")[0]
        yield self.call("Cancelled", self.key).decode()

    def many(self):
        method = self.method("unary_unary", "Meet")
        calls = [method.future(self.key, timeout=PATIENCE_SECONDS) for _ in range(CROWD)]
        yield f"{sum(call.result() == b'met' for call in calls)} met"

    def second_call(self):
        call = self.method("unary_stream", "Count")(self.key, timeout=PATIENCE_SECONDS)
        yield next(call).decode()
        yield self.code_of("Echo")
        call.cancel()

    def code_of(self, name):
        return self.failure_of(lambda: self.call(name, self.key)).partition(":")[0]

    def unanswered(self):
        yield self.code_of("Hang")

    def failing_call(self):
        yield self.code_of("Echo")

    def slow_conversation(self):
        yield from self.conversation([b"%d" % number for number in range(10)], PAUSE_SECONDS)

    def slow_download(self):
        yield from self.download(2 * PAUSE_SECONDS)


def main():
    with grpc.insecure_channel("127.0.0.1:" + sys.argv[1]) as channel:
        for line in getattr(Client(channel), sys.argv[2])():
            print(line, flush=True)


main()
