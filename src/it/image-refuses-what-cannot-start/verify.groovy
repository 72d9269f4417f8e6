// Proves specification 10.2, 10.3 and 10.4.
String log = new File(basedir, 'build.log').text

['watchdog:image: the watchdog would not start in the image: cannot load handler com.example.Missing: no such class',
 'watchdog:image: the watchdog would not start in the image: no handler found: set handler to its class',
 'watchdog:layer: the watchdog would not start in the image: java.lang.String is not a handler: expected ',
 'watchdog:image: watchdog.image.from="scratch" cannot be used: expected a base image with Java, or a Java in '
     + 'watchdog.image.files with its command in watchdog.image.java',
 'none.tar" cannot be used: expected a base image with Java; this one has no java',
 'old.tar" cannot be used: expected a base image with Java 17 or later; its Java is 11.0.2',
 'watchdog:image: watchdog.image.archive="build" cannot be used: expected base or none, because the Java of '].each {
    assert log.contains(it)
}
assert log =~ /newer\.tar is 99\.0\.1\+7 and this build's is \d+\./
assert !new File(basedir, 'target/watchdog/image.tar').exists()
