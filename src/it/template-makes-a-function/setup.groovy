import java.nio.file.Files
import java.nio.file.Path

File template = new File(basedir, '../../../../template/java-watchdog').canonicalFile
// faas-cli reads this line.
assert new File(template, 'template.yml').text.contains('language: java-watchdog')

Path from = new File(template, 'function').toPath()
Path to = new File(basedir, 'function').toPath()
Files.walk(from).filter { !it.startsWith(from.resolve('target')) }.forEach {
    Path copy = to.resolve(from.relativize(it).toString())
    Files.isDirectory(it) ? Files.createDirectories(copy) : Files.copy(it, copy)
}
return true
