package dev.fnwatchdog.maven.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FoldersTest {
    private static final int ROUNDS = 50;

    @TempDir
    Path folder;

    /** When a signal ends Maven, its shutdown hook and the goal delete the same copies. */
    @Test
    void aFolderThatTwoThreadsDeleteAtOnceIsDeletedWithoutAFailure() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            for (int round = 0; round < ROUNDS; round++) {
                Path tree = tree(folder.resolve("round" + round));
                CyclicBarrier barrier = new CyclicBarrier(2);
                Callable<Void> deletion = () -> {
                    barrier.await();
                    Folders.delete(tree);
                    return null;
                };
                Future<Void> first = threads.submit(deletion);
                Future<Void> second = threads.submit(deletion);

                assertThatCode(first::get).doesNotThrowAnyException();
                assertThatCode(second::get).doesNotThrowAnyException();
                assertThat(tree).doesNotExist();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static Path tree(Path root) throws IOException {
        for (int inner = 0; inner < 5; inner++) {
            Path parent = Files.createDirectories(root.resolve("folder" + inner).resolve("inner"));
            for (int file = 0; file < 5; file++) {
                Files.createFile(parent.resolve("file" + file));
            }
        }
        return root;
    }
}
