import groovy.json.JsonSlurper

File first = new File(basedir, 'target/first.tar')
assert Arrays.equals(first.bytes, new File(basedir, 'target/again.tar').bytes)

File image = new File(basedir, 'image')
image.mkdir()
assert ['tar', '-C', image.path, '-xf', first.path].execute().waitFor() == 0
Map manifest = new JsonSlurper().parse(new File(image, 'manifest.json'))[0]
assert manifest.RepoTags as Set == ['functions/greeting:1', 'functions/greeting:newest'] as Set

Map configuration = new JsonSlurper().parse(new File(image, manifest.Config))
assert configuration.created == '2026-01-01T00:00:00Z'
assert configuration.config.User == '12000'
assert configuration.config.WorkingDir == '/home/app'
assert configuration.config.Entrypoint == ['java', '@/usr/lib/watchdog/start']
assert configuration.config.ExposedPorts.keySet() == ['8081/tcp', '9090/tcp'] as Set
assert configuration.config.Labels == ['com.example.team': 'greeters']
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

assert new File(basedir, 'build.log').text.contains('has no archive of classes')
