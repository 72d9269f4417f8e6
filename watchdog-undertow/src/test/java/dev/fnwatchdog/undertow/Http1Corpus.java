package dev.fnwatchdog.undertow;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The messages under {@code src/test/resources/http1}; their files explain the format. */
final class Http1Corpus {
    private static final Pattern ESCAPE = Pattern.compile("\\\\(?:([rnt0\\\\])|x([0-9a-f]{2}))|\\{(.)\\*(\\d+)}");

    private Http1Corpus() {}

    /** One case: what its first line says, and its bytes, each a character. */
    record Case(List<String> words, String bytes) {
        /** The section and what it is. */
        String name() {
            return String.join(": ", words.subList(words.size() - 2, words.size()));
        }

        /** What a strict reader makes of it. */
        String verdict() {
            return words.get(0);
        }

        @Override
        public String toString() {
            return name();
        }
    }

    static List<Case> requests() {
        return read("requests.txt");
    }

    static List<Case> responses() {
        return read("responses.txt");
    }

    private static List<Case> read(String file) {
        try (InputStream in = Http1Corpus.class.getResourceAsStream("/http1/" + file)) {
            if (in == null) {
                throw new IllegalStateException(file + " is missing");
            }
            return parse(new String(in.readAllBytes(), StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Case> parse(String text) {
        List<Case> cases = new ArrayList<>();
        for (String block : text.split("(?m)^= ", -1)) {
            if (!block.startsWith("#")) {
                int end = block.indexOf('\n');
                cases.add(new Case(
                        List.of(block.substring(0, end).split(" \\| ", -1)),
                        unescape(block.substring(end).replace("\n", ""))));
            }
        }
        return cases;
    }

    private static String unescape(String text) {
        Matcher escape = ESCAPE.matcher(text);
        StringBuilder bytes = new StringBuilder();
        while (escape.find()) {
            escape.appendReplacement(bytes, Matcher.quoteReplacement(meaning(escape)));
        }
        return escape.appendTail(bytes).toString();
    }

    private static String meaning(Matcher escape) {
        if (escape.group(3) != null) {
            return escape.group(3).repeat(Integer.parseInt(escape.group(4)));
        }
        if (escape.group(2) != null) {
            return Character.toString(Integer.parseInt(escape.group(2), 16));
        }
        return switch (escape.group(1)) {
            case "r" -> "\r";
            case "n" -> "\n";
            case "t" -> "\t";
            case "0" -> "\0";
            default -> "\\";
        };
    }
}
