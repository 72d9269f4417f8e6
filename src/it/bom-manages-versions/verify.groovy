String log = new File(basedir, 'build.log').text

assert log.contains('dev.fnwatchdog:watchdog-core:jar:')
// The version that Undertow itself depends on prints warnings on new JDKs.
assert log =~ /org\.jboss\.threads:jboss-threads:jar:3\.(9|\d\d)\./

// A project that imports the BOM keeps its own versions of test libraries.
File parents = new File(localRepositoryPath, 'dev/fnwatchdog/watchdog-parent')
List<File> poms = []
parents.eachFileRecurse { if (it.name.endsWith('.pom')) poms << it }
assert poms.size() == 1
String managed = new groovy.xml.XmlSlurper().parse(poms[0]).dependencyManagement.text()
// The artifact for tests of functions, whose JUnit is the project's own.
assert managed.contains('watchdog-junit')
assert managed.contains('undertow-core')
assert !(managed.replace('watchdog-junit', '') =~ /junit|assertj|archunit/)
