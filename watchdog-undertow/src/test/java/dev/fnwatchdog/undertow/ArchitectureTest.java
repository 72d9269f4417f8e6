package dev.fnwatchdog.undertow;

import static com.tngtech.archunit.base.DescribedPredicate.anyElementThat;
import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.conditions.ArchConditions.be;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.codeUnits;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.elements.GivenClassesConjunction;
import io.undertow.server.HttpHandler;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.LoggerProvider;
import org.jspecify.annotations.NullMarked;

/** What package-info says of the imports, and the habits that a tool can check. */
@AnalyzeClasses(packages = "dev.fnwatchdog.undertow", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String HERE = "dev.fnwatchdog.undertow";
    private static final String HTTP2 = HERE + ".internal.http2";
    private static final Set<String> SHOWN = Set.of("Watchdog", "WatchdogBuilder", "Main");

    @ArchTest
    static final ArchRule lies_in_these_packages = classes().should().resideInAnyPackage(HERE, HTTP2);

    @ArchTest
    static final ArchRule http2_knows_nothing_of_the_watchdog = noClasses()
            .that()
            .resideInAPackage(HTTP2)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(HERE, "dev.fnwatchdog.core..");

    @ArchTest
    static final ArchRule imports_core_undertow_and_xnio = noClasses()
            .that()
            .areNotAssignableTo(LoggerProvider.class)
            .and(not(describe(
                    "part of the logger provider",
                    (JavaClass c) -> c.getName().startsWith(QuietLoggerProvider.class.getName()))))
            .should()
            .dependOnClassesThat()
            .resideOutsideOfPackages(
                    "dev.fnwatchdog..",
                    "io.undertow..",
                    "org.xnio..",
                    "jakarta.servlet..",
                    "org.jspecify.annotations",
                    "java..",
                    "");

    @ArchTest
    static final ArchRule shows_only_what_others_start_it_by = classes()
            .that(describe(
                    "not meant for others",
                    (JavaClass c) -> c.isTopLevelClass()
                            && c.getPackageName().equals(HERE)
                            && !SHOWN.contains(c.getSimpleName())))
            .and()
            .areNotAssignableTo(LoggerProvider.class)
            .should()
            .notBePublic();

    @ArchTest
    static final ArchRule handlers_are_final_and_not_for_others = classes()
            .that()
            .implement(HttpHandler.class)
            .should()
            .haveModifier(JavaModifier.FINAL)
            .andShould()
            .notBePublic();

    @ArchTest
    static final ArchRule classes_are_not_extended = classes()
            .that()
            .areTopLevelClasses()
            .and()
            .areNotInterfaces()
            .and()
            .doNotHaveModifier(JavaModifier.ABSTRACT)
            .and(not(describe("enums", JavaClass::isEnum)))
            .should()
            .haveModifier(JavaModifier.FINAL);

    @ArchTest
    static final ArchRule the_environment_is_read_by_main_alone = exceptMain()
            .should()
            .callMethod(System.class, "getenv")
            .orShould()
            .callMethod(System.class, "getenv", String.class);

    @ArchTest
    static final ArchRule the_jvm_is_ended_by_main_alone = exceptMain()
            .should()
            .callMethod(System.class, "exit", int.class)
            .orShould()
            .callMethod(Runtime.class, "exit", int.class)
            .orShould()
            .callMethod(Runtime.class, "halt", int.class);

    @ArchTest
    static final ArchRule system_properties_are_set_by_main_alone = noClasses()
            .that()
            .doNotHaveSimpleName("Main")
            .and()
            .doNotHaveSimpleName("UnmanagedXnio")
            .should()
            .callMethod(System.class, "setProperty", String.class, String.class);

    @ArchTest
    static final ArchRule what_sets_one_for_a_moment_serves_main_alone = noClasses()
            .that()
            .doNotHaveSimpleName("Main")
            .and()
            .doNotHaveSimpleName("UnmanagedXnio")
            .should()
            .dependOnClassesThat()
            .haveSimpleName("UnmanagedXnio");

    @ArchTest
    static final ArchRule standard_streams_belong_to_the_log =
            noClasses().should().accessField(System.class, "out").orShould().accessField(System.class, "err");

    @ArchTest
    static final ArchRule processes_are_started_in_core = noClasses()
            .should()
            .dependOnClassesThat()
            .areAssignableTo(ProcessBuilder.class)
            .orShould()
            .callMethodWhere(describe(
                    "Runtime.exec",
                    call -> call.getName().equals("exec")
                            && call.getTargetOwner().isEquivalentTo(Runtime.class)));

    @ArchTest
    static final ArchRule nobody_sleeps = noClasses().should().callMethod(Thread.class, "sleep", long.class);

    @ArchTest
    static final ArchRule names_say_a_role =
            noClasses().should().haveNameMatching(".*(Util|Utils|Helper|Manager|Impl|Common)");

    @ArchTest
    static final ArchRule optional_is_for_results_not_fields = fields().should().notHaveRawType(Optional.class);

    @ArchTest
    static final ArchRule optional_is_for_results_not_parameters = codeUnits()
            .that()
            .doNotHaveModifier(JavaModifier.SYNTHETIC)
            .should()
            .notHaveRawParameterTypes(anyElementThat(type(Optional.class)));

    @ArchTest
    static final ArchRule nothing_is_null_unless_it_says_so = classes()
            .should(be(describe(
                    "in a @NullMarked package", (JavaClass c) -> c.getPackage().isAnnotatedWith(NullMarked.class))));

    private static GivenClassesConjunction exceptMain() {
        return noClasses().that().doNotHaveSimpleName("Main");
    }
}
