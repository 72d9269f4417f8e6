// Acts as a developer: invokes the function, saves a change in a module that it depends on, invokes it again, and ends the build.
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
    poll { ports.exists() }
    Properties told = new Properties()
    ports.withInputStream { told.load(it) }
    ProcessHandle maven = ProcessHandle.of(told.pid as long).get().parent().get()
    Properties result = new Properties()
    try {
        URL url = new URL("http://localhost:${told.port}/")
        result.first = url.text
        source.text = source.text.replace('first', 'second')
        poll { url.text == 'second' }
        result.second = url.text
    } catch (Exception e) {
        result.failure = e.toString()
    }
    // Written before the build ends: verify.groovy reads it without waiting.
    seen.withOutputStream { result.store(it, null) }
    "kill -TERM ${maven.pid()}".execute().waitFor()
}
return true
