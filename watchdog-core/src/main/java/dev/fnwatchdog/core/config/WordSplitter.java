package dev.fnwatchdog.core.config;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Splits text by the quoting rules of the POSIX shell command language (2.2), without expansion (specification 1.11).
 * Used once, by one thread.
 */
final class WordSplitter {
    /** A word that joins commands, or that begins or is a redirection. */
    private static final Pattern SHELL_OPERATOR = Pattern.compile("\\||\\|\\||&&|&|.*;|[0-9]?(?:>>?|<<?|>&|<&|&>).*");

    private final String text;
    private final List<String> words = new ArrayList<>();
    private final StringBuilder word = new StringBuilder();

    // Mutable state
    private int position;
    // Separate from the word's length, because '' is an empty word.
    private boolean inWord;
    // Whether a part of the word was quoted or escaped, which takes the meaning of an operator from it.
    private boolean quoted;
    private String operator = "";

    WordSplitter(String text) {
        this.text = text;
    }

    List<String> split() {
        while (position < text.length()) {
            char c = text.charAt(position++);
            switch (c) {
                case ' ', '\t', '\n' -> endWord();
                case '\'' -> singleQuoted();
                case '"' -> doubleQuoted();
                case '\\' -> escaped();
                default -> append(c);
            }
        }
        endWord();
        return words;
    }

    private void append(char c) {
        word.append(c);
        inWord = true;
    }

    private void endWord() {
        if (inWord) {
            String ended = word.toString();
            words.add(ended);
            if (operator.isEmpty() && !quoted && SHELL_OPERATOR.matcher(ended).matches()) {
                operator = ended;
            }
            word.setLength(0);
            inWord = false;
            quoted = false;
        }
    }

    /** Returns the first word that a shell would take for an operator, empty if there is none; after {@link #split}. */
    String shellOperator() {
        return operator;
    }

    private void singleQuoted() {
        int close = text.indexOf('\'', position);
        if (close < 0) {
            throw unclosed(position);
        }
        word.append(text, position, close);
        inWord = true;
        quoted = true;
        position = close + 1;
    }

    private void doubleQuoted() {
        int open = position;
        inWord = true;
        quoted = true;
        while (position < text.length()) {
            char c = text.charAt(position++);
            if (c == '"') {
                return;
            }
            if (c == '\\' && position < text.length() && "$`\"\\\n".indexOf(text.charAt(position)) >= 0) {
                escaped();
            } else {
                word.append(c);
            }
        }
        throw unclosed(open);
    }

    private void escaped() {
        quoted = true;
        if (position == text.length()) {
            // With nothing to escape, a backslash is literal, as in the shells.
            append('\\');
            return;
        }
        char c = text.charAt(position++);
        // An escaped newline joins two lines.
        if (c != '\n') {
            append(c);
        }
    }

    private static IllegalArgumentException unclosed(int open) {
        return new IllegalArgumentException(
                "a command with closed quotes; the quote at character %d is not closed".formatted(open));
    }
}
