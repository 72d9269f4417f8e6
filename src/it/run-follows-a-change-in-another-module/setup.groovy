// Acts as a developer: invokes the function, saves a change in a module that it depends on, then changes in the pom.xml of that module
// and of their parent, invokes it after each, and ends the build.
File ports = new File(basedir, 'function/target/watchdog/default-cli.ports')
File source = new File(basedir, 'words/src/main/java/it/Words.java')
File words = new File(basedir, 'words/pom.xml')
File parent = new File(basedir, 'pom.xml')
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

        // The same sources, compiled with another output.
        source.text = source.text.replace('second', 'third')
        words.text = words.text.replace('</project>', '<properties><maven.compiler.parameters>true</maven.compiler.parameters></properties></project>')
        poll { url.text == 'third' }
        result.third = url.text

        parent.text = parent.text.replace('</properties>', '<watchdog.content_type>text/x-fourth</watchdog.content_type></properties>')
        poll {
            Properties now = new Properties()
            if (ports.exists()) {
                ports.withInputStream { now.load(it) }
            }
            now.pid && now.pid != told.pid && (told = now)
        }
        result.type = new URL("http://localhost:${told.port}/").openConnection().contentType
    } catch (Exception e) {
        result.failure = e.toString()
    }
    // Written before the build ends: verify.groovy reads it without waiting.
    seen.withOutputStream { result.store(it, null) }
    "kill -TERM ${maven.pid()}".execute().waitFor()
}
return true
