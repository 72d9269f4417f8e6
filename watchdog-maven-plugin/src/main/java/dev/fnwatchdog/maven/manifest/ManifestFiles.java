package dev.fnwatchdog.maven.manifest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The files that deploy a function, the same bytes from the same function.
 *
 * @param gateway the URL of the gateway of OpenFaaS
 */
public record ManifestFiles(DeployedFunction function, String gateway) {
    /**
     * What has been written.
     *
     * @param notes one line for each thing that the user has to know
     */
    public record Written(List<Path> files, List<String> notes) {
        public Written {
            files = List.copyOf(files);
            notes = List.copyOf(notes);
        }
    }

    /** Writes the files, and deletes those that an earlier build has written for other targets. */
    public Written write(Set<ManifestTarget> targets, Path folder) throws IOException {
        Map<ManifestTarget, Manifest> manifests = new EnumMap<>(ManifestTarget.class);
        // All of them before the first is written: one that is refused leaves nothing half done.
        targets.forEach(target -> manifests.put(target, manifest(target)));
        Files.createDirectories(folder);
        List<Path> files = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        for (ManifestTarget target : ManifestTarget.values()) {
            Path file = folder.resolve(target.fileName());
            Manifest manifest = manifests.get(target);
            if (manifest == null) {
                Files.deleteIfExists(file);
            } else {
                Files.writeString(file, YamlText.of(manifest.documents()));
                files.add(file);
                notes.addAll(manifest.notes());
            }
        }
        return new Written(files, notes);
    }

    private Manifest manifest(ManifestTarget target) {
        return switch (target) {
            case KUBERNETES -> new KubernetesManifest(function);
            case KNATIVE -> new KnativeManifest(function);
            case OPENFAAS -> new OpenFaasStack(function, gateway);
            case COMPOSE -> new ComposeFile(function);
        };
    }
}
