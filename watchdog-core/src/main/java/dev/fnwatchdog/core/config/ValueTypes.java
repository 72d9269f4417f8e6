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
import java.util.function.Function;
import java.util.function.Predicate;
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

    static final ValueType<Mode> MODE = new ValueType<>(Mode.texts(" "), Mode::parse);
    static final ValueType<CommandLine> COMMAND = new ValueType<>("command", CommandLine::parse);
    static final ValueType<Integer> PORT = integer("0-65535", 0, 65535, "a port from 0 to 65535");
    static final ValueType<Integer> COUNT =
            integer("count", 0, Integer.MAX_VALUE, "a whole number from 0 to " + Integer.MAX_VALUE);
    static final ValueType<Integer> COUNT_OVER_ZERO =
            integer("count over 0", 1, Integer.MAX_VALUE, "a whole number from 1 to " + Integer.MAX_VALUE);
    static final ValueType<Integer> BYTES =
            integer("bytes", 1, Integer.MAX_VALUE, "-1, or a whole number from 1 to " + Integer.MAX_VALUE, -1);
    static final ValueType<Boolean> BOOLEAN = new ValueType<>("boolean", ValueTypes::parseBoolean);
    static final ValueType<Duration> DURATION = new ValueType<>(
            "duration",
            text -> GoDuration.parse(text)
                    .orElseThrow(() -> new IllegalArgumentException(
                            "whole seconds such as 30, or a Go duration such as 1m30s, up to 292 years")));
    static final ValueType<Duration> DURATION_OVER_ZERO = new ValueType<>("duration", ValueTypes::parseOverZero);
    static final ValueType<LogConfig.Format> LOG_FORMAT = new ValueType<>("text json", ValueTypes::parseFormat);
    static final ValueType<String> TEXT = new ValueType<>("text", Function.identity());
    static final ValueType<String> MEDIA = textWhere(
            "media type", text -> Patterns.MEDIA_TYPE.matcher(text).matches(), "a media type such as text/plain");
    static final ValueType<String> PATH = textWhere(
            "path",
            ValueTypes::isUrlPath,
            "a path such as /ready that begins with /, without a query, with special characters percent-encoded");
    static final ValueType<String> CLASS =
            textWhere("class name", ValueTypes::isClassName, "a class name such as com.example.Handler");
    static final ValueType<Path> DIRECTORY = new ValueType<>("directory", ValueTypes::parsePath);
    static final ValueType<List<Path>> CLASS_PATH =
            new ValueType<>("jars and folders, separated by :", ValueTypes::parseClassPath);
    static final ValueType<Map<String, String>> NAMED_VALUES =
            new ValueType<>("lines of name=value", ValueTypes::parseNamedValues);
    static final ValueType<URI> UPSTREAM =
            new ValueType<>("URL", text -> BaseUrl.parseUpstream(text, UPSTREAM_EXPECTED));
    static final ValueType<URI> AUTHORITY =
            new ValueType<>("URL", text -> BaseUrl.parse(text, List.of("http", "https"), AUTHORITY_EXPECTED));

    private ValueTypes() {}

    /** Of settings that are seldom set: compiling them all would take 3 ms of each startup. */
    private static final class Patterns {
        static final Pattern MEDIA_TYPE =
                Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+/[!#$%&'*+.^_`|~0-9A-Za-z-]+([ \\t]*;[\\t\\x20-\\x7e]*)?");
        static final Pattern URL_PATH = Pattern.compile("/[!$%&'()*+,./:;=@_~0-9A-Za-z-]*");
        static final Pattern BARE_PERCENT = Pattern.compile("%(?![0-9A-Fa-f]{2})");
        static final Pattern IDENTIFIER = Pattern.compile("\\p{javaJavaIdentifierStart}\\p{javaJavaIdentifierPart}*");

        private Patterns() {}
    }

    private static ValueType<Integer> integer(String name, int min, int max, String expected, int... extraValues) {
        return new ValueType<>(name, text -> {
            Optional<Integer> number = INTEGER.matcher(text).matches() ? toInt(text) : Optional.empty();
            return number.filter(n ->
                            (n >= min && n <= max) || Arrays.stream(extraValues).anyMatch(extra -> extra == n))
                    .orElseThrow(() -> new IllegalArgumentException(expected));
        });
    }

    private static Optional<Integer> toInt(String text) {
        try {
            return Optional.of(Integer.parseInt(text));
        } catch (NumberFormatException tooLong) {
            return Optional.empty();
        }
    }

    private static ValueType<String> textWhere(String name, Predicate<String> condition, String expected) {
        return new ValueType<>(name, text -> {
            if (!condition.test(text)) {
                throw new IllegalArgumentException(expected);
            }
            return text;
        });
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

    private static Duration parseOverZero(String text) {
        Duration duration = DURATION.parse(text);
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
