package dev.fnwatchdog.core.config;

import java.util.List;

/**
 * The command of a function process, split into words as by a POSIX shell, but without expansion (specification 1.11).
 *
 * <pre>{@code
 * CommandLine command = CommandLine.parse("node 'my index.js' --port 3000");
 * System.out.println(command.program()); // node
 * System.out.println(command.words().get(1)); // my index.js
 * }</pre>
 */
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
     * Splits a command at spaces, tabs and newlines; quotes and backslashes work as in {@code sh}.
     *
     * @param text the command
     * @return the words of the command
     * @throws IllegalArgumentException if a quote is not closed or there is no program; the message contains what is expected
     */
    public static CommandLine parse(String text) {
        WordSplitter splitter = new WordSplitter(text);
        List<String> words = splitter.split();
        if (words.isEmpty() || words.get(0).isEmpty()) {
            throw new IllegalArgumentException("a command such as: node index.js");
        }
        return new CommandLine(text, words, splitter.shellOperator());
    }

    /** {@return the program and its arguments, never empty} */
    public List<String> words() {
        return words;
    }

    /** {@return the first word} */
    public String program() {
        return words.get(0);
    }

    /** {@return the first word that a shell would treat as an operator ({@code |}, {@code 2>/dev/null}), empty if there is none} */
    public String shellOperator() {
        return shellOperator;
    }

    /** {@return the command as the user wrote it} */
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
