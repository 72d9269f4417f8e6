package dev.fnwatchdog.undertow.internal.inproc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedHandler;
import jakarta.servlet.http.HttpSession;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A function has at most 10,000 sessions at once. Proves specification 5.7. */
@Timeout(60)
class SessionLimitTest {
    private static final int LIMIT = 10_000;

    /** Responds with the id of the session, of a new one where the request has none. */
    private static RunningWatchdog withSessions() throws Exception {
        return ScriptedHandler.servlet((request, response) -> {
            HttpSession session = request.getSession();
            response.getWriter().write(session.getId());
            if (request.getRequestURI().equals("/end")) {
                session.invalidate();
            }
        });
    }

    private static String session(RawClient client, String path, String cookie) throws Exception {
        String response = client.send(
                        "GET " + path + " HTTP/1.1\r\nHost: h\r\nCookie: JSESSIONID=" + cookie + "\r\n\r\n")
                .readResponse();
        assertThat(response).startsWith("HTTP/1.1 200 ");
        return response.substring(response.indexOf("\r\n\r\n") + 4);
    }

    private static List<String> newSessions(RawClient client, int count) throws Exception {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add(session(client, "/", "none"));
        }
        return ids;
    }

    @Test
    void beyondTheLimitTheSessionThatIsUnusedForLongestEndsAndOneLineWarns() throws Exception {
        try (RunningWatchdog watchdog = withSessions();
                RawClient client = watchdog.connect()) {
            String used = session(client, "/", "none");
            List<String> unused = newSessions(client, LIMIT - 1);
            assertThat(session(client, "/", used)).isEqualTo(used);
            assertThat(watchdog.log().lines()).noneMatch(line -> line.contains("sessions"));

            newSessions(client, 3);

            assertThat(session(client, "/", used)).isEqualTo(used);
            assertThat(session(client, "/", unused.get(3))).isEqualTo(unused.get(3));
            assertThat(session(client, "/", unused.get(2))).isNotEqualTo(unused.get(2));
            watchdog.log()
                    .awaitLine("The function has more than 10000 sessions: the least recently used ones are ended");
            watchdog.log().awaitLine("GET / - 200");
            assertThat(watchdog.log().lines())
                    .filteredOn(line -> line.contains("sessions"))
                    .hasSize(1);
            assertThat(watchdog.log().lines()).noneMatch(line -> line.contains("ERROR") || line.startsWith("\tat "));
        }
    }

    @Test
    void sessionsThatEndMakeRoomAndManyClientsAtOnceExceedNothing() throws Exception {
        try (RunningWatchdog watchdog = withSessions()) {
            try (RawClient client = watchdog.connect()) {
                for (int i = 0; i < 100; i++) {
                    session(client, "/end", "none");
                }
                List<String> first = newSessions(client, LIMIT - 200);
                List<CompletableFuture<List<String>>> more = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    more.add(CompletableFuture.supplyAsync(() -> {
                        try (RawClient other = watchdog.connect()) {
                            return newSessions(other, 50);
                        } catch (Exception e) {
                            throw new IllegalStateException(e);
                        }
                    }));
                }
                Set<String> all = new HashSet<>(first);
                more.forEach(ids -> all.addAll(ids.join()));

                assertThat(all).hasSize(LIMIT);
                for (String id : List.of(
                        first.get(0),
                        more.get(0).join().get(0),
                        more.get(3).join().get(49))) {
                    assertThat(session(client, "/", id)).isEqualTo(id);
                }
                assertThat(watchdog.log().lines()).noneMatch(line -> line.contains("sessions"));
            }
        }
    }
}
