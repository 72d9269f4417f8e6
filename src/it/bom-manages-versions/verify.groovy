String log = new File(basedir, 'build.log').text

assert log.contains('dev.fnwatchdog:watchdog-core:jar:')
// The version that Undertow brings by itself warns on new JDKs.
assert log =~ /org\.jboss\.threads:jboss-threads:jar:3\.(9|\d\d)\./
