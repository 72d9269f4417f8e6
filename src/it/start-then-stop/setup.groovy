// The build is what docs/maven.md tells users to write around integration tests.
String guide = new File(basedir, '../../../../docs/maven.md').getText('UTF-8')
String section = guide.substring(guide.indexOf('\n## Integration tests\n'))
String snippet = section.substring(section.indexOf('```xml\n') + 7)
snippet = snippet.substring(0, snippet.indexOf('```'))
assert snippet.contains('<goal>start</goal>') && snippet.contains('maven-failsafe-plugin')

File pom = new File(basedir, 'pom.xml')
String placeholder = '<!-- from docs/maven.md -->'
assert pom.text.contains(placeholder)
pom.text = pom.text.replace(placeholder, snippet)
return true
