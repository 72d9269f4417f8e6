// A developer: calls the function, saves a change in a module that it needs, calls again, and ends the build.
File ports = new File(basedir, 'function/target/watchdog/default-cli.ports')
File source = new File(basedir, 'words/src/main/java/it/Words.java')
File seen = new File(basedir, 'seen.properties')

def poll = { Closure<Boolean> done ->
    long end = System.nanoTime() + 100_000_000_000L
    while (!done() && System.nanoTime() < end) {
        Thread.sleep(20)
    }
}

Thread.start('developer') {
    Properties result = new Properties()
    try {
        poll { ports.exists() }
        Properties told = new Properties()
        ports.withInputStream { told.load(it) }
        URL url = new URL("http://localhost:${told.port}/")
        result.first = url.text
        source.text = source.text.replace('first', 'second')
        poll { url.text == 'second' }
        result.second = url.text
        "kill -TERM ${ProcessHandle.of(told.pid as long).get().parent().get().pid()}".execute().waitFor()
    } catch (Exception e) {
        result.failure = e.toString()
    }
    seen.withOutputStream { result.store(it, null) }
}
return true
