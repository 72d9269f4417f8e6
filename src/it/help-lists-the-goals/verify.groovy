String log = new File(basedir, 'build.log').text

assert ['help', 'image', 'layer', 'manifests', 'run', 'start', 'stop'].every { log.contains("watchdog:${it}") }
