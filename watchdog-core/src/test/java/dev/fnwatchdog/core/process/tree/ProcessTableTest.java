package dev.fnwatchdog.core.process.tree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.core.process.tree.ProcessTable.Entry;
import dev.fnwatchdog.core.process.tree.ProcessTable.ProcessId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProcessTableTest {
    private static final String REST = " 0 -1 4194304 105 0 0 0 0 0 0 0 20 0 1 0 4711 2400256 210 184467 1 1 0";

    @TempDir
    private Path proc;

    @ParameterizedTest
    @ValueSource(strings = {"sh", "a b", "x) R 1 2 3 (", "(((", ")))", "new\nline", ""})
    void aStatLineIsReadWhateverTheProcessNameContains(String name) {
        assertThat(Entry.parse("42 (" + name + ") S 7 41 40" + REST + "\n"))
                .contains(new Entry(new ProcessId(42, 4711), 7, 40, false));
    }

    @Test
    void aZombieIsRecognizedInItsStatLine() {
        assertThat(Entry.parse("42 (sh) Z 7 41 40" + REST)).contains(new Entry(new ProcessId(42, 4711), 7, 40, true));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "42", "42 (sh", "42 (sh)", "42 (sh) S 7 41 40", "sh) (42 S 7 41 40", "x (sh) S 7 41 40 0 0"})
    void textThatIsNotAStatLineIsNotReadAsOne(String stat) {
        assertThat(Entry.parse(stat)).isEmpty();
        assertThat(Entry.parse(stat + " a b c d e f g h i j k l m n o p q r s t u v w"))
                .isEmpty();
    }

    @Test
    void aProcessThatVanishesWhileTheTableIsReadIsLeftOut() throws Exception {
        write("42", "42 (sh) S 7 41 40" + REST);
        Files.createDirectory(proc.resolve("43"));
        write("44", "");
        write("self", "42 (sh) S 7 41 40" + REST);
        ProcessTable table = new ProcessTable(proc);

        assertThat(table.available()).isTrue();
        assertThat(table.read()).containsExactly(new Entry(new ProcessId(42, 4711), 7, 40, false));
        assertThat(table.entry(43)).isEmpty();
        assertThat(table.environment(43)).isEmpty();
    }

    @Test
    void theProcessTableIsNotAvailableWithoutProc() {
        ProcessTable table = new ProcessTable(proc.resolve("nosuch"));

        assertThat(table.available()).isFalse();
        assertThat(table.read()).isEmpty();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void theProcessTableOfThisSystemContainsThisProcess() {
        ProcessTable table = ProcessTable.ofThisSystem();
        ProcessHandle self = ProcessHandle.current();

        assertThat(table.available()).isTrue();
        assertThat(table.read()).anyMatch(entry -> entry.pid() == self.pid());
        assertThat(table.entry(self.pid()).orElseThrow().parent())
                .isEqualTo(self.parent().map(ProcessHandle::pid).orElse(0L));
        assertThat(table.environment(self.pid())).contains("\0PATH=" + System.getenv("PATH") + "\0");
    }

    private void write(String pid, String stat) throws IOException {
        Path folder = Files.createDirectory(proc.resolve(pid));
        Files.writeString(folder.resolve("stat"), stat);
    }
}
