import groovy.json.JsonSlurper
import java.security.MessageDigest

File first = new File(basedir, 'target/first.tar')
assert Arrays.equals(first.bytes, new File(basedir, 'target/again.tar').bytes)

File image = new File(basedir, 'image')
image.mkdir()
assert ['tar', '-C', image.path, '-xf', first.path].execute().waitFor() == 0
Map manifest = new JsonSlurper().parse(new File(image, 'manifest.json'))[0]
// Proves specification 10.4.
assert manifest.RepoTags as Set == ['functions/greeting:1-SNAPSHOT', 'functions/greeting:newest'] as Set

Map configuration = new JsonSlurper().parse(new File(image, manifest.Config))
assert configuration.created == '2026-01-01T00:00:00Z'
assert configuration.config.User == '12000'
assert configuration.config.WorkingDir == '/home/app'
assert configuration.config.Entrypoint == ['java', '@/usr/lib/watchdog/start']
assert configuration.config.ExposedPorts.keySet() == ['8081/tcp', '9090/tcp'] as Set
Map labels = configuration.config.Labels
assert labels['com.example.team'] == 'greeters'
assert labels['org.opencontainers.image.title'] == 'image-goes-to-a-tar'
assert labels['org.opencontainers.image.version'] == '1'
assert labels['org.opencontainers.image.created'] == '2026-01-01T00:00:00Z'
assert configuration.history.any { it.created_by == 'watchdog-maven-plugin:' + new File(basedir, 'pom.xml').text.find(/(?<=<version>)\d+\.[^<]+(?=<\/version>)/) }

// The image's id is the digest of its configuration, as Docker computes it.
Map written = new JsonSlurper().parse(new File(basedir, 'target/watchdog/image.json'))
String id = 'sha256:' + MessageDigest.getInstance('SHA-256').digest(new File(image, manifest.Config).bytes).encodeHex()
assert written == [image: 'functions/greeting:1-SNAPSHOT', imageId: id, tags: ['1-SNAPSHOT', 'newest']]
assert !new File(basedir, 'target/watchdog/image.digest').exists()
assert configuration.config.Env as Set ==
    ['PATH=/opt/java/bin', 'LANG=C.UTF-8', 'fprocess=cat', 'port=9090', 'CLASSPATH=/home/app/classes'] as Set
assert configuration.config.StopSignal == 'SIGTERM'
assert configuration.config.Healthcheck.Test ==
    ['CMD', 'java', '-XX:TieredStopAtLevel=1', '@/usr/lib/watchdog/start', '--run-healthcheck']

List<String> layers = manifest.Layers.collect { ['tar', '-tzf', new File(image, it).path].execute().text }
assert layers.size() == 3
assert layers[0].contains('etc/base')
assert layers[1].contains('usr/lib/watchdog/watchdog.jar') && layers[1].contains('usr/lib/watchdog/start')
assert layers[2].contains('home/app/classes/greeting.txt')

String log = new File(basedir, 'build.log').text
assert log.contains('has no class archive')
// Proves specification 10.3.
assert log =~ /The watchdog starts with these files and settings on Java \d\S+; the image's Java was not tried/
