// Root, because rootless containers need users that a machine may not have set up.
boolean possible = ['podman', 'runc', 'jlink', 'ldd'].every { ['sh', '-c', "command -v $it"].execute().waitFor() == 0 } &&
    ['id', '-u'].execute().text.trim() == '0'
if (!possible) {
    println 'manifests-run-in-podman is skipped: it needs root, podman, runc, jlink and ldd'
}
return possible
