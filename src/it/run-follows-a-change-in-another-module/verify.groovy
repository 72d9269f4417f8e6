// Proves specification 7.26, 13.6: new requests go to the new version, on the same port, also after a change in a pom.xml.
Properties seen = new Properties()
new File(basedir, 'seen.properties').withInputStream { seen.load(it) }
assert seen.failure == null
assert seen.first == 'first'
assert seen.second == 'second'
assert seen.third == 'third'
// Proves specification 13.6: a parameter that the parent's pom.xml has.
assert seen.type == 'text/x-fourth'

String log = new File(basedir, 'build.log').text
assert log.contains('watchdog:run skips words: it is not the function')
assert log.contains('Serving function at http://localhost:')
assert !log.contains('apart')
assert log.contains('The parameters of watchdog:run have changed')
