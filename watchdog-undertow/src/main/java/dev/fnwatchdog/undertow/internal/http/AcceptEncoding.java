package dev.fnwatchdog.undertow.internal.http;

import io.undertow.util.HeaderValues;
import org.jspecify.annotations.Nullable;

/** Evaluates the content codings that a client accepts (RFC 9110 12.5.3). */
public final class AcceptEncoding {
    private AcceptEncoding() {}

    /** Returns whether gzip is accepted, with a weight not below that of the identity coding. */
    public static boolean acceptsGzip(@Nullable HeaderValues lists) {
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
        double effective = gzip < 0 ? any : gzip;
        return effective > 0 && effective >= identity;
    }

    /** Returns the weight of a parameter; 0 where it cannot be parsed. */
    private static double weight(String parameter) {
        String text = parameter.strip();
        if (!text.regionMatches(true, 0, "q=", 0, 2)) {
            return 1;
        }
        String number = text.substring(2).strip();
        boolean numeric = !number.isEmpty() && number.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'));
        return numeric && number.indexOf('.') == number.lastIndexOf('.') && !number.equals(".")
                ? Double.parseDouble(number)
                : 0;
    }
}
