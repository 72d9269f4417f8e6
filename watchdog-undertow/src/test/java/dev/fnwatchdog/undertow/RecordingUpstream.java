package dev.fnwatchdog.undertow;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A function's server that reads strictly, keeps what it saw, and answers each request with its method and target. */
final class RecordingUpstream implements AutoCloseable {
    private final ScriptedFunction function;
    private final Queue<StrictRequests.Request> requests = new ConcurrentLinkedQueue<>();
    private final Queue<String> faults = new ConcurrentLinkedQueue<>();

    private RecordingUpstream(int port) throws IOException {
        this.function = ScriptedFunction.servingOn(port, this::serve);
    }

    static RecordingUpstream start() throws IOException {
        return new RecordingUpstream(0);
    }

    int port() {
        return function.port();
    }

    ScriptedFunction function() {
        return function;
    }

    /** The requests seen since the last time, in order. */
    List<StrictRequests.Request> takeRequests() {
        return drained(requests);
    }

    /** What was malformed since the last time, with its bytes. */
    List<String> takeFaults() {
        return drained(faults);
    }

    private static <T> List<T> drained(Queue<T> queue) {
        List<T> all = new ArrayList<>();
        for (T one = queue.poll(); one != null; one = queue.poll()) {
            all.add(one);
        }
        return all;
    }

    private void serve(RawClient connection) throws IOException {
        StringBuilder pending = new StringBuilder();
        for (String some = connection.readSome(); !some.isEmpty(); some = connection.readSome()) {
            pending.append(some);
            StrictRequests read = StrictRequests.in(pending.toString());
            for (StrictRequests.Request request : read.whole()) {
                requests.add(request);
                connection.send(response(request));
            }
            if (read.end() == StrictReader.End.MALFORMED) {
                faults.add(read.fault() + ": " + StreamMutator.printable(pending.toString()));
                return;
            }
            pending.delete(0, read.length());
        }
    }

    private static String response(StrictRequests.Request request) {
        String body = body(request);
        return "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(body.length(), request.method().equals("HEAD") ? "" : body);
    }

    /** The body of the response to {@code request}. */
    static String body(StrictRequests.Request request) {
        return request.method() + " " + request.originTarget() + "\n";
    }

    @Override
    public void close() throws IOException {
        function.close();
    }
}
