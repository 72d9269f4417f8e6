import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The least that one process a call costs with the JDK's own Process: starts the child with pipes, writes a body, reads the
 * response to its end, waits for the child; again and again, in as many threads as the watchdog would have connections.
 *
 * <p>java Processes.java THREADS SECONDS WARM-UP-SECONDS COMMAND... prints calls a second, p99 in ms, CPU us a call: own, children's.
 */
final class Processes {
    private static final byte[] BODY = new byte[32];
    private static final int TICKS_A_SECOND = 100;

    private final List<String> command;
    private final List<Double> millis = new ArrayList<>();

    private Processes(List<String> command) {
        this.command = command;
    }

    public static void main(String[] args) throws Exception {
        List<String> command = Arrays.asList(args).subList(3, args.length);
        int threads = Integer.parseInt(args[0]);
        run(threads, Double.parseDouble(args[2]), command);

        double[] before = cpuSeconds();
        long begin = System.nanoTime();
        List<Double> millis = run(threads, Double.parseDouble(args[1]), command);
        double seconds = (System.nanoTime() - begin) / 1e9;
        double[] after = cpuSeconds();
        millis.sort(null);
        System.out.printf("%f %f %f %f%n", millis.size() / seconds, millis.get(millis.size() * 99 / 100),
                (after[0] - before[0]) / millis.size() * 1e6, (after[1] - before[1]) / millis.size() * 1e6);
    }

    private static List<Double> run(int count, double seconds, List<String> command) throws Exception {
        long end = System.nanoTime() + (long) (seconds * 1e9);
        List<Processes> callers = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Processes caller = new Processes(command);
            callers.add(caller);
            threads.add(new Thread(() -> caller.callUntil(end)));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        return new ArrayList<>(callers.stream().flatMap(caller -> caller.millis.stream()).toList());
    }

    private void callUntil(long end) {
        try {
            while (System.nanoTime() - end < 0) {
                long begin = System.nanoTime();
                call();
                millis.add((System.nanoTime() - begin) / 1e6);
            }
        } catch (IOException | InterruptedException e) {
            e.printStackTrace();
            System.exit(1);
        }
    }

    private void call() throws IOException, InterruptedException {
        Process child = new ProcessBuilder(command).redirectError(Redirect.DISCARD).start();
        try (OutputStream in = child.getOutputStream()) {
            in.write(BODY);
        } catch (IOException endedWithoutReading) {
            // As the program "true" does.
        }
        try (InputStream out = child.getInputStream()) {
            out.readAllBytes();
        }
        child.waitFor();
    }

    /** Returns the time of this process, and that of its children that have ended. */
    private static double[] cpuSeconds() throws IOException {
        String stat = Files.readString(Path.of("/proc/self/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return new double[] {sum(fields[11], fields[12]), sum(fields[13], fields[14])};
    }

    private static double sum(String ticks, String otherTicks) {
        return (Long.parseLong(ticks) + Long.parseLong(otherTicks)) / (double) TICKS_A_SECOND;
    }
}
