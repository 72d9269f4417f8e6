// Proves specification 12.1, 12.2, 12.5, in a build of a project that has nothing else of the watchdog.
File reports = new File(basedir, 'example/target/surefire-reports')
String report = new File(reports, 'TEST-com.example.SumServletTest.xml').text
assert report.contains('tests="2" errors="0"')
assert report.contains('failures="0"')
assert report.contains('POST / - 400')
// Surefire talks to Maven over the descriptors of the process, and complains where something else is printed to them.
assert !reports.list().any { it.endsWith('.dumpstream') }
assert !new File(basedir, 'build.log').text.contains('Corrupted channel')
