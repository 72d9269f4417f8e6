// Acts as a developer: changes pom.xml, installs a dependency again, makes mistakes in pom.xml, and invokes the function after each change.
import java.util.jar.JarEntry
import java.util.jar.JarOutputStream
import javax.tools.ToolProvider

File ports = new File(basedir, 'target/watchdog/default-cli.ports')
File pom = new File(basedir, 'pom.xml')
File source = new File(basedir, 'src/main/java/com/openfaas/function/Handler.java')
File seen = new File(basedir, 'seen.properties')
File repository = new File(localRepositoryPath, 'it/word/1-SNAPSHOT')
String dependency = '<dependency><groupId>it</groupId><artifactId>word</artifactId><version>1-SNAPSHOT</version></dependency>'

// What "mvn install" of that project does.
def install = { String text ->
    File work = new File(basedir, 'word')
    work.mkdirs()
    new File(work, 'Word.java').text = "package it; public class Word { public static String text() { return \"${text}\"; } }"
    assert ToolProvider.systemJavaCompiler.run(null, null, null, '-d', work.path, new File(work, 'Word.java').path) == 0
    repository.mkdirs()
    new File(repository, 'word-1-SNAPSHOT.pom').text =
        '<project><modelVersion>4.0.0</modelVersion><groupId>it</groupId><artifactId>word</artifactId><version>1-SNAPSHOT</version></project>'
    new JarOutputStream(new FileOutputStream(new File(repository, 'word-1-SNAPSHOT.jar'))).withCloseable {
        it.putNextEntry(new JarEntry('it/Word.class'))
        it.write(new File(work, 'it/Word.class').bytes)
    }
}
def poll = { String purpose, Closure<Boolean> done ->
    long end = System.nanoTime() + 60_000_000_000L
    while (!done()) {
        if (System.nanoTime() > end) {
            throw new IllegalStateException("not within a minute: ${purpose}")
        }
        Thread.sleep(20)
    }
}
def told = {
    Properties read = new Properties()
    if (ports.exists()) {
        ports.withInputStream { read.load(it) }
    }
    read
}
def call = { String path, String accept = '*/*' ->
    HttpURLConnection connection = new URL("http://localhost:${told().port}${path}").openConnection()
    connection.setRequestProperty('Accept', accept)
    int status = connection.responseCode
    [status, (status < 400 ? connection.inputStream : connection.errorStream).text]
}
def replace = { File file, String from, String to ->
    assert file.text.contains(from)
    file.text = file.text.replace(from, to)
}

Thread.start('developer') {
    Properties result = new Properties()
    ProcessHandle maven = null
    try {
        poll('start') { told().pid }
        String pid = told().pid
        maven = ProcessHandle.of(pid as long).get().parent().get()
        result.first = call('/').toString()

        install('one')
        replace(pom, '<!-- more -->', dependency)
        replace(source, '"no word"', 'it.Word.text()')
        poll('new dependency') { call('/')[1] == 'one' }
        result.added = call('/').toString()

        install('another')
        poll('dependency installed again') { call('/')[1] == 'another' }
        result.installed = call('/').toString()

        replace(pom, '</dependencies>', '</dependencies')
        poll('broken pom') { call('/')[0] == 500 }
        result.broken = call('/').toString()
        result.page = call('/', 'text/html')[1]
        replace(pom, '</dependencies', '</dependencies>')
        poll('pom is corrected') { call('/')[0] == 200 }
        result.corrected = call('/').toString()

        replace(pom, '<version>1-SNAPSHOT<', '<version>9-SNAPSHOT<')
        poll('dependency that there is not') { call('/')[0] == 500 }
        result.unresolved = call('/').toString()
        replace(pom, '<version>9-SNAPSHOT<', '<version>1-SNAPSHOT<')
        poll('dependency is corrected') { call('/')[0] == 200 }

        replace(pom, '<max_inflight>4<', '<max_inflight>x<')
        poll('wrong setting') { call('/')[0] == 500 }
        result.wrong = call('/').toString()
        result.same = told().pid == pid
        replace(pom, '<max_inflight>x<', '<max_inflight>5<')
        poll('another start') { told().pid && told().pid != pid }
        poll('another start serves') { call('/')[0] == 200 }
        result.restarted = call('/').toString()
        result.dev = call('/_/dev')[1]
    } catch (Throwable e) {
        result.failure = e.toString()
    }
    // Written before the build ends: verify.groovy reads it without waiting.
    result.replaceAll { key, value -> value.toString() }
    seen.withOutputStream { result.store(it, null) }
    if (maven != null) {
        "kill -TERM ${maven.pid()}".execute().waitFor()
    }
}
return true
