package dev.fnwatchdog.core.request;

import java.util.HashMap;
import java.util.Map;

/**
 * What a request tells a process through its environment (contract 4): method, path, query, transfer encoding and headers,
 * each as a variable whose name begins {@code Http_}. All text is one char a byte, as the request came.
 *
 * <p>Where two header names make one variable, the one that is spelled without an underscore counts, so that
 * {@code X_1} cannot pass for {@code X-1}; then the one that came first.
 *
 * <p>Threads: one.
 */
public final class CgiEnvironment {
    private static final String PREFIX = "Http_";
    private static final String METHOD = "Http_Method";
    private static final String PATH = "Http_Path";
    private static final String QUERY = "Http_Query";
    private static final String TRANSFER_ENCODING = "Http_Transfer_Encoding";
    // Programs take it for the proxy that they shall use (httpoxy).
    private static final String PROXY = "Http_Proxy";
    private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

    private final Map<String, String> variables = new HashMap<>();
    private final Map<String, String> doubtful = new HashMap<>();

    /**
     * Begins with what no header can change.
     *
     * @param path escaped, without the query
     * @param query as it came, empty where there is none
     * @param transferEncoding empty where there is none
     * @throws UnusableRequestException for a path with a NUL, or with an escape that is none
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
     * Adds a header. Those that no variable can be made of, or none that would be safe, are left out.
     *
     * @param firstValue of several values the first
     * @throws UnusableRequestException for a value with a NUL
     */
    public CgiEnvironment header(String name, String firstValue) throws UnusableRequestException {
        if (!isToken(name)) {
            return this;
        }
        String variable = variable(name);
        if (!isReserved(variable)) {
            Map<String, String> into = name.indexOf('_') < 0 ? variables : doubtful;
            into.putIfAbsent(variable, checked(name, firstValue));
        }
        return this;
    }

    /** All of them; a copy of its own. */
    public Map<String, String> variables() {
        Map<String, String> all = new HashMap<>(doubtful);
        all.putAll(variables);
        return all;
    }

    private static String checked(String name, String value) throws UnusableRequestException {
        if (value.indexOf('\0') >= 0) {
            throw new UnusableRequestException("a NUL in " + name);
        }
        return value;
    }

    /** Also where the request has no query: a header must not pass for one. */
    private static boolean isReserved(String variable) {
        return switch (variable) {
            case METHOD, PATH, QUERY, TRANSFER_ENCODING, PROXY -> true;
            default -> false;
        };
    }

    /** A name of HTTP, which holds neither {@code =} nor a control character. */
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

    /** Upper case at the beginning and after each hyphen, lower case elsewhere; a hyphen becomes an underscore. */
    private static String variable(String name) {
        StringBuilder variable = new StringBuilder(PREFIX.length() + name.length()).append(PREFIX);
        boolean begins = true;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            variable.append(c == '-' ? '_' : begins ? upper(c) : lower(c));
            begins = c == '-';
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
