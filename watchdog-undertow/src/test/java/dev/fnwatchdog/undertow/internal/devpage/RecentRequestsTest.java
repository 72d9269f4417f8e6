package dev.fnwatchdog.undertow.internal.devpage;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Proves specification 13.2. */
class RecentRequestsTest {
    private static RecordedRequest request(String path) {
        return new RecordedRequest(Instant.EPOCH, "GET", path, 200, 1, "");
    }

    @Test
    void theLastHundredAreKeptTheLatestFirst() {
        RecentRequests requests = new RecentRequests();
        for (int i = 1; i <= 101; i++) {
            requests.add(request("/" + i));
        }

        assertThat(requests.latest()).hasSize(100).startsWith(request("/101")).endsWith(request("/2"));
    }

    @Test
    void aLongPathIsCut() {
        assertThat(request("/" + "a".repeat(60_000)).path()).hasSize(513).endsWith("…");
    }
}
