import java.nio.file.Files
import java.nio.file.Path

Path from = new File(basedir, '../../../../examples/junit').canonicalFile.toPath()
Path to = new File(basedir, 'example').toPath()
Files.walk(from).filter { !it.startsWith(from.resolve('target')) }.forEach {
    Path copy = to.resolve(from.relativize(it).toString())
    Files.isDirectory(it) ? Files.createDirectories(copy) : Files.copy(it, copy)
}
return true
