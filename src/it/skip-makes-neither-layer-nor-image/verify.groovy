String log = new File(basedir, 'build.log').text

assert log.contains('watchdog:layer is skipped (watchdog.skip=true)')
assert log.contains('watchdog:manifests is skipped (watchdog.skip=true)')
assert log.contains('watchdog:image is skipped (watchdog.skip=true)')
assert !new File(basedir, 'target/watchdog').exists()
