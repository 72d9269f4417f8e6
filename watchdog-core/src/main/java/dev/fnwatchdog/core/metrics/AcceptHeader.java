package dev.fnwatchdog.core.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Chooses between the two formats by a request's {@code Accept} (RFC 9110 12.5.1, specification 2.9). */
final class AcceptHeader {
    private static final Pattern MEDIA_RANGE =
            Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+/[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    private static final Pattern WEIGHT = Pattern.compile("0(\\.\\d{0,3})?|1(\\.0{0,3})?");
    private static final Pattern ZERO = Pattern.compile("0(\\.0{0,3})?");

    private static final String TEXT_VERSION = "0.0.4";

    private AcceptHeader() {}

    /** Whether OpenMetrics is allowed and text 0.0.4 is not; false for a malformed value. */
    static boolean wantsOpenMetrics(String accept) {
        try {
            List<Range> ranges = new ArrayList<>();
            for (String element : split(accept, ',')) {
                if (!element.isEmpty()) {
                    ranges.add(range(element));
                }
            }
            return !allowed(ranges, "text", "plain") && allowed(ranges, "application", "openmetrics-text");
        } catch (IllegalArgumentException malformed) {
            return false;
        }
    }

    /** The most precise range that matches decides, as in {@code text/plain;q=0, text/*}. */
    private static boolean allowed(List<Range> ranges, String type, String subtype) {
        int best = 0;
        boolean allowed = false;
        for (Range range : ranges) {
            int precision = range.precisionFor(type, subtype);
            if (precision > best) {
                best = precision;
                allowed = range.allowed();
            } else if (precision == best && best > 0) {
                allowed |= range.allowed();
            }
        }
        return allowed;
    }

    private static Range range(String element) {
        List<String> parts = split(element, ';');
        String media = parts.get(0).toLowerCase(Locale.ROOT);
        require(MEDIA_RANGE.matcher(media).matches());
        String version = "";
        boolean allowed = true;
        for (String parameter : parts.subList(1, parts.size())) {
            int equals = parameter.indexOf('=');
            require(equals > 0 || parameter.isEmpty());
            String name = parameter.substring(0, Math.max(0, equals)).toLowerCase(Locale.ROOT);
            String value = parameter.substring(equals + 1);
            if (name.equals("q")) {
                require(WEIGHT.matcher(value).matches());
                allowed = !ZERO.matcher(value).matches();
            } else if (name.equals("version")) {
                version = value.replace("\"", "");
            }
        }
        return new Range(media, version, allowed);
    }

    /** Splits outside quotes and trims the parts. */
    private static List<String> split(String text, char separator) {
        List<String> parts = new ArrayList<>();
        boolean quoted = false;
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (c == '\\' && quoted) {
                i++;
            } else if (c == separator && !quoted) {
                parts.add(text.substring(start, i).strip());
                start = i + 1;
            }
        }
        require(!quoted);
        parts.add(text.substring(start).strip());
        return parts;
    }

    private static void require(boolean wellFormed) {
        if (!wellFormed) {
            throw new IllegalArgumentException("malformed");
        }
    }

    private record Range(String media, String version, boolean allowed) {
        /** Returns 0 if the range does not match, also because it names another version of the text format. */
        int precisionFor(String type, String subtype) {
            if (media.equals("*/*")) {
                return 1;
            }
            if (media.equals(type + "/*")) {
                return 2;
            }
            if (!media.equals(type + "/" + subtype)) {
                return 0;
            }
            if (version.isEmpty()) {
                return 3;
            }
            return type.equals("application") || version.equals(TEXT_VERSION) ? 4 : 0;
        }
    }
}
