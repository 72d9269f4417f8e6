package dev.fnwatchdog.junit;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The imports that package-info declares, and what a test sees of the module. */
@AnalyzeClasses(packages = "dev.fnwatchdog.junit", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule imports_what_package_info_says = noClasses()
            .should()
            .dependOnClassesThat()
            .resideOutsideOfPackages(
                    "dev.fnwatchdog.junit",
                    "dev.fnwatchdog.core..",
                    "dev.fnwatchdog.undertow",
                    "io.undertow.server",
                    "jakarta.servlet",
                    "org.junit.jupiter.api.extension",
                    "org.junit.platform.commons.support",
                    "org.jspecify.annotations",
                    "java..",
                    "");

    @ArchTest
    static final ArchRule a_test_sees_two_annotations_the_extension_and_the_client = classes()
            .that()
            .arePublic()
            .should()
            .haveNameMatching(
                    "dev\\.fnwatchdog\\.junit\\.(WatchdogTest|WatchdogPort|WatchdogExtension|FunctionClient)");
}
