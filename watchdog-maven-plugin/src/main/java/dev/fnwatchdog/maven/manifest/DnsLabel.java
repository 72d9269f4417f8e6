package dev.fnwatchdog.maven.manifest;

import dev.fnwatchdog.maven.config.InvalidParameterException;
import java.util.regex.Pattern;

/** The name of a function or of a namespace, as all orchestrators accept it. */
public record DnsLabel(String text) {
    // Of a Service of Kubernetes: it begins with a letter, which the names of other objects need not.
    private static final Pattern LABEL = Pattern.compile("[a-z]([a-z0-9-]{0,61}[a-z0-9])?");

    /**
     * Parses a name.
     *
     * @param parameter the parameter that contains the text, for messages
     */
    public static DnsLabel parse(String parameter, String text) {
        if (!LABEL.matcher(text).matches()) {
            throw new InvalidParameterException(
                    parameter,
                    text,
                    "at most 63 lower-case letters, digits and dashes that begin with a letter, such as hello-world");
        }
        return new DnsLabel(text);
    }
}
