package dev.fnwatchdog.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How long the JVM of the program keeps names. Proves specification 1.14. */
class NameCachePolicyTest {
    private static final String TTL = "networkaddress.cache.ttl";
    private static final String NEGATIVE = "networkaddress.cache.negative.ttl";

    private static Map<String, String> applied(Map<String, String> security, Map<String, String> system) {
        Map<String, String> properties = new HashMap<>(security);
        NameCachePolicy.apply(properties::get, system::get, properties::put);
        return properties;
    }

    @Test
    void addressesAreKeptFor30SecondsAndFailuresNotAtAll() {
        assertThat(applied(Map.of(NEGATIVE, "10"), Map.of())).isEqualTo(Map.of(TTL, "30", NEGATIVE, "0"));
        assertThat(applied(Map.of(), Map.of())).isEqualTo(Map.of(TTL, "30", NEGATIVE, "0"));
    }

    @Test
    void whatTheUserHasSetIsKept() {
        assertThat(applied(Map.of(TTL, "-1", NEGATIVE, "3"), Map.of())).isEqualTo(Map.of(TTL, "-1", NEGATIVE, "3"));
        assertThat(applied(
                        Map.of(NEGATIVE, "10"),
                        Map.of("sun.net.inetaddr.ttl", "5", "sun.net.inetaddr.negative.ttl", "6")))
                .isEqualTo(Map.of(NEGATIVE, "10"));
    }
}
