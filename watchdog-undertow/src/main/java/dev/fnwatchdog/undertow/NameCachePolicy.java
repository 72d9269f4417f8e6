package dev.fnwatchdog.undertow;

import java.security.Security;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Limits how long the JVM itself keeps the addresses of a name, unless the user has set that (specification 1.14). The JVM reads
 * these properties once, before its first lookup.
 */
final class NameCachePolicy {
    /**
     * One property of the JVM.
     *
     * @param systemProperty the older name, which the user may have set in its place
     * @param ofJdk the value in the JDK's own {@code java.security}; null where it has none
     */
    private record Lifetime(
            String name, String systemProperty, @Nullable String ofJdk, String seconds) {}

    private static final List<Lifetime> LIFETIMES = List.of(
            new Lifetime("networkaddress.cache.ttl", "sun.net.inetaddr.ttl", null, "30"),
            new Lifetime("networkaddress.cache.negative.ttl", "sun.net.inetaddr.negative.ttl", "10", "0"));

    private NameCachePolicy() {}

    /** Returns whether a host is a name, which is looked up, and not the text of an address. Setting the properties takes 3 ms of a startup. */
    static boolean concerns(String host) {
        if (host.startsWith("[")) {
            return false;
        }
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            if (c != '.' && (c < '0' || c > '9')) {
                return true;
            }
        }
        return false;
    }

    static void apply() {
        apply(Security::getProperty, System::getProperty, Security::setProperty);
    }

    static void apply(
            Function<String, @Nullable String> security,
            Function<String, @Nullable String> system,
            BiConsumer<String, String> setSecurity) {
        for (Lifetime lifetime : LIFETIMES) {
            String set = security.apply(lifetime.name());
            boolean byUser = set != null && !set.equals(lifetime.ofJdk());
            if (!byUser && system.apply(lifetime.systemProperty()) == null) {
                setSecurity.accept(lifetime.name(), lifetime.seconds());
            }
        }
    }
}
