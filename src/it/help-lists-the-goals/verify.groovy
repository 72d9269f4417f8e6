String log = new File(basedir, 'build.log').text

assert ['help', 'run', 'start', 'stop'].every { log.contains("watchdog:${it}") }
