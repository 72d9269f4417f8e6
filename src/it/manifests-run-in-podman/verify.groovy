// Proves specification 10.6, 10.7 and 10.8.
import java.util.concurrent.TimeUnit

// As it runs on machines that are containers themselves.
File configuration = new File(basedir, 'containers.conf')
configuration.text = '''[containers]
default_ulimits=["nofile=4096:4096","nproc=4096:4096"]
[engine]
cgroup_manager="cgroupfs"
events_logger="file"
runtime="runc"
[engine.runtimes]
runc=["/usr/sbin/runc","/usr/bin/runc"]
'''

String podman(File configuration, String... arguments) {
    ProcessBuilder builder = new ProcessBuilder(['podman'] + (arguments as List))
    builder.environment()['CONTAINERS_CONF'] = configuration.path
    Process process = builder.start()
    StringBuffer output = new StringBuffer()
    StringBuffer errors = new StringBuffer()
    process.consumeProcessOutput(output, errors)
    assert process.waitFor(100, TimeUnit.SECONDS) && process.exitValue() == 0 : "podman ${arguments.join(' ')}: $output $errors"
    return output.toString()
}

String status(String url) {
    try {
        HttpURLConnection connection = (HttpURLConnection) new URL(url).openConnection()
        return connection.responseCode == 200 ? '200 ' + connection.inputStream.text : connection.responseCode as String
    } catch (IOException e) {
        return e.message
    }
}

Properties ports = new Properties()
new File(basedir, 'test.properties').withReader { ports.load(it) }
String url = "http://127.0.0.1:${ports.functionPort}"
String image = "localhost/watchdog-it-${ports.functionPort}:1"
File manifest = new File(basedir, 'target/watchdog/kubernetes.yaml')

podman(configuration, 'load', '-i', new File(basedir, 'target/watchdog/image.tar').path)
try {
    podman(configuration, 'kube', 'play', manifest.path)
    String container = podman(configuration, 'ps', '--format', '{{.Names}}', '--filter', "ancestor=$image").trim()

    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60)
    while (!status(url + '/_/ready').startsWith('200')) {
        assert System.nanoTime() < deadline : podman(configuration, 'logs', container)
        Thread.sleep(50)
    }
    assert status(url) == '200 hello from podman\n'
    assert status("http://127.0.0.1:${ports.metricsPort}/metrics").contains('http_requests_total{code="200",method="get"} 1')

    String state = podman(configuration, 'inspect', '--format',
        '{{.State.Pid}} {{.HostConfig.ReadonlyRootfs}}', container)
    List<String> seen = state.trim().split(' ')
    assert seen[1] == 'true'
    Map process = new File("/proc/${seen[0]}/status").readLines().collectEntries { it.split(':\\s*', 2).toList() }
    assert process.Uid.startsWith('12000\t')
    assert process.Gid.startsWith('12000\t')
    assert process.CapEff == '0000000000000000'
    assert process.NoNewPrivs == '1'

    long stop = System.nanoTime()
    podman(configuration, 'stop', '-t', '21', container)
    assert podman(configuration, 'inspect', '--format', '{{.State.ExitCode}}', container).trim() == '0'
    assert manifest.text.contains('terminationGracePeriodSeconds: 21\n')
    assert System.nanoTime() - stop < TimeUnit.SECONDS.toNanos(21)
    podman(configuration, 'kube', 'down', manifest.path)
} finally {
    // Also where the test has failed: the first failure is the one to see.
    ['pod rm -f -t 0', 'rmi -f'].each { command ->
        String name = command.startsWith('pod') ? "watchdog-it-${ports.functionPort}-pod-0" : image
        ProcessBuilder cleanUp = new ProcessBuilder(['podman'] + (command.split(' ') as List) + [name])
        cleanUp.environment()['CONTAINERS_CONF'] = configuration.path
        cleanUp.start().waitFor(60, TimeUnit.SECONDS)
    }
}
return true
