File target = new File(basedir, 'function/target')
// What the Dockerfile copies.
assert new File(target, 'watchdog.jar').exists()
assert new File(target, 'classes/com/openfaas/function/Handler.class').exists()
assert new File(target, 'lib').list().every { it.startsWith('model-') }
assert new File(target, 'surefire-reports/TEST-com.openfaas.function.HandlerTest.xml').text.contains('tests="2" errors="0"')
