package dev.fnwatchdog.undertow.internal.handler;

import io.undertow.server.ConduitWrapper;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.ConduitFactory;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.xnio.conduits.StreamSinkConduit;

/**
 * Adds {@code Date} to each response that has none, immediately before its head is sent (RFC 9110 6.6.1).
 *
 * <p>Undertow's own implementation uses a {@code SimpleDateFormat}, whose first use loads the JDK's locale data and takes a
 * tenth of the startup time.
 *
 * <p>Threads: any.
 */
final class ResponseDate implements ConduitWrapper<StreamSinkConduit> {
    static final ResponseDate INSTANCE = new ResponseDate();

    // Mutable state: an immutable value, replaced by the first thread that needs it in a second
    private volatile DatedSecond latest = new DatedSecond(0);

    private ResponseDate() {}

    @Override
    public StreamSinkConduit wrap(ConduitFactory<StreamSinkConduit> factory, HttpServerExchange exchange) {
        HeaderMap headers = exchange.getResponseHeaders();
        if (!headers.contains(Headers.DATE)) {
            headers.put(Headers.DATE, at(System.currentTimeMillis() / 1000));
        }
        return factory.create();
    }

    /**
     * Returns the value of Date.
     *
     * @param epochSecond seconds since 1970
     */
    String at(long epochSecond) {
        DatedSecond dated = latest;
        if (dated.epochSecond != epochSecond) {
            dated = new DatedSecond(epochSecond);
            latest = dated;
        }
        return dated.text;
    }

    /** A second and its HTTP date. */
    private static final class DatedSecond {
        private static final String[] DAYS = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
        private static final String[] MONTHS = {
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
        };

        private final long epochSecond;
        private final String text;

        DatedSecond(long epochSecond) {
            this.epochSecond = epochSecond;
            LocalDateTime time = LocalDateTime.ofEpochSecond(epochSecond, 0, ZoneOffset.UTC);
            StringBuilder name = new StringBuilder("Thu, 01 Jan 1970 00:00:00 GMT".length());
            name.append(DAYS[time.getDayOfWeek().getValue() - 1]).append(", ");
            appendTwo(name, time.getDayOfMonth()).append(' ');
            name.append(MONTHS[time.getMonthValue() - 1]).append(' ');
            name.append(time.getYear()).append(' ');
            appendTwo(name, time.getHour()).append(':');
            appendTwo(name, time.getMinute()).append(':');
            this.text = appendTwo(name, time.getSecond()).append(" GMT").toString();
        }

        private static StringBuilder appendTwo(StringBuilder text, int number) {
            return text.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
        }
    }
}
