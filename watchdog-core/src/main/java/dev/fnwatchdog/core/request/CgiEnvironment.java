package dev.fnwatchdog.core.request;

import java.util.HashMap;
import java.util.Map;

/**
 * The environment variables that describe a request to a process (specification 4.2, 4.3): method, path, query,
 * transfer encoding and header fields, each in a variable whose name begins with {@code Http_}. All text has one char
 * per byte, as the request came.
 *
 * <p>If two field names make one variable, the one that is spelled without an underscore wins, because {@code X_1} must
 * not pass for {@code X-1}; otherwise the first one wins.
 *
 * <p>Threads: one.
 */
public final class CgiEnvironment {
    private static final String PREFIX = "Http_";
    private static final String METHOD = "Http_Method";
    private static final String PATH = "Http_Path";
    private static final String QUERY = "Http_Query";
    private static final String TRANSFER_ENCODING = "Http_Transfer_Encoding";
    // Programs read it as the proxy to use (httpoxy).
    private static final String PROXY = "Http_Proxy";
    private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

    private final Map<String, String> variables = new HashMap<>();
    private final Map<String, String> withUnderscore = new HashMap<>();

    /**
     * Creates the variables that no header field can change.
     *
     * @param path escaped, without the query
     * @param query as it came, empty if there is none
     * @param transferEncoding empty if there is none
     * @throws UnusableRequestException if the path contains a NUL or a malformed escape
     */
    public CgiEnvironment(String method, String path, String query, String transferEncoding)
            throws UnusableRequestException {
        put(METHOD, method);
        put(PATH, PercentEncoding.decode(path));
        put(QUERY, query);
        put(TRANSFER_ENCODING, transferEncoding);
    }

    private void put(String name, String value) throws UnusableRequestException {
        checked(name, value);
        if (!value.isEmpty()) {
            variables.put(name, value);
        }
    }

    /**
     * Adds a header field, unless it makes no variable, or no safe one.
     *
     * @param firstValue the first of several values
     * @throws UnusableRequestException if the value contains a NUL
     */
    public CgiEnvironment header(String name, String firstValue) throws UnusableRequestException {
        if (!isToken(name)) {
            return this;
        }
        String variable = variable(name);
        if (!isReserved(variable)) {
            Map<String, String> into = name.indexOf('_') < 0 ? variables : withUnderscore;
            into.putIfAbsent(variable, checked(name, firstValue));
        }
        return this;
    }

    /** Returns a copy of all variables. */
    public Map<String, String> variables() {
        Map<String, String> all = new HashMap<>(withUnderscore);
        all.putAll(variables);
        return all;
    }

    private static String checked(String name, String value) throws UnusableRequestException {
        if (value.indexOf('\0') >= 0) {
            throw new UnusableRequestException("a NUL in " + name);
        }
        return value;
    }

    /** Also true if the request has no query: a header field must not pass for one. */
    private static boolean isReserved(String variable) {
        return switch (variable) {
            case METHOD, PATH, QUERY, TRANSFER_ENCODING, PROXY -> true;
            default -> false;
        };
    }

    /** Whether a name is a token (RFC 9110 5.6.2), which contains neither {@code =} nor a control character. */
    private static boolean isToken(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean letterOrDigit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!letterOrDigit && TOKEN_MARKS.indexOf(c) < 0) {
                return false;
            }
        }
        return !name.isEmpty();
    }

    /**
     * Makes the name of a variable: upper case at the beginning and after each hyphen, otherwise lower case; a hyphen
     * becomes an underscore.
     */
    private static String variable(String name) {
        StringBuilder variable = new StringBuilder(PREFIX.length() + name.length()).append(PREFIX);
        boolean wordStart = true;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            variable.append(c == '-' ? '_' : wordStart ? upper(c) : lower(c));
            wordStart = c == '-';
        }
        return variable.toString();
    }

    private static char upper(char c) {
        return c >= 'a' && c <= 'z' ? (char) (c - 'a' + 'A') : c;
    }

    private static char lower(char c) {
        return c >= 'A' && c <= 'Z' ? (char) (c - 'A' + 'a') : c;
    }
}
