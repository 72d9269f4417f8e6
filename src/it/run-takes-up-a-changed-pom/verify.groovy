Properties seen = new Properties()
new File(basedir, 'seen.properties').withInputStream { seen.load(it) }

// Proves specification 13.6: a dependency that is added and one that is installed again.
assert seen.failure == null
assert seen.first == '[200, no word]'
assert seen.added == '[200, one]'
assert seen.installed == '[200, another]'

// Proves specification 13.7: what is wrong in pom.xml, and the next attempt.
assert seen.broken.startsWith('[500, ') && seen.broken.contains('pom.xml')
assert seen.corrected == '[200, another]'
assert seen.unresolved.startsWith('[500, ') && seen.unresolved.contains('it:word:jar:9-SNAPSHOT')
assert seen.wrong.startsWith('[500, ') && seen.wrong.contains('max_inflight="x"')
assert seen.same == 'true'

// Proves specification 13.4: the page reloads itself.
assert seen.page.contains('data-state=') && seen.page.contains('/_/dev/changes')

// Proves specification 13.6, 13.3: other parameters, and where the settings come from.
assert seen.restarted == '[200, another]'
assert seen.dev.contains('<td>max_inflight</td><td>5</td><td>pom: &lt;settings&gt;&lt;max_inflight&gt;</td>')
assert seen.dev.contains('<td>port</td><td>0</td><td>system property: -Dwatchdog.port</td>')
assert seen.dev.contains('<td>mode</td><td>inproc</td><td>default of the goal</td>')

String log = new File(basedir, 'build.log').text
assert log.contains('Changed: pom.xml')
// What Maven has just fetched is no change.
assert !(log =~ /Changed: .*model-/)
assert log.contains('The parameters of watchdog:run have changed: the watchdog is restarted with them.')
