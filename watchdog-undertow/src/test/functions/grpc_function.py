"""The methods of GrpcService, whose Javadoc describes them, on Python's grpcio."""

import queue
import sys
import threading
from collections import defaultdict
from concurrent import futures

import grpc
from grpc_service import CROWD, LAST_NUMBER, SERVICE, as_it_is

PATIENCE_SECONDS = 25

lock = threading.Lock()
queues = defaultdict(queue.Queue)
crowds = defaultdict(lambda: threading.Barrier(CROWD))


def of_key(kind, key):
    with lock:
        return kind[key]


def signals(key):
    return of_key(queues, key)


def signal_cancellation(key, context):
    """Ends the waiting of the call with that key, and reports its cancellation to whoever waits for that."""

    def ended():
        signals(key).put(b"ended")
        signals(b"cancelled " + key).put(b"ended")

    context.add_callback(ended)


def echo(message, context):
    metadata = tuple((name, value) for name, value in context.invocation_metadata() if name in ("name", "name-bin"))
    context.send_initial_metadata(metadata)
    context.set_trailing_metadata(metadata)
    return message


def fail(_message, context):
    context.abort(grpc.StatusCode.NOT_FOUND, "nicht da: ä, 100 %")


def sum_up(messages, _context):
    sizes = [len(message) for message in messages]
    return b"%d messages, %d bytes" % (len(sizes), sum(sizes))


def count(key, context):
    signal_cancellation(key, context)
    for number in range(1, LAST_NUMBER + 1):
        yield b"%d" % number
        if signals(key).get(timeout=PATIENCE_SECONDS) != b"%d" % number:
            return


def confirm(key_and_number, _context):
    key, number = key_and_number.split(b" ")
    signals(key).put(number)
    return b""


def talk(messages, _context):
    for message in messages:
        yield b"<" + message + b">"


def stop(messages, context):
    yield next(messages)
    context.abort(grpc.StatusCode.ABORTED, "stopped by the function")


def hang(key, context):
    signal_cancellation(key, context)
    signals(key).get(timeout=PATIENCE_SECONDS)
    return b""


def cancelled(key, _context):
    signals(b"cancelled " + key).get(timeout=PATIENCE_SECONDS)
    return b"the function has seen it"


def meet(key, _context):
    of_key(crowds, key).wait(PATIENCE_SECONDS)
    return b"met"


METHODS = {
    "Echo": (grpc.unary_unary_rpc_method_handler, echo),
    "Fail": (grpc.unary_unary_rpc_method_handler, fail),
    "Sum": (grpc.stream_unary_rpc_method_handler, sum_up),
    "Count": (grpc.unary_stream_rpc_method_handler, count),
    "Confirm": (grpc.unary_unary_rpc_method_handler, confirm),
    "Talk": (grpc.stream_stream_rpc_method_handler, talk),
    "Stop": (grpc.stream_stream_rpc_method_handler, stop),
    "Hang": (grpc.unary_unary_rpc_method_handler, hang),
    "Cancelled": (grpc.unary_unary_rpc_method_handler, cancelled),
    "Meet": (grpc.unary_unary_rpc_method_handler, meet),
}


def main():
    # A thread a call: more than those that meet.
    server = grpc.server(futures.ThreadPoolExecutor(CROWD + 50))
    handlers = {name: kind(method, as_it_is, as_it_is) for name, (kind, method) in METHODS.items()}
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, handlers),))
    server.add_insecure_port("127.0.0.1:" + sys.argv[1])
    server.start()
    server.wait_for_termination()


main()
