// Proves specification 10.2, 10.3 and 10.4.
String log = new File(basedir, 'build.log').text

['watchdog:image: the watchdog would not start in the image: cannot load handler com.example.Missing: no such class',
 'watchdog:image: the watchdog would not start in the image: no handler found: set handler to its class',
 'watchdog:layer: the watchdog would not start in the image: handler java.lang.String is none: expected ',
 'watchdog:image: watchdog.image.from="scratch" cannot be used: expected a base image with Java, or a Java below '
     + 'watchdog.image.files that watchdog.image.java names',
 'none.tar" cannot be used: expected a base image with Java, and there is no java in it',
 'old.tar" cannot be used: expected a base image with Java 17 or later, and its Java is 11.0.2',
 'watchdog:image: watchdog.image.archive="build" cannot be used: expected base or none, since the Java of '].each {
    assert log.contains(it)
}
assert log =~ /newer\.tar is 99\.0\.1\+7 and this build's is \d+\./
assert !new File(basedir, 'target/watchdog/image.tar').exists()
