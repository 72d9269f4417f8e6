import java.nio.file.Files
import java.nio.file.Path

Path from = new File(basedir, '../../../../template/java-watchdog').canonicalFile.toPath()
Files.walk(from).filter { !it.startsWith(from.resolve('function/target')) }.forEach {
    Path copy = basedir.toPath().resolve(from.relativize(it).toString())
    Files.isDirectory(it) ? Files.createDirectories(copy) : Files.copy(it, copy)
}
return true
