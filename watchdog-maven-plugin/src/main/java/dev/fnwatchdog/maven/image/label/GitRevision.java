package dev.fnwatchdog.maven.image.label;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/** Finds the commit that is checked out, in the files of git itself, because its program may be missing. */
final class GitRevision {
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}([0-9a-f]{24})?");
    private static final String REFERENCE = "ref: ";
    private static final String ELSEWHERE = "gitdir: ";

    private GitRevision() {}

    /** Returns the commit of the repository that contains a folder; empty if there is none, or no commit yet. */
    static Optional<String> of(Path folder) throws IOException {
        for (Path above = folder.toAbsolutePath(); above != null; above = above.getParent()) {
            Path git = above.resolve(".git");
            if (Files.isDirectory(git)) {
                return head(git);
            }
            if (Files.isRegularFile(git)) {
                // A worktree or a submodule.
                String link = Files.readString(git).strip();
                return link.startsWith(ELSEWHERE)
                        ? head(above.resolve(link.substring(ELSEWHERE.length())))
                        : Optional.empty();
            }
        }
        return Optional.empty();
    }

    private static Optional<String> head(Path git) throws IOException {
        Path head = git.resolve("HEAD");
        if (!Files.isRegularFile(head)) {
            return Optional.empty();
        }
        String text = Files.readString(head).strip();
        if (!text.startsWith(REFERENCE)) {
            return commit(text);
        }
        String name = text.substring(REFERENCE.length());
        Path common = common(git);
        for (Path folder : new Path[] {git, common}) {
            Path reference = folder.resolve(name);
            if (Files.isRegularFile(reference)) {
                return commit(Files.readString(reference).strip());
            }
        }
        return packed(common.resolve("packed-refs"), name);
    }

    /** Returns the folder of what all worktrees of a repository share. */
    private static Path common(Path git) throws IOException {
        Path shared = git.resolve("commondir");
        return Files.isRegularFile(shared)
                ? git.resolve(Files.readString(shared).strip())
                : git;
    }

    private static Optional<String> packed(Path references, String name) throws IOException {
        if (!Files.isRegularFile(references)) {
            return Optional.empty();
        }
        return Files.readAllLines(references).stream()
                .filter(line -> line.endsWith(" " + name))
                .findFirst()
                .flatMap(line -> commit(line.substring(0, line.indexOf(' '))));
    }

    private static Optional<String> commit(String text) {
        return Optional.of(text).filter(found -> COMMIT.matcher(found).matches());
    }
}
