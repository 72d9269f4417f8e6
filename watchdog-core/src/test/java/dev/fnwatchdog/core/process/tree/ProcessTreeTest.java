package dev.fnwatchdog.core.process.tree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.core.fixture.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Real processes under a table that says of them what the test wants. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class ProcessTreeTest {
    private static final int OLDER = 10;
    private static final int START = 20;
    private static final int LATER = 30;
    private static final int NOBODY = 1;

    private final InvocationMarker marker = InvocationMarker.next(Map.of());
    private final List<Process> started = new ArrayList<>();

    @TempDir
    private Path proc;

    private final Process root;
    private final Process other;

    ProcessTreeTest() throws IOException {
        root = sleep();
        other = sleep();
    }

    @BeforeEach
    void makeTheTableReadable() throws IOException {
        Files.writeString(Files.createDirectory(proc.resolve("self")).resolve("stat"), "");
    }

    @AfterEach
    void endAll() throws Exception {
        for (Process process : started) {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void isTheRootItsDescendantsItsSessionAndWhatCarriesItsMarker() throws Exception {
        Process child = sleep();
        Process grandchild = sleep();
        Process inSession = sleep();
        Process marked = sleep();
        show(root, START, NOBODY, NOBODY);
        ProcessTree tree = tree();
        show(child, START, root.pid(), 7);
        show(grandchild, LATER, child.pid(), 8);
        show(inSession, LATER, NOBODY, root.pid());
        show(marked, LATER, NOBODY, 9, "Watchdog_Call=" + marker.value());
        show(other, LATER, NOBODY, 9, "Watchdog_Call=other");

        kill(tree);

        assertThat(List.of(root, child, grandchild, inSession, marked)).allSatisfy(process -> dies(process));
        assertThat(other.isAlive()).isTrue();
    }

    @Test
    void sparesAnotherProcessThatHasGotTheRootsPid() throws Exception {
        show(root, START, NOBODY, NOBODY);
        ProcessTree tree = tree();
        show(root, LATER, NOBODY, root.pid());
        show(other, LATER, root.pid(), root.pid());

        kill(tree);

        assertThat(List.of(root, other)).allMatch(Process::isAlive);
    }

    @Test
    void sparesWhatIsOlderThanItsRootWhateverItSays() throws Exception {
        show(root, START, NOBODY, NOBODY);
        ProcessTree tree = tree();
        show(other, OLDER, root.pid(), root.pid(), "Watchdog_Call=" + marker.value());

        kill(tree);

        dies(root);
        assertThat(other.isAlive()).isTrue();
    }

    @Test
    void sparesAChildOfTheProcessThatHadAMembersPidBefore() throws Exception {
        Process child = sleep();
        show(root, START, NOBODY, NOBODY);
        ProcessTree tree = tree();
        show(child, LATER, root.pid(), 7);
        show(other, START, child.pid(), 7);

        kill(tree);

        dies(child);
        assertThat(other.isAlive()).isTrue();
    }

    @Test
    void isFoundByItsMarkerWhenTheRootWasGoneBeforeItWasSeen() throws Exception {
        ProcessTree tree = new ProcessTree(root.pid(), () -> false, marker);
        show(root, START, NOBODY, root.pid());
        show(other, START, NOBODY, 7, "Watchdog_Call=" + marker.value() + "/inner");

        kill(tree);

        dies(other);
        assertThat(root.isAlive()).isTrue();
    }

    @Test
    void waitsForTheMarkerOfOneThatIsOnlyJustBecomingAnotherProgram() throws Exception {
        show(root, START, NOBODY, NOBODY);
        ProcessTree tree = tree();
        show(other, LATER, NOBODY, 9);
        // It is seen without an environment at first, as the system shows it meanwhile.
        TreeKillRounds kill = new TreeKillRounds(new ProcessTable(proc));
        Set<ProcessTree> left = kill.round(Set.of(tree));
        left = kill.round(left);
        assertThat(left).containsExactly(tree);
        show(other, LATER, NOBODY, 9, "Watchdog_Call=" + marker.value());
        for (int round = 0; round < 20 && !left.isEmpty(); round++) {
            left = kill.round(left);
        }

        assertThat(left).isEmpty();
        dies(other);
    }

    @Test
    void sparesTheWatchdogItself() throws Exception {
        show(root, START, NOBODY, NOBODY);
        ProcessTree tree = tree();
        show(ProcessHandle.current().pid(), START, root.pid(), root.pid(), "Watchdog_Call=" + marker.value());
        show(other, LATER, ProcessHandle.current().pid(), NOBODY);

        kill(tree);

        dies(root);
        assertThat(other.isAlive()).isTrue();
    }

    @Test
    void isTheDescendantsThatTheJdkKnowsWhereThereIsNoTable() throws Exception {
        Process parent = new ProcessBuilder("/bin/sh", "-c", "sleep 60 & wait").start();
        started.add(parent);
        Eventually.isTrue("child", () -> parent.descendants().count() == 1);
        ProcessHandle child = parent.descendants().findFirst().orElseThrow();

        ProcessTree tree = new ProcessTree(parent.pid(), parent::isAlive, marker);
        TreeKillRounds.all(new ProcessTable(proc.resolve("nosuch")), List.of(tree));

        dies(parent);
        Eventually.isTrue("child is gone", () -> !child.isAlive() || zombie(child));
        assertThat(other.isAlive()).isTrue();
    }

    private ProcessTree tree() {
        ProcessTree tree = new ProcessTree(root.pid(), root::isAlive, marker);
        tree.identify(new ProcessTable(proc));
        return tree;
    }

    private void kill(ProcessTree... trees) {
        TreeKillRounds.all(new ProcessTable(proc), List.of(trees));
    }

    private Process sleep() throws IOException {
        Process process = new ProcessBuilder("sleep", "60").start();
        started.add(process);
        return process;
    }

    private void show(Process process, long start, long parent, long session, String... environment)
            throws IOException {
        show(process.pid(), start, parent, session, environment);
    }

    private void show(long pid, long start, long parent, long session, String... environment) throws IOException {
        Path folder = Files.createDirectories(proc.resolve(Long.toString(pid)));
        String stat = "%d (sleep) S %d 1 %d 0 -1 0 0 0 0 0 0 0 0 0 0 0 0 0 %d 0 0";
        Files.writeString(folder.resolve("stat"), stat.formatted(pid, parent, session, start));
        Files.writeString(folder.resolve("environ"), String.join("\0", environment));
    }

    private static void dies(Process process) throws InterruptedException {
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }

    /** Dead, but its new parent has not looked yet. */
    private static boolean zombie(ProcessHandle handle) {
        return handle.info().command().isEmpty();
    }
}
