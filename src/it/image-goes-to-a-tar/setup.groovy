import java.security.MessageDigest

// A base image as docker save writes it, with what could be Java.
File base = new File(basedir, 'base')
new File(base, 'layer/etc').mkdirs()
new File(base, 'layer/etc/base').text = 'base\n'
new File(base, 'layer/opt/java/bin').mkdirs()
new File(base, 'layer/opt/java/bin/java').text = ''

void tar(File folder, String name, String... files) {
    assert (['tar', '-C', folder.path, '-cf', new File(folder, name).path] + (files as List)).execute().waitFor() == 0
}
tar(new File(base, 'layer'), '../layer.tar', 'etc', 'opt')
String digest = MessageDigest.getInstance('SHA-256').digest(new File(base, 'layer.tar').bytes).encodeHex()
new File(base, 'config.json').text = """{"architecture":"amd64","os":"linux","config":{"Env":["PATH=/opt/java/bin"],
    "StopSignal":"SIGQUIT"},"rootfs":{"type":"layers","diff_ids":["sha256:${digest}"]}}"""
new File(base, 'manifest.json').text = '[{"Config":"config.json","RepoTags":["base:1"],"Layers":["layer.tar"]}]'
tar(base, '../base.tar', 'config.json', 'manifest.json', 'layer.tar')
