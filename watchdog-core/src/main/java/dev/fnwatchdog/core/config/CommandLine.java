package dev.fnwatchdog.core.config;

import java.util.List;

/** The function's command, split into words as a POSIX shell does, but without expansion (specification 1.11). */
public final class CommandLine {
    private final String text;
    private final List<String> words;
    private final String shellOperator;

    private CommandLine(String text, List<String> words, String shellOperator) {
        this.text = text;
        this.shellOperator = shellOperator;
        this.words = List.copyOf(words);
    }

    /**
     * Splits on spaces, tabs and newlines; quotes and backslashes group as in {@code sh}.
     *
     * @throws IllegalArgumentException if a quote is not closed or there is no program; the message says what is
     *     expected
     */
    public static CommandLine parse(String text) {
        WordSplitter splitter = new WordSplitter(text);
        List<String> words = splitter.split();
        if (words.isEmpty() || words.get(0).isEmpty()) {
            throw new IllegalArgumentException("a command such as: node index.js");
        }
        return new CommandLine(text, words, splitter.shellOperator());
    }

    /** The program and its arguments, never empty. */
    public List<String> words() {
        return words;
    }

    /** The first word. */
    public String program() {
        return words.get(0);
    }

    /** The first word that a shell would take for an operator ({@code |}, {@code 2>/dev/null}); empty if there is none. */
    public String shellOperator() {
        return shellOperator;
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
