String log = new File(basedir, 'build.log').text

assert log.contains('watchdog:image: watchdog.image.platforms="linux/amd64,linux/arm64" cannot be used: expected one platform, '
    + "since only a registry takes several: set watchdog.image.to to a registry's name")
assert log.contains('watchdog:image: exec_timeout="soon" cannot be used: expected ')
assert log.contains('It comes from <settings><exec_timeout>.')
assert log.contains('watchdog:image: watchdog.image.to="NotSo" cannot be used: expected an image\'s name such as ')
assert !new File(basedir, 'target/watchdog/image.tar').exists()
