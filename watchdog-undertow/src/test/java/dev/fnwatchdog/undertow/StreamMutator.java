package dev.fnwatchdog.undertow;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Changes bytes at random, a character a byte, with a liking for what parsers trip over. */
final class StreamMutator {
    private static final List<String> MORSELS = List.of(
            "\r\n",
            "\n",
            "\r",
            "\r\n\r\n",
            "\0",
            " ",
            "\t",
            ":",
            ";",
            ",",
            "0",
            "0\r\n\r\n",
            "5\r\nhello\r\n",
            "ffffffffffffffff",
            "-1",
            "%",
            "?",
            "\u00ff",
            "\u000b",
            "Content-Length: 5\r\n",
            "Content-Length: 0\r\n",
            "Transfer-Encoding: chunked\r\n",
            "Transfer-Encoding: identity\r\n",
            "Connection: close\r\n",
            "Host: h\r\n",
            " HTTP/1.1\r\n",
            " HTTP/1.0\r\n",
            "GET /mutated HTTP/1.1\r\nHost: h\r\n\r\n");
    private static final int MOST_CHANGES = 4;
    private static final int LONGEST_RANGE = 24;

    private static final Pattern RUN = Pattern.compile("([!-~])\\1{15,}");

    private final SplittableRandom random;

    StreamMutator(SplittableRandom random) {
        this.random = random;
    }

    <T> T pick(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    /** {@code bytes} with a few changes, or none. */
    String mutate(String bytes) {
        StringBuilder mutated = new StringBuilder(bytes);
        for (int changes = random.nextInt(MOST_CHANGES + 1); changes > 0; changes--) {
            change(mutated);
        }
        return mutated.toString();
    }

    private void change(StringBuilder bytes) {
        int at = random.nextInt(bytes.length() + 1);
        int end = Math.min(bytes.length(), at + random.nextInt(LONGEST_RANGE));
        switch (random.nextInt(6)) {
            case 0 -> bytes.insert(at, pick(MORSELS));
            case 1 -> bytes.replace(at, end, pick(MORSELS));
            case 2 -> bytes.delete(at, end);
            case 3 -> bytes.insert(at, bytes.substring(at, end));
            case 4 -> bytes.insert(at, (char) random.nextInt(256));
            default -> flip(bytes, at);
        }
    }

    private void flip(StringBuilder bytes, int at) {
        if (at < bytes.length()) {
            bytes.setCharAt(at, (char) (bytes.charAt(at) ^ 1 << random.nextInt(8)));
        }
    }

    /** The bytes in pieces: often one, often many small ones. */
    List<String> split(String bytes) {
        int longest = pick(List.of(1, 7, 100, 100_000, 100_000, 100_000));
        List<String> pieces = new ArrayList<>();
        for (int at = 0; at < bytes.length(); ) {
            // A piece is a system call: long streams are not cut into bytes.
            int most = Math.max(longest, bytes.length() / 200);
            int end = Math.min(bytes.length(), at + 1 + random.nextInt(most));
            pieces.add(bytes.substring(at, end));
            at = end;
        }
        return pieces;
    }

    /** For a failure's message, as the corpus writes bytes. */
    static String printable(String bytes) {
        String runs = RUN.matcher(bytes)
                .replaceAll(run -> Matcher.quoteReplacement(
                        "{%s*%d}".formatted(run.group(1), run.group().length())));
        StringBuilder text = new StringBuilder();
        runs.chars().forEach(c -> text.append(printable((char) c)));
        return text.toString();
    }

    private static String printable(char c) {
        return switch (c) {
            case '\r' -> "\\r";
            case '\n' -> "\\n\n";
            case '\\' -> "\\\\";
            default -> c >= ' ' && c < 0x7f ? Character.toString(c) : "\\x%02x".formatted((int) c);
        };
    }
}
