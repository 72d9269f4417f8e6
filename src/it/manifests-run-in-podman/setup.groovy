import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.StandardCopyOption

void run(String... command) {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start()
    String output = process.text
    assert process.waitFor() == 0 : output
}

// The image's root: a Java, and the libraries of this machine that it is linked with.
File root = new File(basedir, 'src/main/image')
String home = System.getProperty('java.home')
File java = new File(root, 'opt/java')
java.parentFile.mkdirs()
run(home + '/bin/jlink', '--add-modules', 'java.se,jdk.unsupported,jdk.httpserver', '--strip-debug', '--no-header-files', '--no-man-pages',
    '--output', java.path)
new File(java, 'legal').deleteDir()
(['bin/java', 'lib/libjli.so', 'lib/libnet.so', 'lib/libnio.so', 'lib/server/libjvm.so'].collect { new File(java, it).path } as List).each {
    ['ldd', it].execute().text.findAll(/(?:=> |\t)(\/\S+)/) { match, path -> path }.findAll { !it.startsWith(java.path) }.each {
        Path copy = root.toPath().resolve(it.substring(1))
        Files.createDirectories(copy.parent)
        Files.copy(Path.of(it).toRealPath(), copy, StandardCopyOption.REPLACE_EXISTING)
    }
}

// Open at the same time, so that they differ.
List<ServerSocket> ports = (1..3).collect { new ServerSocket(0) }
new File(basedir, 'test.properties').text = ['functionPort', 'metricsPort', 'upstreamPort'].withIndex()
    .collect { name, i -> "${name}=${ports[i].localPort}" }.join('\n')
ports*.close()
return true
