// Proves specification 7.29.
Properties told = new Properties()
new File(basedir, 'target/watchdog/default-cli.ports').withInputStream { told.load(it) }

def left = {
    ProcessHandle.allProcesses()
        .filter { it.pid() == (told.pid as long) || it.info().commandLine().orElse('') ==~ /.*sleep 61[45]/ }
        .map { it.info().commandLine().orElse('') }
        .toList()
}
long end = System.nanoTime() + 20_000_000_000L
while (left() && System.nanoTime() < end) {
    Thread.sleep(50)
}
assert left() == []
