package dev.fnwatchdog.undertow.internal.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.Http1Conversation;
import dev.fnwatchdog.undertow.fixture.Http1Corpus;
import dev.fnwatchdog.undertow.fixture.Http1Exchange;
import dev.fnwatchdog.undertow.fixture.PackagedWatchdog;
import dev.fnwatchdog.undertow.fixture.RecordingUpstream;
import dev.fnwatchdog.undertow.fixture.ReferenceProxy;
import dev.fnwatchdog.undertow.fixture.StrictReader;
import dev.fnwatchdog.undertow.fixture.StrictRequests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The packaged jar beside nginx and HAProxy, in front of functions that record what they see of the raw requests. */
class Http1DifferencesIT {
    private static final int PATIENCE_MILLIS = 5_000;
    // Where the client waits for more than it gets; it decides nothing of the watchdog's.
    private static final int SILENCE_MILLIS = 150;
    private static final Path TABLE = Path.of("target", "http1-differences.txt");

    @TempDir
    private Path folder;

    /** One request file's case at one proxy: what the function saw and what came back. */
    private record Reading(int seen, String faults, String statuses) {
        @Override
        public String toString() {
            return "%d, %s%s".formatted(seen, statuses, faults.isEmpty() ? "" : ", malformed");
        }
    }

    @Test
    @Timeout(300)
    void theWatchdogIsNeverMoreLenientThanAStrictReaderWhateverOthersDo() throws Exception {
        try (RecordingUpstream behindWatchdog = RecordingUpstream.start();
                RecordingUpstream behindNginx = RecordingUpstream.start();
                RecordingUpstream behindHaproxy = RecordingUpstream.start();
                PackagedWatchdog watchdog = PackagedWatchdog.inFrontOf("sleep 600", behindWatchdog.port())
                        .startReady();
                ReferenceProxy nginx = ReferenceProxy.nginx(folder, behindNginx.port());
                ReferenceProxy haproxy = ReferenceProxy.haproxy(folder, behindHaproxy.port())) {
            behindWatchdog.takeRequests();
            List<String> table = new ArrayList<>();
            for (Http1Corpus.Case one : Http1Corpus.requests()) {
                StrictRequests strict = StrictRequests.in(one.bytes() + Http1Conversation.LAST_REQUEST);
                Reading ours = ours(watchdog, behindWatchdog, one, strict);
                String row =
                        row(one, strict, ours, reading(nginx, behindNginx, one), reading(haproxy, behindHaproxy, one));
                if (!row.isEmpty()) {
                    table.add(row);
                }
            }
            print(table);
        }
    }

    private static Reading ours(
            PackagedWatchdog watchdog, RecordingUpstream upstream, Http1Corpus.Case one, StrictRequests strict)
            throws Exception {
        boolean ends = strict.end() != StrictReader.End.INCOMPLETE;
        Http1Conversation got = Http1Conversation.with(
                watchdog.port(),
                List.of(one.bytes() + Http1Conversation.LAST_REQUEST),
                ends ? PATIENCE_MILLIS : SILENCE_MILLIS);
        Http1Exchange exchange = new Http1Exchange(strict, got, upstream.takeRequests(), upstream.takeFaults());
        try {
            exchange.assertNothingWasAddedOrMixedUp();
        } catch (AssertionError e) {
            throw new AssertionError(one.name(), e);
        }
        return new Reading(exchange.forwarded().size(), "", statuses(got));
    }

    private static Reading reading(ReferenceProxy proxy, RecordingUpstream upstream, Http1Corpus.Case one)
            throws IOException {
        Http1Conversation got =
                Http1Conversation.with(proxy.port(), List.of(one.bytes() + Http1Conversation.LAST_REQUEST), SILENCE_MILLIS);
        return new Reading(upstream.takeRequests().size(), String.join("; ", upstream.takeFaults()), statuses(got));
    }

    /** The status of each response, in order; none where the connection just closed. */
    private static String statuses(Http1Conversation got) {
        String statuses = got.received()
                .lines()
                .filter(line -> line.startsWith("HTTP/1.") && !line.contains(" 100 "))
                .map(line -> line.split(" ", 3)[1])
                .distinct()
                .collect(Collectors.joining(" "));
        return statuses.isEmpty() ? (got.closed() ? "closed" : "silent") : statuses;
    }

    /** Nothing where all agree on how many requests there are. */
    private static String row(
            Http1Corpus.Case one, StrictRequests strict, Reading ours, Reading nginx, Reading haproxy) {
        int count = strict.whole().size();
        boolean same = ours.seen() == count && nginx.seen() == count && haproxy.seen() == count;
        return same && nginx.faults().isEmpty() && haproxy.faults().isEmpty()
                ? ""
                : "%-62s | %6d | %-14s | %-24s | %s".formatted(one.name(), count, ours, nginx, haproxy);
    }

    /** For a person: how others read these requests is nothing that a test could demand. */
    private static void print(List<String> rows) throws IOException {
        List<String> table = new ArrayList<>();
        table.add("Requests that the function saw, and the statuses that the client got, where they differ");
        table.add("%-62s | %6s | %-14s | %-24s | %s".formatted("case", "strict", "watchdog", "nginx", "HAProxy"));
        table.addAll(rows);
        Files.write(TABLE, table);
        table.forEach(System.out::println);
        assertThat(rows)
                .as("cases on which all agree")
                .hasSizeLessThan(Http1Corpus.requests().size());
    }
}
