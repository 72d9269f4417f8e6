// Proves specification 10.5, 10.7 and 10.9.
File folder = new File(basedir, 'target/watchdog')
String log = new File(basedir, 'build.log').text

assert log.count('The image of the manifests is registry.example.com/functions/greeting:1') == 2
assert log.contains('The image of the manifests is registry.example.com/functions/greeting@sha256:abab')
assert log.contains('OpenFaaS limits a shutdown to write_timeout plus 2 s, which is 32 s, and the longest shutdown takes 50 s')
assert log.contains('watchdog:manifests: port="8012" cannot be used: expected a port that is not reserved for Knative\'s own proxy')

// The third build wrote for Knative alone.
assert folder.list().findAll { it.endsWith('.yaml') } == ['knative.yaml']
String knative = new File(folder, 'knative.yaml').text
['apiVersion: serving.knative.dev/v1', '- name: h2c\n', 'containerConcurrency: 20\n', 'timeoutSeconds: 50\n',
 'image: registry.example.com/functions/greeting@sha256:abab', 'memory: "512Mi"'].each {
    assert knative.contains(it)
}
return true
