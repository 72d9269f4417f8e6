import java.security.MessageDigest

void tar(File folder, String name, String... files) {
    assert (['tar', '-C', folder.path, '-cf', new File(folder, name).path] + (files as List)).execute().waitFor() == 0
}

// Base images as docker save writes them, with these files.
void base(String name, Map<String, String> files) {
    File base = new File(basedir, name)
    files.each { path, text ->
        File file = new File(base, "layer/$path")
        file.parentFile.mkdirs()
        file.text = text
    }
    tar(new File(base, 'layer'), '../layer.tar', '.')
    String digest = MessageDigest.getInstance('SHA-256').digest(new File(base, 'layer.tar').bytes).encodeHex()
    new File(base, 'config.json').text =
        """{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":["sha256:${digest}"]}}"""
    new File(base, 'manifest.json').text = '[{"Config":"config.json","RepoTags":["base:1"],"Layers":["layer.tar"]}]'
    tar(base, "../${name}.tar", 'config.json', 'manifest.json', 'layer.tar')
}

base('none', ['etc/base': 'base\n'])
base('unknown', ['usr/bin/java': ''])
base('old', ['opt/java/bin/java': '', 'opt/java/release': 'JAVA_VERSION="11.0.2"\n'])
base('newer', ['opt/java/bin/java': '', 'opt/java/release': 'JAVA_VERSION="99.0.1"\nJAVA_RUNTIME_VERSION="99.0.1+7"\n'])
