package dev.fnwatchdog.maven;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The commands, files and tables of {@code docs/maven.md}. */
record Guide(String text) {
    private static final Pattern GENERATION = Pattern.compile("```\\n(mvn archetype:generate .*?)```", Pattern.DOTALL);
    private static final Pattern COORDINATES = Pattern.compile("```\\nmvn (dev\\.fnwatchdog:[^\\n]*):run\\n```");
    private static final Pattern PLUGIN_GROUPS = Pattern.compile("```xml\\n(<settings>.*?)```", Pattern.DOTALL);
    private static final Pattern BLOCK = Pattern.compile("```\\w+\\n(.*?)```", Pattern.DOTALL);
    private static final Pattern CELL = Pattern.compile("\\n\\| (`[^|]*) \\|");
    private static final Pattern NAME = Pattern.compile("`(\\w+)`(?! *\\))");

    static Guide read() throws IOException {
        return new Guide(Files.readString(Path.of("../docs/maven.md")));
    }

    /** Returns the command that makes a project of the archetype. */
    String generation() {
        return find(GENERATION);
    }

    /** Returns the plugin's coordinates, by which Maven finds it without its prefix. */
    String coordinates() {
        return find(COORDINATES);
    }

    /** Returns the settings by which Maven finds the plugin by its prefix in every folder. */
    String pluginGroups() {
        return find(PLUGIN_GROUPS);
    }

    /** Returns the pom.xml and the class that the section for a kind of function shows. */
    List<String> function(String kind) {
        String section = find(Pattern.compile("\\n### [^\\n]*\\(`" + kind + "`\\)\\n(.*?)\\n##", Pattern.DOTALL));
        return BLOCK.matcher(section).results().map(block -> block.group(1)).toList();
    }

    /** Returns the names in the first column of the table in a section. */
    List<String> firstColumn(String title) {
        String section = find(Pattern.compile("\\n## " + title + "\\n(.*?)\\n## ", Pattern.DOTALL));
        return CELL.matcher(section)
                .results()
                .flatMap(cell -> NAME.matcher(cell.group(1)).results())
                .map((MatchResult name) -> name.group(1))
                .toList();
    }

    private String find(Pattern pattern) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new IllegalArgumentException("docs/maven.md has nothing like " + pattern);
        }
        return matcher.group(1);
    }
}
