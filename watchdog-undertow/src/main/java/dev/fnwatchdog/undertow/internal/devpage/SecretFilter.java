package dev.fnwatchdog.undertow.internal.devpage;

import java.util.regex.Pattern;

/**
 * Removes what is secret from the value of a setting: the user information of a URL, and what a name such as {@code password}
 * introduces in a command line, a query, or a list of parameters (specification 13.3).
 */
final class SecretFilter {
    private static final String HIDDEN = "***";

    /** What is between {@code ://} and {@code @}. */
    private static final Pattern USER_INFORMATION = Pattern.compile("(?<=://)[^/\\s@]*(?=@)");

    private static final Pattern NAMED = Pattern.compile(
            "([\\w.-]*(?:password|passwd|passphrase|secret|token|credential|api[_-]?key|private[_-]?key)[\\w.-]*"
                    + "[\"']?(?:\\s*[=:]\\s*|\\s+))(\"(?:\\\\.|[^\"\\\\])*\"|'[^']*'|[^\\s&;,\"']+)",
            Pattern.CASE_INSENSITIVE);

    private SecretFilter() {}

    static String withoutSecrets(String value) {
        String withoutUsers = USER_INFORMATION.matcher(value).replaceAll(HIDDEN);
        return NAMED.matcher(withoutUsers).replaceAll("$1" + HIDDEN);
    }
}
