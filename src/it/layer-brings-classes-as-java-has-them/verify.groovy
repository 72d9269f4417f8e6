import groovy.json.JsonSlurper

File folder = new File(basedir, 'target/watchdog')
Map archive = new JsonSlurper().parse(new File(folder, 'layer.json')).archive
assert archive.java.startsWith(System.getProperty('java.version'))

File root = new File(basedir, 'root')
root.mkdir()
['layer.tar', archive.layer].each {
    assert ['tar', '-C', root.path, '-xf', new File(folder, it).path].execute().waitFor() == 0
}

// As in the image, except that the root of the image is a folder here. The working folder is as deep in it as the relative path of
// the archive climbs: the path ends in this folder as it ends at the root in a container.
File deep = new File(root, '1/2/3/4/5/6/7/8')
deep.mkdirs()
String option = archive.option.replace('=/', "=${root.path}/")
List<String> command = [System.getProperty('java.home') + '/bin/java', option, '-Xlog:class+load', '-XX:+UseSerialGC',
    '-jar', root.path + '/usr/lib/watchdog/watchdog.jar', '--version']
List<String> loaded = command.execute(null, deep).text.readLines()
String main = loaded.find { it.contains('dev.fnwatchdog.undertow.Main source:') }
assert main =~ /source: shared objects file/
