package dev.fnwatchdog.core;

import static com.tngtech.archunit.base.DescribedPredicate.anyElementThat;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.conditions.ArchConditions.be;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.codeUnits;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.elements.GivenClassesConjunction;
import java.util.Optional;
import org.jspecify.annotations.NullMarked;

/** The imports that each package-info declares, and conventions that a tool can check. */
@AnalyzeClasses(packages = "dev.fnwatchdog.core", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String CORE = "dev.fnwatchdog.core.";

    @ArchTest
    static final ArchRule knows_no_web_server_and_no_maven = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.undertow..", "org.xnio..", "org.apache.maven..");

    @ArchTest
    static final ArchRule has_no_cycles =
            slices().matching(CORE + "(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule config_stands_alone = importsOfOurs("config");

    @ArchTest
    static final ArchRule limit_stands_alone = importsOfOurs("limit");

    @ArchTest
    static final ArchRule health_stands_alone = importsOfOurs("health");

    @ArchTest
    static final ArchRule metrics_stands_alone = importsOfOurs("metrics");

    @ArchTest
    static final ArchRule request_knows_config = importsOfOurs("request", "config");

    @ArchTest
    static final ArchRule log_knows_config = importsOfOurs("log", "config");

    @ArchTest
    static final ArchRule process_knows_config_and_log = importsOfOurs("process", "config", "log");

    @ArchTest
    static final ArchRule auth_knows_config_and_log = importsOfOurs("auth", "config", "log");

    @ArchTest
    static final ArchRule tokens_are_parsed_in_auth =
            outside("auth").should().dependOnClassesThat().resideInAPackage("io.jsonwebtoken..");

    @ArchTest
    static final ArchRule processes_are_started_in_process = outside("process")
            .should()
            .dependOnClassesThat()
            .areAssignableTo(ProcessBuilder.class)
            .orShould()
            .callMethodWhere(DescribedPredicate.describe(
                    "Runtime.exec",
                    call -> call.getName().equals("exec")
                            && call.getTargetOwner().isEquivalentTo(Runtime.class)));

    @ArchTest
    static final ArchRule prometheus_is_known_in_metrics =
            outside("metrics").should().dependOnClassesThat().resideInAPackage("io.prometheus..");

    @ArchTest
    static final ArchRule environment_comes_in_as_a_value = noClasses()
            .should()
            .callMethod(System.class, "getenv")
            .orShould()
            .callMethod(System.class, "getenv", String.class);

    @ArchTest
    static final ArchRule nobody_ends_the_jvm = noClasses()
            .should()
            .callMethod(System.class, "exit", int.class)
            .orShould()
            .callMethod(Runtime.class, "exit", int.class)
            .orShould()
            .callMethod(Runtime.class, "halt", int.class);

    @ArchTest
    static final ArchRule standard_streams_belong_to_log =
            outside("log").should().accessField(System.class, "out").orShould().accessField(System.class, "err");

    @ArchTest
    static final ArchRule parts_take_what_they_need_and_not_the_whole_config =
            outside("config").should().dependOnClassesThat().haveFullyQualifiedName(CORE + "config.WatchdogConfig");

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
    static final ArchRule classes_are_not_extended = classes()
            .that()
            .areTopLevelClasses()
            .and()
            .areNotInterfaces()
            .and()
            .doNotHaveModifier(JavaModifier.ABSTRACT)
            .and(not(DescribedPredicate.<JavaClass>describe("enums", JavaClass::isEnum)))
            .should()
            .haveModifier(JavaModifier.FINAL);

    @ArchTest
    static final ArchRule nothing_is_null_unless_it_says_so = classes()
            .should(be(DescribedPredicate.describe(
                    "in a @NullMarked package", (JavaClass c) -> c.getPackage().isAnnotatedWith(NullMarked.class))));

    /** The slice may import only the allowed ones among the slices of the core; a slice that does not exist passes. */
    private static ArchRule importsOfOurs(String slice, String... allowed) {
        DescribedPredicate<JavaClass> others = resideInAPackage(CORE + "*..").and(not(resideInAPackage(in(slice))));
        for (String each : allowed) {
            others = others.and(not(resideInAPackage(in(each))));
        }
        return noClasses()
                .that()
                .resideInAPackage(in(slice))
                .should()
                .dependOnClassesThat(others)
                .allowEmptyShould(true);
    }

    private static GivenClassesConjunction outside(String slice) {
        return noClasses().that(not(resideInAPackage(in(slice))));
    }

    private static String in(String slice) {
        return CORE + slice + "..";
    }
}
