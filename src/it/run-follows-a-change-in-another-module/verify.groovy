// Proves specification 7.26: new requests go to the new version, on the same port.
Properties seen = new Properties()
new File(basedir, 'seen.properties').withInputStream { seen.load(it) }
assert seen.failure == null
assert seen.first == 'first'
assert seen.second == 'second'

String log = new File(basedir, 'build.log').text
assert log.contains('watchdog:run leaves words alone: it is not the function')
assert log.contains('Serving function at http://localhost:')
assert !log.contains('apart')
