String log = new File(basedir, 'build.log').text

assert log.contains('watchdog:image: watchdog.image.platforms="linux/amd64,linux/arm64" cannot be used: expected one platform, '
    + "because only a registry takes several: set watchdog.image.to to a registry's name")
assert log.contains('watchdog:image: exec_timeout="soon" cannot be used: expected ')
assert log.contains('It comes from <settings><exec_timeout>.')
assert log.contains('watchdog:image: watchdog.image.to="NotSo" cannot be used: expected an image\'s name such as ')
// A registry that cannot be reached is told once, and at once.
assert log.count('watchdog:image: the registry 127.0.0.1:1 of watchdog.image.to="127.0.0.1:1/hello:1" cannot be reached: ') == 1
assert log.contains('Check its name and its port')
assert !log.contains('I/O error for image')
assert !new File(basedir, 'target/watchdog/image.tar').exists()
