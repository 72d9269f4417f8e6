package dev.fnwatchdog.junit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class DocumentationTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final String PACKAGE = "package com.example;\n\n";

    /** The example is compiled and run by a project of {@code src/it}. */
    @Test
    void thePageOfTestsShowsTheTestOfTheExample() throws IOException {
        String source = Files.readString(ROOT.resolve("examples/junit/src/test/java/com/example/SumServletTest.java"));

        assertThat(source).startsWith(PACKAGE);
        assertThat(Files.readString(ROOT.resolve("docs/testing.md")))
                .contains("```java\n" + source.substring(PACKAGE.length()) + "```\n");
    }
}
