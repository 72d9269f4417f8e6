File target = new File(basedir, 'function/target')
// The files that the Dockerfile copies.
assert new File(target, 'watchdog.jar').exists()
assert new File(target, 'classes/com/openfaas/function/Handler.class').exists()
assert new File(target, 'lib').list().every { it.startsWith('model-') }
assert new File(target, 'surefire-reports/TEST-com.openfaas.function.HandlerTest.xml').text.contains('tests="2" errors="0"')

// The tests call the function over HTTP. Proves specification 12.1, 12.2, with a function that is found by its name.
assert new File(target, 'surefire-reports/TEST-com.openfaas.function.HandlerTest.xml').text.contains('POST / - 200')

// Runs the function as the last stage of the image does. Proves specification 5.2, 5.3: the class com.openfaas.function.Handler
// is found in function_path without a setting that names it.
File temporary = new File(basedir, 'tmp')
temporary.mkdirs()
ProcessBuilder builder = new ProcessBuilder('java', '-jar', new File(target, 'watchdog.jar').path)
builder.environment() << [mode: 'inproc', function_path: "${target}/classes:${target}/lib".toString(), port: '0', metrics_port: '0', TMPDIR: temporary.path]
builder.redirectErrorStream(true)
Process watchdog = builder.start()
try {
    String port = null
    watchdog.inputStream.newReader().find { line ->
        def found = line =~ / Listening on port: (\d+)/
        if (found) {
            port = found[0][1]
        }
        return found as boolean
    }
    HttpURLConnection call = new URL("http://localhost:${port}/").openConnection()
    call.doOutput = true
    call.outputStream.withWriter { it << 'Ada' }
    assert call.inputStream.text == 'Hello, Ada!\n'
} finally {
    watchdog.destroyForcibly()
}
