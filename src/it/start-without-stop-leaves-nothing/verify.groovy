// Proves specification 7.29.
assert new File(basedir, 'build.log').text.contains('Serving start-without-stop-leaves-nothing at')

Properties told = new Properties()
new File(basedir, 'target/watchdog/default-cli.ports').withInputStream { told.load(it) }
assert !ProcessHandle.of(told.pid as long).present
