// The build is what README.md tells users to write around integration tests.
String readme = new File(basedir, '../../../../README.md').getText('UTF-8')
String section = readme.substring(readme.indexOf('Around integration tests:'))
String snippet = section.substring(section.indexOf('```xml\n') + 7)
snippet = snippet.substring(0, snippet.indexOf('```'))
assert snippet.contains('<goal>start</goal>') && snippet.contains('maven-failsafe-plugin')

File pom = new File(basedir, 'pom.xml')
String placeholder = '<!-- from README.md -->'
assert pom.text.contains(placeholder)
pom.text = pom.text.replace(placeholder, snippet)
return true
