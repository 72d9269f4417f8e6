// Builds the template's image with podman as docs/containers.md has it, from the artifacts of this build. Images of registries are
// not fetched: programs of this machine and the JDK of the build stand in for them.
assert new File(basedir, 'Dockerfile').text.contains('FROM --platform=${BUILDPLATFORM:-')

List<String> needed = ['podman', 'runc', 'nsenter', 'curl', 'umount', 'ldd', 'useradd']
Map<String, String> variables = System.getenv() + [PATH: System.getenv('PATH') + ':/usr/sbin:/sbin']
String missing = System.getProperty('user.name') != 'root' ? 'only root can' : needed.find { name ->
    !variables.PATH.split(':').any { new File(it, name).canExecute() }
}
if (missing) {
    println "The image of the template is not built: ${missing} is missing"
    return true
}

File root = new File(basedir, '../../../..').canonicalFile
// A short path, since that of podman's sockets is limited.
File work = java.nio.file.Files.createTempDirectory('template').toFile()
String jdk = System.getProperty('java.home')

Map run(Map<String, String> variables, File folder, List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder).redirectErrorStream(true)
    builder.environment().putAll(variables)
    Process process = builder.start()
    process.outputStream.close()
    String output = process.inputStream.text
    return [status: process.waitFor(), output: output]
}

Closure<String> succeed = { List<String> command ->
    Map result = run(variables, basedir, command)
    assert result.status == 0 : "${command}\n${result.output}"
    return result.output.trim()
}

File store = new File(work, 'store')
store.mkdirs()
String runc = variables.PATH.split(':').collect { new File(it, 'runc') }.find { it.canExecute() }
new File(work, 'containers.conf').text = """
[containers]
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "runc"
[engine.runtimes]
runc = ["${runc}"]
"""
new File(work, 'registries.conf').text = 'unqualified-search-registries = []\n'
variables += [CONTAINERS_CONF: new File(work, 'containers.conf').path, CONTAINERS_REGISTRIES_CONF: new File(work, 'registries.conf').path]
List<String> podman = ['podman', '--root', "${store}/root".toString(), '--runroot', "${store}/run".toString(), '--tmpdir', "${store}/tmp".toString()]

// The base images: Maven of this build, and the repository of the tests as one that it fetches from.
File base = new File(work, 'base')
succeed(['sh', new File(root, 'watchdog-undertow/src/test/containers/stand-in-base').path, base.path, jdk, 'sh', 'cat', 'dirname', 'expr',
    'ls', 'sed', 'tr', 'uname', 'useradd'])
succeed(['cp', '-R', System.getProperty('maven.home'), new File(base, 'maven').path])
succeed(['ln', '-s', '/maven/bin/mvn', new File(base, 'usr/bin/mvn').path])
new File(base, 'root/.m2').mkdirs()
new File(base, 'root/.m2/settings.xml').text = new File(root, 'src/it/settings.xml').text.replace('@localRepositoryUrl@', 'file:///fetched')
succeed(['tar', '-C', base.path, '-cf', new File(work, 'base.tar').path, '.'])
List<String> volumes = ['--volume', "${jdk}:${jdk}:ro".toString(), '--volume', "${localRepositoryPath}:/fetched:ro".toString()]

Closure<Map> build = { List<String> options ->
    run(variables, basedir, podman + ['build', '--pull=never', '--isolation=chroot'] + volumes + options)
}
try {
    succeed(podman + ['import', '--quiet', '--change', "ENV JAVA_HOME=${jdk}".toString(), '--change', "ENV PATH=${jdk}/bin:/usr/bin:/usr/sbin".toString(),
        new File(work, 'base.tar').path, 'localhost/maven:3.9-eclipse-temurin-21'])
    succeed(podman + ['tag', 'localhost/maven:3.9-eclipse-temurin-21', 'localhost/eclipse-temurin:21-jre'])
    Map maven = build(['-t', 'watchdog-maven', '-f', new File(root, 'docker/maven.Dockerfile').path, new File(localRepositoryPath, 'dev/fnwatchdog').path])
    assert maven.status == 0 : maven.output

    // Left from another version; and a test that fails.
    new File(basedir, 'function/target/lib/model-0.0.1.jar').text = 'of another version'
    new File(basedir, 'function/target/classes/Stale.class').text = 'of another version'
    new File(basedir, 'function/src/test/java/com/openfaas/function/HandlerTest.java').with { text = text.replace('Hello, Ada!', 'Bye, Ada!') }
    List<String> options = ['--build-arg', 'BUILD_IMAGE=watchdog-maven', '-t', 'hello', '.']

    // Proves specification 11.9: the build runs the tests, unless it is told otherwise.
    Map refused = build(options)
    assert refused.status != 0 && refused.output.contains('HandlerTest') : refused.output
    Map built = build(['--build-arg', 'SKIP_TESTS=true'] + options)
    assert built.status == 0 : built.output

    String container = succeed(podman + ['run', '-d', '--network=none', '--read-only', '--tmpfs=/tmp', '--cap-drop=all', '--volume', "${jdk}:${jdk}:ro".toString(), 'hello'])
    String pid = succeed(podman + ['inspect', '--format', '{{.State.Pid}}', container])
    Closure<Map> call = { run(variables, basedir, ['nsenter', "--net=/proc/${pid}/ns/net".toString(), 'curl', '-sf', '-d', 'Ada', 'http://127.0.0.1:8080/']) }
    long deadline = System.nanoTime() + 60_000_000_000L
    Map response = call()
    while (response.status != 0 && System.nanoTime() < deadline) {
        response = call()
    }
    assert response.output == 'Hello, Ada!\n' : run(variables, basedir, podman + ['logs', container]).output

    // Proves specification 11.9: the JVM has found its archive of classes.
    assert succeed(podman + ['exec', container, 'cat', '/home/app/archive.options']) == '-XX:SharedArchiveFile=/home/app/classes.archive'
    assert !run(variables, basedir, podman + ['logs', container]).output.contains('cds')

    // Proves specification 11.8: what was built outside has not got into the image.
    List<String> files = succeed(podman + ['exec', container, 'ls', '/home/app/function/lib', '/home/app/function/classes']).readLines()
    assert files.any { it ==~ /model-.*\.jar/ } && !files.contains('model-0.0.1.jar') && !files.contains('Stale.class')

    // Proves specification 11.9: the watchdog is the one of this build.
    File copied = new File(work, 'watchdog.jar')
    succeed(podman + ['cp', "${container}:/home/app/watchdog.jar".toString(), copied.path])
    assert Arrays.equals(copied.bytes, new File(root, 'watchdog-undertow/target/watchdog.jar').bytes)
} finally {
    run(variables, basedir, podman + ['rm', '--all', '--force', '--time', '0'])
    run(variables, basedir, podman + ['rmi', '--all', '--force'])
    new File('/proc/self/mounts').readLines()*.split(' ')*.getAt(1).findAll { it.startsWith(store.path) }.each { run(variables, basedir, ['umount', it]) }
    run(variables, basedir, ['rm', '-rf', work.path])
}
return true
