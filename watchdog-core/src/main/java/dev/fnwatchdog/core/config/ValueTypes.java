package dev.fnwatchdog.core.config;

import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The types of the settings table (specification 1.1). */
final class ValueTypes {
    static final String WRITE_EXPECTED = "a duration over 0s (HTTP write timeout must be over 0s)";
    static final String UPSTREAM_EXPECTED =
            "an absolute URL such as http://127.0.0.1:3000, with the scheme http, https or h2c, without user, query and fragment";
    private static final String AUTHORITY_EXPECTED =
            "an absolute URL such as https://id.example.com, with the scheme http or https, without user, query and fragment";

    // ASCII digits only: Java's own parsers accept the digits of every script.
    private static final Pattern INTEGER = Pattern.compile("[+-]?[0-9]+");

    static final ValueType<Mode> MODE = new ValueType<>(Mode.texts(" "), Syntax.MODE);
    static final ValueType<CommandLine> COMMAND = new ValueType<>("command", Syntax.COMMAND);
    static final ValueType<Integer> PORT = new ValueType<>("0-65535", Syntax.PORT);
    static final ValueType<Integer> COUNT = new ValueType<>("count", Syntax.COUNT);
    static final ValueType<Integer> COUNT_OVER_ZERO = new ValueType<>("count over 0", Syntax.COUNT_OVER_ZERO);
    static final ValueType<Integer> BYTES = new ValueType<>("bytes", Syntax.BYTES);
    static final ValueType<Boolean> BOOLEAN = new ValueType<>("boolean", Syntax.BOOLEAN);
    static final ValueType<Duration> DURATION = new ValueType<>("duration", Syntax.DURATION);
    static final ValueType<Duration> DURATION_OVER_ZERO = new ValueType<>("duration", Syntax.DURATION_OVER_ZERO);
    static final ValueType<LogConfig.Format> LOG_FORMAT = new ValueType<>("text json", Syntax.LOG_FORMAT);
    static final ValueType<String> TEXT = new ValueType<>("text", Syntax.TEXT);
    static final ValueType<String> MEDIA = new ValueType<>("media type", Syntax.MEDIA_TYPE);
    static final ValueType<String> PATH = new ValueType<>("path", Syntax.URL_PATH);
    static final ValueType<String> CLASS = new ValueType<>("class name", Syntax.CLASS_NAME);
    static final ValueType<Path> DIRECTORY = new ValueType<>("directory", Syntax.PATH);
    static final ValueType<List<Path>> CLASS_PATH =
            new ValueType<>("jars and folders, separated by :", Syntax.CLASS_PATH);
    static final ValueType<Map<String, String>> NAMED_VALUES =
            new ValueType<>("lines of name=value", Syntax.NAMED_VALUES);
    static final ValueType<URI> UPSTREAM = new ValueType<>("URL", Syntax.UPSTREAM_URL);
    static final ValueType<URI> AUTHORITY = new ValueType<>("URL", Syntax.AUTHORITY_URL);

    private ValueTypes() {}

    /** How text is read. A switch over these, since linking a lambda for each type makes the startup longer. */
    enum Syntax {
        MODE,
        COMMAND,
        PORT,
        COUNT,
        COUNT_OVER_ZERO,
        BYTES,
        BOOLEAN,
        DURATION,
        DURATION_OVER_ZERO,
        LOG_FORMAT,
        TEXT,
        MEDIA_TYPE,
        URL_PATH,
        CLASS_NAME,
        PATH,
        CLASS_PATH,
        NAMED_VALUES,
        UPSTREAM_URL,
        AUTHORITY_URL;

        /** @throws IllegalArgumentException for invalid text; the message says what is expected */
        Object parse(String text) {
            return switch (this) {
                case MODE -> Mode.parse(text);
                case COMMAND -> CommandLine.parse(text);
                case PORT -> parseInteger(text, 0, 65535, "a port from 0 to 65535");
                case COUNT -> parseInteger(text, 0, Integer.MAX_VALUE, "a whole number from 0 to " + Integer.MAX_VALUE);
                case COUNT_OVER_ZERO ->
                    parseInteger(text, 1, Integer.MAX_VALUE, "a whole number from 1 to " + Integer.MAX_VALUE);
                case BYTES -> parseBytes(text);
                case BOOLEAN -> parseBoolean(text);
                case DURATION -> parseDuration(text);
                case DURATION_OVER_ZERO -> parseOverZero(text);
                case LOG_FORMAT -> parseFormat(text);
                case TEXT -> text;
                case MEDIA_TYPE ->
                    checked(text, Patterns.MEDIA_TYPE.matcher(text).matches(), "a media type such as text/plain");
                case URL_PATH ->
                    checked(
                            text,
                            isUrlPath(text),
                            "a path such as /ready that begins with /, without a query, with special characters percent-encoded");
                case CLASS_NAME -> checked(text, isClassName(text), "a class name such as com.example.Handler");
                case PATH -> parsePath(text);
                case CLASS_PATH -> parseClassPath(text);
                case NAMED_VALUES -> parseNamedValues(text);
                case UPSTREAM_URL -> BaseUrl.parseUpstream(text, UPSTREAM_EXPECTED);
                case AUTHORITY_URL -> BaseUrl.parse(text, List.of("http", "https"), AUTHORITY_EXPECTED);
            };
        }
    }

    /** Of settings that are seldom set: compiling them all would take 3 ms of each startup. */
    private static final class Patterns {
        static final Pattern MEDIA_TYPE =
                Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+/[!#$%&'*+.^_`|~0-9A-Za-z-]+([ \\t]*;[\\t\\x20-\\x7e]*)?");
        static final Pattern URL_PATH = Pattern.compile("/[!$%&'()*+,./:;=@_~0-9A-Za-z-]*");
        static final Pattern BARE_PERCENT = Pattern.compile("%(?![0-9A-Fa-f]{2})");
        static final Pattern IDENTIFIER = Pattern.compile("\\p{javaJavaIdentifierStart}\\p{javaJavaIdentifierPart}*");

        private Patterns() {}
    }

    private static int parseInteger(String text, int min, int max, String expected) {
        if (INTEGER.matcher(text).matches()) {
            try {
                int number = Integer.parseInt(text);
                if (number >= min && number <= max) {
                    return number;
                }
            } catch (NumberFormatException tooLong) {
                throw new IllegalArgumentException(expected, tooLong);
            }
        }
        throw new IllegalArgumentException(expected);
    }

    private static int parseBytes(String text) {
        String expected = "-1, or a whole number from 1 to " + Integer.MAX_VALUE;
        int number = parseInteger(text, -1, Integer.MAX_VALUE, expected);
        if (number == 0) {
            throw new IllegalArgumentException(expected);
        }
        return number;
    }

    private static String checked(String text, boolean valid, String expected) {
        if (!valid) {
            throw new IllegalArgumentException(expected);
        }
        return text;
    }

    private static boolean isUrlPath(String text) {
        return Patterns.URL_PATH.matcher(text).matches()
                && !Patterns.BARE_PERCENT.matcher(text).find();
    }

    private static boolean isClassName(String text) {
        return Arrays.stream(text.split("\\.", -1))
                .allMatch(part -> Patterns.IDENTIFIER.matcher(part).matches());
    }

    private static boolean parseBoolean(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default -> throw new IllegalArgumentException("true or 1, false or 0");
        };
    }

    private static Duration parseDuration(String text) {
        Optional<Duration> duration = GoDuration.parse(text);
        if (duration.isEmpty()) {
            throw new IllegalArgumentException(
                    "whole seconds such as 30, or a Go duration such as 1m30s, up to 292 years");
        }
        return duration.get();
    }

    private static Duration parseOverZero(String text) {
        Duration duration = parseDuration(text);
        if (duration.isZero()) {
            throw new IllegalArgumentException(WRITE_EXPECTED);
        }
        return duration;
    }

    private static LogConfig.Format parseFormat(String text) {
        return switch (text) {
            case "text" -> LogConfig.Format.TEXT;
            case "json" -> LogConfig.Format.JSON;
            default -> throw new IllegalArgumentException("text or json");
        };
    }

    private static Path parsePath(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException invalid) {
            // Also thrown if the JVM's locale cannot encode the name.
            throw new IllegalArgumentException("a valid path of this system", invalid);
        }
    }

    private static List<Path> parseClassPath(String text) {
        List<Path> paths = Arrays.stream(text.split(":", -1))
                .filter(part -> !part.isEmpty())
                .map(ValueTypes::parsePath)
                .toList();
        if (paths.isEmpty()) {
            throw new IllegalArgumentException("jars and folders such as app.jar:lib/json.jar:classes");
        }
        return paths;
    }

    private static Map<String, String> parseNamedValues(String text) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String line : text.lines().map(String::strip).toList()) {
            int equals = line.indexOf('=');
            if (line.isEmpty()) {
                continue;
            }
            if (equals <= 0
                    || values.putIfAbsent(
                                    line.substring(0, equals).strip(),
                                    line.substring(equals + 1).strip())
                            != null) {
                throw new IllegalArgumentException("lines such as name=value, each name once");
            }
        }
        return values;
    }
}
