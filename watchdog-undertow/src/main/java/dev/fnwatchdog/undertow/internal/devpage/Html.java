package dev.fnwatchdog.undertow.internal.devpage;

import java.util.List;

/** HTML, and the text in it that is not trusted. */
final class Html {
    private static final char REPLACEMENT = '\uFFFD';

    private final StringBuilder text = new StringBuilder();

    /** Adds markup. */
    Html raw(String markup) {
        text.append(markup);
        return this;
    }

    /** Adds text, whatever it contains, for the content of an element or a quoted attribute. */
    Html text(String any) {
        any.codePoints().forEach(this::character);
        return this;
    }

    /** Adds an element with text in it. */
    Html element(String name, String content) {
        return raw("<" + name + ">").text(content).raw("</" + name + ">\n");
    }

    /** Adds a row of a table. */
    Html row(List<String> cells) {
        raw("<tr>");
        cells.forEach(cell -> raw("<td>").text(cell).raw("</td>"));
        return raw("</tr>\n");
    }

    /** Escapes what is markup, and replaces what no text contains: control characters, and those that turn its direction. */
    private void character(int c) {
        switch (c) {
            case '&' -> text.append("&amp;");
            case '<' -> text.append("&lt;");
            case '>' -> text.append("&gt;");
            case '"' -> text.append("&quot;");
            case '\'' -> text.append("&#39;");
            case '\n', '\t' -> text.append((char) c);
            case '\r' -> {}
            default -> {
                if (isHarmless(c)) {
                    text.appendCodePoint(c);
                } else {
                    text.append(REPLACEMENT);
                }
            }
        }
    }

    private static boolean isHarmless(int c) {
        int type = Character.getType(c);
        return type != Character.CONTROL && type != Character.FORMAT && type != Character.SURROGATE;
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
