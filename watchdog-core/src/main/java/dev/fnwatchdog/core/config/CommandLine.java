package dev.fnwatchdog.core.config;

import java.util.List;

/** The function's command, split into words as a POSIX shell does, but without expansion (specification 1.11). */
public final class CommandLine {
    private final String text;
    private final List<String> words;

    private CommandLine(String text, List<String> words) {
        this.text = text;
        this.words = List.copyOf(words);
    }

    /**
     * Splits on spaces, tabs and newlines; quotes and backslashes group as in {@code sh}.
     *
     * @throws IllegalArgumentException if a quote is not closed or there is no program; the message says what is
     *     expected
     */
    public static CommandLine parse(String text) {
        List<String> words = new WordSplitter(text).split();
        if (words.isEmpty() || words.get(0).isEmpty()) {
            throw new IllegalArgumentException("a command such as: node index.js");
        }
        return new CommandLine(text, words);
    }

    /** The program and its arguments, never empty. */
    public List<String> words() {
        return words;
    }

    /** The first word. */
    public String program() {
        return words.get(0);
    }

    /** The command as the user wrote it. */
    public String text() {
        return text;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CommandLine that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
