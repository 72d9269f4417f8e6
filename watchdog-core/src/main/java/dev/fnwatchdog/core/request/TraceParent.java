package dev.fnwatchdog.core.request;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The trace that a request belongs to, from its {@code traceparent} (W3C Trace Context, 3.2; specification 6.12).
 *
 * @param traceId 32 hexadecimal digits in lower case; empty if there is no valid {@code traceparent}
 * @param spanId 16 hexadecimal digits, the span of the caller; empty with the trace id
 */
public record TraceParent(String traceId, String spanId) {
    private static final TraceParent NONE = new TraceParent("", "");
    private static final Pattern FORM =
            Pattern.compile("(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}(-.*)?");

    /**
     * Reads the values of the field.
     *
     * @param values more than one value is none: it is not known which one counts
     */
    public static TraceParent of(List<String> values) {
        if (values.size() != 1) {
            return NONE;
        }
        Matcher parts = FORM.matcher(values.get(0).strip());
        // Only a later version than 00 may have more parts.
        if (!parts.matches() || (parts.group(1).equals("00") && parts.group(4) != null)) {
            return NONE;
        }
        return new TraceParent(parts.group(2), parts.group(3));
    }
}
