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

/** Real processes under a process table whose content the test writes. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class ProcessTreeTest {
    private static final int OLDER = 10;
    private static final int START = 20;
    private static final int LATER = 30;
    private static final int INIT = 1;

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

    /** Proves specification 4.5. */
    @Test
    void killingATreeKillsTheRootItsDescendantsItsSessionAndMarkedProcesses() throws Exception {
        Process child = sleep();
        Process grandchild = sleep();
        Process inSession = sleep();
        Process marked = sleep();
        show(root, START, INIT, INIT);
        ProcessTree tree = tree();
        show(child, START, root.pid(), 7);
        show(grandchild, LATER, child.pid(), 8);
        show(inSession, LATER, INIT, root.pid());
        show(marked, LATER, INIT, 9, "Watchdog_Call=" + marker.value());
        show(other, LATER, INIT, 9, "Watchdog_Call=other");

        kill(tree);

        assertThat(List.of(root, child, grandchild, inSession, marked)).allSatisfy(process -> awaitExit(process));
        assertThat(other.isAlive()).isTrue();
    }

    @Test
    void aProcessThatReusesThePidOfTheRootIsNotKilled() throws Exception {
        show(root, START, INIT, INIT);
        ProcessTree tree = tree();
        show(root, LATER, INIT, root.pid());
        show(other, LATER, root.pid(), root.pid());

        kill(tree);

        assertThat(List.of(root, other)).allMatch(Process::isAlive);
    }

    @Test
    void aProcessOlderThanTheRootIsNotKilledWhateverItsEntryContains() throws Exception {
        show(root, START, INIT, INIT);
        ProcessTree tree = tree();
        show(other, OLDER, root.pid(), root.pid(), "Watchdog_Call=" + marker.value());

        kill(tree);

        awaitExit(root);
        assertThat(other.isAlive()).isTrue();
    }

    @Test
    void aChildOfTheFormerProcessWithThePidOfAMemberIsNotKilled() throws Exception {
        Process child = sleep();
        show(root, START, INIT, INIT);
        ProcessTree tree = tree();
        show(child, LATER, root.pid(), 7);
        show(other, START, child.pid(), 7);

        kill(tree);

        awaitExit(child);
        assertThat(other.isAlive()).isTrue();
    }

    /** Proves specification 4.5. */
    @Test
    void aMarkedProcessIsKilledThoughTheRootEndedBeforeItWasSeen() throws Exception {
        ProcessTree tree = new ProcessTree(root.pid(), () -> false, marker);
        show(root, START, INIT, root.pid());
        show(other, START, INIT, 7, "Watchdog_Call=" + marker.value() + "/inner");

        kill(tree);

        awaitExit(other);
        assertThat(root.isAlive()).isTrue();
    }

    @Test
    void aProcessInTheMiddleOfAnExecIsKilledOnceItsMarkerCanBeRead() throws Exception {
        show(root, START, INIT, INIT);
        ProcessTree tree = tree();
        show(other, LATER, INIT, 9);
        // At first its environment is empty, as the system shows it during an exec.
        ProcessTreeKill kill = new ProcessTreeKill(new ProcessTable(proc));
        Set<ProcessTree> left = kill.round(Set.of(tree));
        left = kill.round(left);
        assertThat(left).containsExactly(tree);
        show(other, LATER, INIT, 9, "Watchdog_Call=" + marker.value());
        for (int round = 0; round < 200 && !left.isEmpty(); round++) {
            left = kill.round(left);
        }

        assertThat(left).isEmpty();
        awaitExit(other);
    }

    @Test
    void aTreeIsFinishedOnceItsKilledProcessIsGone() throws Exception {
        show(root, START, INIT, INIT);
        ProcessTree tree = tree();
        ProcessTreeKill kill = new ProcessTreeKill(new ProcessTable(proc));
        for (int round = 0; round < 10; round++) {
            assertThat(kill.round(Set.of(tree))).containsExactly(tree);
        }
        awaitExit(root);
        hide(root);

        assertThat(kill.round(Set.of(tree))).isEmpty();
    }

    @Test
    void aTreeIsFinishedOnceItsKilledProcessIsAZombie() throws Exception {
        show(root, START, INIT, INIT);
        ProcessTree tree = tree();
        ProcessTreeKill kill = new ProcessTreeKill(new ProcessTable(proc));
        for (int round = 0; round < 10; round++) {
            assertThat(kill.round(Set.of(tree))).containsExactly(tree);
        }
        show(root.pid(), 'Z', START, INIT, INIT);

        assertThat(kill.round(Set.of(tree))).isEmpty();
    }

    @Test
    void aKilledProcessThatDoesNotEndHoldsUpItsTreeForAboutAHundredRounds() throws Exception {
        show(root, START, INIT, INIT);
        Set<ProcessTree> left = Set.of(tree());
        ProcessTreeKill kill = new ProcessTreeKill(new ProcessTable(proc));
        int rounds = 0;
        while (!left.isEmpty() && rounds < 1000) {
            left = kill.round(left);
            rounds++;
        }

        assertThat(rounds).isBetween(100, 110);
        awaitExit(root);
    }

    @Test
    void killingATreeDoesNotKillTheWatchdogItself() throws Exception {
        show(root, START, INIT, INIT);
        ProcessTree tree = tree();
        show(ProcessHandle.current().pid(), START, root.pid(), root.pid(), "Watchdog_Call=" + marker.value());
        show(other, LATER, ProcessHandle.current().pid(), INIT);

        kill(tree);

        awaitExit(root);
        assertThat(other.isAlive()).isTrue();
    }

    @Test
    void withoutAProcessTableTheDescendantsThatTheJdkKnowsAreKilled() throws Exception {
        Process parent = new ProcessBuilder("/bin/sh", "-c", "sleep 60 & wait").start();
        started.add(parent);
        Eventually.isTrue("child", () -> parent.descendants().count() == 1);
        ProcessHandle child = parent.descendants().findFirst().orElseThrow();

        ProcessTree tree = new ProcessTree(parent.pid(), parent::isAlive, marker);
        ProcessTreeKill.all(new ProcessTable(proc.resolve("nosuch")), List.of(tree));

        awaitExit(parent);
        Eventually.isTrue("child has ended", () -> !child.isAlive() || zombie(child));
        assertThat(other.isAlive()).isTrue();
    }

    private ProcessTree tree() {
        ProcessTree tree = new ProcessTree(root.pid(), root::isAlive, marker);
        tree.identify(new ProcessTable(proc));
        return tree;
    }

    private void kill(ProcessTree... trees) {
        ProcessTreeKill.all(new ProcessTable(proc), List.of(trees));
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
        show(pid, 'S', start, parent, session, environment);
    }

    private void show(long pid, char state, long start, long parent, long session, String... environment)
            throws IOException {
        Path folder = Files.createDirectories(proc.resolve(Long.toString(pid)));
        String stat = "%d (sleep) %c %d 1 %d 0 -1 0 0 0 0 0 0 0 0 0 0 0 0 0 %d 0 0";
        Files.writeString(folder.resolve("stat"), stat.formatted(pid, state, parent, session, start));
        Files.writeString(folder.resolve("environ"), String.join("\0", environment));
    }

    private void hide(Process process) throws IOException {
        Path folder = proc.resolve(Long.toString(process.pid()));
        Files.delete(folder.resolve("stat"));
        Files.delete(folder.resolve("environ"));
        Files.delete(folder);
    }

    private static void awaitExit(Process process) throws InterruptedException {
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }

    /** Whether the process has ended but has not been reaped by its new parent. */
    private static boolean zombie(ProcessHandle handle) {
        return handle.info().command().isEmpty();
    }
}
