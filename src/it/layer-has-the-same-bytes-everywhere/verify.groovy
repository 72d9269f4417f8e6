import groovy.json.JsonSlurper

File folder = new File(basedir, 'target/watchdog')
File tar = new File(folder, 'layer.tar')

// Builds the layer again in another folder, by another user whose files only the owner may read, with other file times and in
// another time zone and language.
File elsewhere = new File(basedir, 'elsewhere')
String fetched = new groovy.xml.XmlSlurper().parse(new File(basedir, 'pom.xml')).properties.fetched.text()
File settings = new File(basedir, 'settings.xml')
settings.text = new File(basedir, '../../../../src/it/settings.xml').text.replace('@localRepositoryUrl@', fetched)
String script = """
    set -e
    umask 077
    mkdir elsewhere
    cp -R pom.xml function src elsewhere
    cd elsewhere
    exec "${System.getProperty('maven.home')}/bin/mvn" -o -B -ntp -s "${settings}" \
        -Dmaven.repo.local="${localRepositoryPath}" -Duser.name=somebody -Duser.timezone=Asia/Kathmandu -Duser.language=tr package
"""
ProcessBuilder builder = new ProcessBuilder('sh', '-c', script).directory(basedir).redirectErrorStream(true)
builder.environment().putAll([TZ: 'Asia/Kathmandu', LC_ALL: 'C', JAVA_HOME: System.getProperty('java.home')])
Process again = builder.start()
String log = again.inputStream.text
assert again.waitFor() == 0 : log
assert Arrays.equals(new File(elsewhere, 'target/watchdog/layer.tar').bytes, tar.bytes)
assert new File(elsewhere, 'target/watchdog/layer.json').text == new File(folder, 'layer.json').text

String listing = ['tar', '--numeric-owner', '--utc', '-tvf', tar.path].execute().text
List<String> files = listing.readLines()*.replaceAll(/\s+/, ' ').findAll { !it.startsWith('d') }
assert files.every { it.contains(' 0/0 ') && it.contains(' 1970-01-01 00:00 ') }
assert files.collect { it.split(' ').last() }*.replaceAll(/-[0-9.]+\.jar/, '.jar') == [
    'usr/lib/watchdog/start', 'usr/lib/watchdog/watchdog.jar', 'home/app/lib/jspecify.jar',
    'home/app/classes/b.txt', 'home/app/classes/data/a.txt', 'home/app/bin/greet'
]
assert files.findAll { it.startsWith('-rwxr-xr-x ') }.collect { it.split(' ').last() } == ['home/app/bin/greet']

Map description = new JsonSlurper().parse(new File(folder, 'layer.json'))
assert description.entrypoint == ['java', '@/usr/lib/watchdog/start']
assert description.environment == [CLASSPATH: '/home/app/classes:/home/app/lib/jspecify-1.0.1.jar', LANG: 'C.UTF-8', fprocess: '/home/app/bin/greet "a b"', greeting: 'costs $1']
assert description.user == '12000'

String start = new File(folder, 'layer/watchdog/usr/lib/watchdog/start').text
assert start.readLines()[-3..-1] == ['"-Dgreeting=good morning"', '-jar', '/usr/lib/watchdog/watchdog.jar']
String dockerfile = new File(folder, 'layer/Dockerfile').text
assert dockerfile.contains('FROM eclipse-temurin:17-jre\nCOPY watchdog/ /\nCOPY libraries/ /\nCOPY classes/ /\nCOPY files/ /\n')
assert dockerfile.contains('ENV fprocess="/home/app/bin/greet \\"a b\\""\nENV greeting="costs \\$1"\n')
