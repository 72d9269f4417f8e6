String log = new File(basedir, 'build.log').text
def port = { String module ->
    def line = log =~ /Serving ${module} at http:\/\/localhost:(\d+)/
    assert line.find()
    line.group(1)
}
assert port('one') != port('two')
def ended = { String module ->
    Properties told = new Properties()
    new File(basedir, "${module}/target/watchdog/default-cli.ports").withInputStream { told.load(it) }
    !ProcessHandle.of(told.pid as long).present
}
assert ended('one') && ended('two')

// The parent, which is built because of its module, is no function.
assert log.contains('watchdog:layer skips two-modules-in-parallel: it is not the function')
assert new File(basedir, 'two/target/watchdog/layer.tar').exists()
assert !new File(basedir, 'target/watchdog/layer.tar').exists()
