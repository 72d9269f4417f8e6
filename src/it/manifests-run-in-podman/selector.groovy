// Root, because rootless containers need users that a machine may not have set up.
List<String> missing = ['podman', 'runc', 'catatonit', 'iptables', 'jlink', 'ldd'].findAll { ['sh', '-c', "command -v $it"].execute().waitFor() != 0 }
if (!new File('/usr/lib/cni/bridge').exists() && !new File('/usr/lib/podman/netavark').exists()) {
    missing << "podman's network plugins"
}
if (['id', '-u'].execute().text.trim() != '0') {
    missing << 'root'
}
if (missing) {
    println "manifests-run-in-podman cannot run, because this is missing: ${missing.join(', ')}"
}
// Where all is to be tested, it fails in place of being skipped.
return missing.isEmpty() || Boolean.parseBoolean(System.getenv('CI'))
