package dev.fnwatchdog.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

/**
 * What a client sent and got on one connection, and what the function saw of it.
 *
 * @param sent what a strict reader makes of the client's bytes
 * @param got what came back
 * @param seen the requests that the function saw
 * @param faults what a strict function found malformed
 */
record Http1Exchange(
        StrictRequests sent, Http1Conversation got, List<StrictRequests.Request> seen, List<String> faults) {
    private static final List<Integer> REFUSALS = List.of(400, 405, 413, 417, 431, 501, 505);

    /**
     * The function saw the first of the client's requests, whole and in order, and nothing else; each has its own response,
     * and one refusal at most follows.
     */
    void assertNothingWasAddedOrMixedUp() {
        assertThat(faults).as("what the function saw was well-formed").isEmpty();
        assertThat(seen.size())
                .as("requests that the function saw: %s", seen)
                .isLessThanOrEqualTo(sent.whole().size());
        List<StrictRequests.Request> first = sent.whole().subList(0, seen.size());
        assertThat(seen)
                .map(Http1Exchange::essence)
                .isEqualTo(first.stream().map(Http1Exchange::essence).toList());
        assertEachHasItsResponse(first);
    }

    private void assertEachHasItsResponse(List<StrictRequests.Request> first) {
        StrictResponses responses = StrictResponses.in(
                got.received(),
                got.closed(),
                sent.whole().stream().map(StrictRequests.Request::method).toList());
        assertThat(responses.fault()).isEmpty();
        int count = responses.whole().size();
        assertThat(count).isBetween(first.size(), first.size() + 1);
        assertThat(responses.whole().subList(0, first.size()))
                .allMatch(response -> response.status() == 200)
                .map(StrictResponses.Response::body)
                .isEqualTo(first.stream()
                        .map(request -> request.method().equals("HEAD") ? "" : RecordingUpstream.body(request))
                        .toList());
        if (count > first.size()) {
            assertThat(responses.whole().get(first.size()).status()).isIn(REFUSALS);
            assertThat(got.closed()).as("closed behind a refusal").isTrue();
        }
    }

    private static String essence(StrictRequests.Request request) {
        return request.method() + " " + request.originTarget() + " " + request.body();
    }
}
