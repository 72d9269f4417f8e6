File file = new File(basedir, 'seen.properties')
long end = System.nanoTime() + 10_000_000_000L
while (!file.exists() && System.nanoTime() < end) {
    Thread.sleep(50)
}
Properties seen = new Properties()
file.withInputStream { seen.load(it) }

// Proves specification 7.26, 7.28, 13.8.
assert seen.failure == null
assert seen.unbuilt.startsWith('[500, ')
assert seen.unbuilt =~ /Handler\.java:\[\d+,\d+\]/ && seen.unbuilt.contains('ABSENT')
assert seen.first == '[200, first version]'
assert seen.second == '[200, second version]'
// This request was in flight when its version was replaced, and its version had not loaded all of its classes.
assert seen.slow == '[200, first version]'
assert seen.broken.startsWith('[500, ')
assert seen.broken.contains('Handler.java') && seen.broken.contains('MISSING')
assert seen.mended == '[200, second version]'
assert seen.throwing.startsWith('[500, ') && seen.throwing.contains('no database')
// As a page, which escapes it.
assert seen.throwing =~ /at .*Handler\.(<|&lt;)init(>|&gt;)\(Handler\.java:\d+\)/
assert seen.constructed == '[200, second version]'
assert seen.left == '[]'

String log = new File(basedir, 'build.log').text
assert log.contains('Serving run-takes-up-saved-changes at http://localhost:')
assert log.contains('Changed: src/main/java/com/openfaas/function/Handler.java')
assert log.contains('GET / - 200')
assert log.contains('COMPILATION ERROR')
assert log =~ /at .*Handler\.<init>\(Handler\.java:\d+\)/
