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
 * Dates each answer that has no {@code Date} yet (RFC 9110, 6.6.1), in the last moment before it goes out.
 *
 * <p>Undertow would do so too, but by a {@code SimpleDateFormat}, whose first use reads the JDK's tables of languages: a tenth of the whole start.
 *
 * <p>Threads: any.
 */
final class ResponseDate implements ConduitWrapper<StreamSinkConduit> {
    static final ResponseDate INSTANCE = new ResponseDate();

    // Mutable state: an immutable value, made anew by whoever needs it first in a second
    private volatile Second current = new Second(0);

    private ResponseDate() {}

    @Override
    public StreamSinkConduit wrap(ConduitFactory<StreamSinkConduit> factory, HttpServerExchange exchange) {
        HeaderMap headers = exchange.getResponseHeaders();
        if (!headers.contains(Headers.DATE)) {
            headers.put(Headers.DATE, at(System.currentTimeMillis() / 1000));
        }
        return factory.create();
    }

    /** @param epochSecond since 1970 */
    String at(long epochSecond) {
        Second second = current;
        if (second.epochSecond != epochSecond) {
            second = new Second(epochSecond);
            current = second;
        }
        return second.text;
    }

    /** A second and its name in HTTP. */
    private static final class Second {
        private static final String[] DAYS = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
        private static final String[] MONTHS = {
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
        };

        private final long epochSecond;
        private final String text;

        Second(long epochSecond) {
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
