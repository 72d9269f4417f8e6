String log = new File(basedir, 'build.log').text

def told = { String text -> assert log.contains(text) }
told('-Dwatchdog.exec_timout has no effect')
// Proves specification 1.8.
told('(-Dwatchdog.exec_timeout is one)')
told('watchdog:start: mode="streamed" cannot be used: expected')
told('It comes from <mode>.')
told('port="80a" cannot be used: expected a port from 0 to 65535. It comes from -Dwatchdog.port.')
told('write_timeout="soon" cannot be used: expected')
told("It comes from the project's property watchdog.write_timeout.")
told('watchdog.workingDirectory="/none/such" cannot be used: expected an existing folder')
told("watchdog.additionalClasspathElements=\"${basedir}/none.jar\" cannot be used: expected existing jars and folders")
told("<settings><max_inflght> is not a setting of the watchdog; put other variables into <environment>")
// The mistake appears once, as the error, and not again as its cause.
assert log.count('port="80a"') == 1
