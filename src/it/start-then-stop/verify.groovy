String log = new File(basedir, 'build.log').text
assert log =~ /Serving start-then-stop at http:\/\/localhost:\d+/
assert log.contains('The watchdog has ended')
assert new File(basedir, 'target/failsafe-reports/TEST-it.GreetingIT.xml').text.contains('tests="1" errors="0"')

File target = new File(basedir, 'target/watchdog')
Properties told = new Properties()
new File(target, 'default.ports').withInputStream { told.load(it) }
assert !ProcessHandle.of(told.pid as long).present
assert new File(target, 'default.log').text.contains('GET / - 200')

// Proves specification 14.7: the JVM has kept its classes.
int feature = Runtime.version().feature()
assert (target.list().count { it ==~ /default-\w+\.jsa/ } == 1) == (feature >= 19 && feature <= 25)
