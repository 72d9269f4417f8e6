String log = new File(basedir, 'build.log').text
assert ['run', 'start', 'stop'].every { log.contains("watchdog:${it} is skipped (watchdog.skip=true)") }
assert !new File(basedir, 'target/watchdog').exists()
