package dev.fnwatchdog.undertow.internal.files;

import io.undertow.util.HeaderValues;
import org.jspecify.annotations.Nullable;

/** What a client can unpack (RFC 9110, 12.5.3). */
final class AcceptEncoding {
    private AcceptEncoding() {}

    /** Whether gzip is welcome, and not less than no coding at all. */
    static boolean acceptsGzip(@Nullable HeaderValues lists) {
        if (lists == null) {
            return false;
        }
        double gzip = -1;
        double any = -1;
        double identity = -1;
        for (String list : lists) {
            for (String element : list.split(",", -1)) {
                int semicolon = element.indexOf(';');
                String coding = (semicolon < 0 ? element : element.substring(0, semicolon)).strip();
                double weight = semicolon < 0 ? 1 : weight(element.substring(semicolon + 1));
                if (coding.equalsIgnoreCase("gzip") || coding.equalsIgnoreCase("x-gzip")) {
                    gzip = weight;
                } else if (coding.equals("*")) {
                    any = weight;
                } else if (coding.equalsIgnoreCase("identity")) {
                    identity = weight;
                }
            }
        }
        double wanted = gzip < 0 ? any : gzip;
        return wanted > 0 && wanted >= identity;
    }

    /** Of what cannot be read: none. */
    private static double weight(String parameter) {
        String text = parameter.strip();
        if (!text.regionMatches(true, 0, "q=", 0, 2)) {
            return 1;
        }
        String number = text.substring(2).strip();
        boolean clear = !number.isEmpty() && number.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'));
        return clear && number.indexOf('.') == number.lastIndexOf('.') && !number.equals(".")
                ? Double.parseDouble(number)
                : 0;
    }
}
