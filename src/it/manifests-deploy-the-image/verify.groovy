// Proves specification 10.5, 10.7 and 10.9.
File folder = new File(basedir, 'target/watchdog')
String log = new File(basedir, 'build.log').text

assert log.count('The image of the manifests is registry.example.com/functions/greeting:1') == 2
assert log.contains('The image of the manifests is registry.example.com/functions/greeting@sha256:abab')
assert log.contains('OpenFaaS grants a stop write_timeout and 2 s, 32 s, of the 50 s that the longest one takes')
assert log.contains('watchdog:manifests: port="8012" cannot be used: expected a port that Knative\'s own proxy leaves free')

// The third build wrote for Knative alone.
assert folder.list().findAll { it.endsWith('.yaml') } == ['knative.yaml']
String knative = new File(folder, 'knative.yaml').text
['apiVersion: serving.knative.dev/v1', '- name: h2c\n', 'containerConcurrency: 20\n', 'timeoutSeconds: 50\n',
 'image: registry.example.com/functions/greeting@sha256:abab', 'memory: "512Mi"'].each {
    assert knative.contains(it)
}
return true
