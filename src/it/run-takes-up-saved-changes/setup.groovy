// Acts as a developer: waits until the function is served, invokes it, saves changes, invokes it again, and interrupts Maven.
File ports = new File(basedir, 'target/watchdog/default-cli.ports')
File source = new File(basedir, 'src/main/java/com/openfaas/function/Handler.java')
File seen = new File(basedir, 'seen.properties')

def poll = { Closure<Boolean> done ->
    long end = System.nanoTime() + 100_000_000_000L
    while (!done() && System.nanoTime() < end) {
        Thread.sleep(20)
    }
}
def call = { String url ->
    HttpURLConnection connection = new URL(url).openConnection()
    int status = connection.responseCode
    [status, (status < 400 ? connection.inputStream : connection.errorStream).text]
}
def save = { String from, String to -> source.text = source.text.replace(from, to) }

// The first build does not compile.
save('Word.TEXT', 'Word.ABSENT')

Thread.start('developer') {
    Properties result = new Properties()
    ProcessHandle watchdog = null
    ProcessHandle maven = null
    try {
        poll { ports.exists() }
        Properties told = new Properties()
        ports.withInputStream { told.load(it) }
        String url = "http://localhost:${told.port}/"
        watchdog = ProcessHandle.of(told.pid as long).get()
        maven = watchdog.parent().get()
        result.unbuilt = call(url).toString()
        save('Word.ABSENT', 'Word.TEXT')
        poll { call(url)[0] == 200 }
        result.first = call(url).toString()
        def slow = new java.util.concurrent.FutureTask({ call(url + 'slow').toString() })
        Thread.start { slow.run() }
        Thread.sleep(300)

        save('"first "', '"second "')
        long saved = System.nanoTime()
        poll { call(url)[1] != 'first version' }
        result.millis = ((System.nanoTime() - saved).intdiv(1_000_000)) as String
        result.second = call(url).toString()
        result.slow = slow.get()

        save('Word.TEXT', 'Word.MISSING')
        poll { call(url)[0] != 200 }
        result.broken = call(url).toString()

        save('Word.MISSING', 'Word.TEXT')
        poll { call(url)[0] == 200 }
        result.mended = call(url).toString()

        String constructor = '{ public Handler() { throw new IllegalStateException("no database"); }'
        save('implements IHandler {', 'implements IHandler ' + constructor)
        poll { call(url)[0] != 200 }
        result.throwing = call(url).toString()
        save('implements IHandler ' + constructor, 'implements IHandler {')
        poll { call(url)[0] == 200 }
        result.constructed = call(url).toString()
    } catch (Exception e) {
        result.failure = e.toString()
    }
    if (maven != null) {
        // A build in the background ignores SIGINT, and its child processes inherit this.
        String ignored = new File("/proc/${maven.pid()}/status").readLines().find { it.startsWith('SigIgn') }.split(/\s+/)[1]
        "kill -${Long.parseLong(ignored, 16) & 2 ? 'TERM' : 'INT'} ${maven.pid()}".execute().waitFor()
        poll { !maven.isAlive() && !watchdog.isAlive() }
        result.left = [maven, watchdog].findAll { it.isAlive() }.toString()
        watchdog.destroyForcibly()
        maven.destroyForcibly()
    }
    // Renamed once it is complete: verify.groovy waits for the file.
    File draft = new File(basedir, 'seen.draft')
    draft.withOutputStream { result.store(it, null) }
    draft.renameTo(seen)
}
return true
