package dev.fnwatchdog.core.metrics;

import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The metric families of one page, from several registries. Of two registries with one name, the one that was added first keeps it.
 *
 * <p>Threads: one.
 */
final class PageFamilies {
    private final List<MetricSnapshot> families = new ArrayList<>();
    private final Set<String> names = new HashSet<>();

    /** Adds the families of a registry; returns the names of those that are left out. */
    List<String> add(MetricSnapshots registry) {
        List<String> leftOut = new ArrayList<>();
        List<MetricSnapshot> added = new ArrayList<>();
        for (MetricSnapshot family : registry) {
            if (FamilyNames.all(family).stream().anyMatch(names::contains)) {
                leftOut.add(FamilyNames.printed(family));
            } else {
                added.add(family);
            }
        }
        // Only now: within a registry, several collectors may contribute to one family.
        added.forEach(family -> names.addAll(FamilyNames.all(family)));
        families.addAll(added);
        return leftOut;
    }

    /** Returns the families whose name passes, as the library names them or as it is printed. */
    MetricSnapshots filtered(Predicate<String> filter) {
        return new MetricSnapshots(families.stream()
                .filter(family -> filter.test(family.getMetadata().getPrometheusName())
                        || filter.test(FamilyNames.printed(family)))
                .toList());
    }
}
