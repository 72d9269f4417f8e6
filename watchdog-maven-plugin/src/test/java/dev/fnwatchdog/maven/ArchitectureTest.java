package dev.fnwatchdog.maven;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The imports that each package-info declares. */
@AnalyzeClasses(packages = "dev.fnwatchdog.maven", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String ROOT = "dev.fnwatchdog.maven";

    @ArchTest
    static final ArchRule layers_depend_downwards_only = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("goals")
            .definedBy(ROOT)
            .layer("development")
            .definedBy(ROOT + ".dev")
            .layer("archive")
            .definedBy(ROOT + ".image.archive")
            .layer("start")
            .definedBy(ROOT + ".image.start")
            .layer("base")
            .definedBy(ROOT + ".image.base")
            .layer("registry")
            .definedBy(ROOT + ".image.registry")
            .layer("label")
            .definedBy(ROOT + ".image.label")
            .layer("image")
            .definedBy(ROOT + ".image")
            .layer("manifest")
            .definedBy(ROOT + ".manifest")
            .layer("configuration")
            .definedBy(ROOT + ".config")
            .layer("files")
            .definedBy(ROOT + ".files")
            .whereLayer("goals")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("development")
            .mayOnlyBeAccessedByLayers("goals")
            .whereLayer("archive")
            .mayOnlyBeAccessedByLayers("goals")
            .whereLayer("start")
            .mayOnlyBeAccessedByLayers("goals", "archive")
            .whereLayer("base")
            .mayOnlyBeAccessedByLayers("goals", "archive", "start")
            .whereLayer("registry")
            .mayOnlyBeAccessedByLayers("goals")
            .whereLayer("label")
            .mayOnlyBeAccessedByLayers("goals")
            .whereLayer("manifest")
            .mayOnlyBeAccessedByLayers("goals")
            .whereLayer("image")
            .mayOnlyBeAccessedByLayers("goals", "archive", "start", "base", "registry")
            .whereLayer("configuration")
            .mayOnlyBeAccessedByLayers(
                    "goals", "development", "archive", "start", "base", "image", "manifest", "registry")
            .whereLayer("files")
            .mayOnlyBeAccessedByLayers("development", "archive", "start", "base", "image")
            .ensureAllClassesAreContainedInArchitecture();

    @ArchTest
    static final ArchRule packages_have_no_cycles =
            slices().matching(ROOT + ".(**)").should().beFreeOfCycles();
}
