String log = new File(basedir, 'build.log').text
assert log =~ /watchdog:start: the watchdog was not ready .* within watchdog.startTimeout=2 seconds/
// The watchdog's own log is part of the build's log.
assert log.contains('Mode: http, fprocess: "sleep 613"')

Properties told = new Properties()
new File(basedir, 'target/watchdog/default-cli.ports').withInputStream { told.load(it) }
assert !ProcessHandle.of(told.pid as long).present
assert !ProcessHandle.allProcesses().anyMatch { it.info().commandLine().orElse('').endsWith('sleep 613') }
