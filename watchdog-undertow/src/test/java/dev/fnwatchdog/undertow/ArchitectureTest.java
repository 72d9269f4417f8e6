package dev.fnwatchdog.undertow;

import static com.tngtech.archunit.base.DescribedPredicate.anyElementThat;
import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.conditions.ArchConditions.be;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.codeUnits;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.elements.GivenClassesConjunction;
import dev.fnwatchdog.undertow.internal.io.IoThread;
import io.undertow.server.HttpHandler;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.jboss.logging.LoggerProvider;
import org.jspecify.annotations.NullMarked;
import org.xnio.IoFuture;

/** Checks the dependency rules of package-info, and the conventions that a tool can verify. */
@AnalyzeClasses(packages = "dev.fnwatchdog.undertow", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String ROOT = "dev.fnwatchdog.undertow";
    private static final String INTERNAL = ROOT + ".internal.";
    private static final int MAX_CLASSES_PER_PACKAGE = 28;
    private static final Set<String> EXPORTED = Set.of("Watchdog", "WatchdogBuilder", "Main");

    /** Methods of channels, locks and queues that wait, whichever library has them. */
    private static final Set<String> BLOCKING = Set.of(
            "wait",
            "await",
            "awaitInterruptibly",
            "awaitReadable",
            "awaitWritable",
            "acquire",
            "lock",
            "take",
            "startBlocking",
            "getInputStream",
            "getOutputStream");

    /** The one class of each package that the wiring uses. */
    private static final Map<String, Set<String>> ENTRY_POINTS = Map.of(
            "proxy", Set.of("HttpMode"),
            "fork", Set.of("ForkMode"),
            "files", Set.of("StaticMode"),
            "inproc", Set.of("InprocMode"),
            "reload", Set.of("ReplaceableMode"),
            "devpage", Set.of("DevelopmentPages"));

    @ArchTest
    static final ArchRule layers_depend_downwards_only = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("wiring")
            .definedBy(ROOT)
            .layer("modes, probes and reload")
            .definedBy(
                    INTERNAL + "proxy",
                    INTERNAL + "fork",
                    INTERNAL + "files",
                    INTERNAL + "inproc",
                    INTERNAL + "probe",
                    INTERNAL + "reload")
            .layer("development pages")
            .definedBy(INTERNAL + "devpage")
            .layer("web applications")
            .definedBy(INTERNAL + "inproc.*")
            .layer("mode")
            .definedBy(INTERNAL + "mode")
            .layer("handler")
            .definedBy(INTERNAL + "handler")
            .layer("invocation")
            .definedBy(INTERNAL + "invocation")
            .layer("connection")
            .definedBy(INTERNAL + "connection")
            .layer("http2 client")
            .definedBy(INTERNAL + "http2.client")
            .layer("http2")
            .definedBy(INTERNAL + "http2")
            .layer("http2 frames")
            .definedBy(INTERNAL + "http2.frame")
            .layer("tls")
            .definedBy(INTERNAL + "tls")
            .layer("io")
            .definedBy(INTERNAL + "io")
            .layer("http")
            .definedBy(INTERNAL + "http")
            .whereLayer("wiring")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("modes, probes and reload")
            .mayOnlyBeAccessedByLayers("wiring")
            .whereLayer("development pages")
            .mayOnlyBeAccessedByLayers("wiring", "modes, probes and reload")
            .whereLayer("web applications")
            .mayOnlyBeAccessedByLayers("modes, probes and reload")
            .whereLayer("mode")
            .mayOnlyBeAccessedByLayers("wiring", "modes, probes and reload")
            .whereLayer("handler")
            .mayOnlyBeAccessedByLayers("wiring", "modes, probes and reload", "development pages")
            .whereLayer("invocation")
            .mayOnlyBeAccessedByLayers("wiring", "modes, probes and reload", "development pages", "handler")
            .whereLayer("connection")
            .mayOnlyBeAccessedByLayers("wiring", "modes, probes and reload", "handler", "invocation")
            .whereLayer("http2 client")
            .mayOnlyBeAccessedByLayers("modes, probes and reload")
            .whereLayer("http2")
            .mayOnlyBeAccessedByLayers("connection", "http2 client")
            .whereLayer("http2 frames")
            .mayOnlyBeAccessedByLayers("modes, probes and reload", "connection", "http2", "http2 client")
            .whereLayer("tls")
            .mayOnlyBeAccessedByLayers("modes, probes and reload")
            .whereLayer("io")
            .mayOnlyBeAccessedByLayers(
                    "wiring",
                    "modes, probes and reload",
                    "mode",
                    "handler",
                    "invocation",
                    "connection",
                    "http2",
                    "http2 client",
                    "http2 frames",
                    "tls")
            .ensureAllClassesAreContainedInArchitecture();

    @ArchTest
    static final ArchRule packages_have_no_cycles =
            slices().matching(INTERNAL + "(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule modes_do_not_know_each_other = slices().matching(
                    INTERNAL + "(proxy|fork|files|inproc|probe|reload)")
            .should()
            .notDependOnEachOther();

    @ArchTest
    static final ArchRule a_mode_is_entered_by_one_class = noClasses()
            .that()
            .resideInAPackage(ROOT)
            .should()
            .dependOnClassesThat(describe(
                    "a mode keeps to itself",
                    (JavaClass c) -> ENTRY_POINTS.entrySet().stream()
                            .anyMatch(entry -> c.getPackageName().equals(INTERNAL + entry.getKey())
                                    && !entry.getValue().contains(topLevelName(c)))));

    /** A nested type of an entry point is part of it. */
    private static String topLevelName(JavaClass c) {
        return c.getEnclosingClass().map(ArchitectureTest::topLevelName).orElse(c.getSimpleName());
    }

    @ArchTest
    static void no_package_has_more_than_28_classes(JavaClasses classes) {
        Map<String, Long> sizes = classes.stream()
                .filter(JavaClass::isTopLevelClass)
                .filter(c -> !c.getSimpleName().equals("package-info"))
                .collect(Collectors.groupingBy(JavaClass::getPackageName, Collectors.counting()));
        assertThat(sizes).allSatisfy((name, size) -> assertThat(size).isLessThanOrEqualTo(MAX_CLASSES_PER_PACKAGE));
    }

    @ArchTest
    static final ArchRule http_and_http2_know_nothing_of_the_core = noClasses()
            .that()
            .resideInAnyPackage(INTERNAL + "http", INTERNAL + "http2..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.fnwatchdog.core..");

    @ArchTest
    static final ArchRule imports_core_undertow_and_xnio = noClasses()
            .that()
            .areNotAssignableTo(LoggerProvider.class)
            .and(not(describe(
                    "part of the logger provider",
                    (JavaClass c) -> c.getName().startsWith(QuietLoggerProvider.class.getName()))))
            .and()
            .resideOutsideOfPackage(INTERNAL + "inproc.scan")
            .should()
            .dependOnClassesThat()
            .resideOutsideOfPackages(
                    "dev.fnwatchdog..",
                    "io.prometheus.metrics.model.registry",
                    "io.undertow..",
                    "org.xnio..",
                    "jakarta.servlet..",
                    "org.jspecify.annotations",
                    "com.google.errorprone.annotations.concurrent",
                    "java..",
                    "javax.net.ssl",
                    "");

    @ArchTest
    static final ArchRule exports_only_what_others_start_it_by = classes()
            .that(describe(
                    "not meant for others",
                    (JavaClass c) -> c.isTopLevelClass()
                            && c.getPackageName().equals(ROOT)
                            && !EXPORTED.contains(c.getSimpleName())))
            .and()
            .areNotAssignableTo(LoggerProvider.class)
            .should()
            .notBePublic();

    @ArchTest
    static final ArchRule the_exported_classes_show_nothing_internal = codeUnits()
            .that()
            .arePublic()
            .and()
            .areDeclaredInClassesThat()
            .haveNameMatching(ROOT.replace(".", "\\.") + "\\.(Watchdog|WatchdogBuilder|Main)")
            .should()
            .notHaveRawParameterTypes(anyElementThat(resideInAPackage(ROOT + ".internal..")))
            .andShould()
            .notHaveRawReturnType(resideInAPackage(ROOT + ".internal.."));

    @ArchTest
    static final ArchRule handlers_are_final =
            classes().that().implement(HttpHandler.class).should().haveModifier(JavaModifier.FINAL);

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
    static final ArchRule what_sets_one_for_a_moment_serves_the_program_alone = noClasses()
            .that()
            .doNotHaveSimpleName("StartupPreload")
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
    static void io_threads_do_not_block(JavaClasses classes) {
        assertThat(classes.stream()
                        .flatMap(c -> c.getCodeUnits().stream())
                        .filter(ArchitectureTest::isOnIoThread)
                        .flatMap(unit -> unit.getMethodCallsFromSelf().stream())
                        .filter(ArchitectureTest::blocks)
                        .map(JavaMethodCall::getDescription))
                .isEmpty();
    }

    private static boolean isOnIoThread(JavaCodeUnit unit) {
        return unit.isAnnotatedWith(IoThread.class) || unit.getOwner().isAnnotatedWith(IoThread.class);
    }

    private static boolean blocks(JavaMethodCall call) {
        JavaClass owner = call.getTargetOwner();
        String name = call.getName();
        return (owner.isAssignableTo(Thread.class) && Set.of("sleep", "join").contains(name))
                || (owner.isAssignableTo(Future.class) && Set.of("get", "join").contains(name))
                || (owner.isAssignableTo(IoFuture.class)
                        && Set.of("get", "getInterruptibly").contains(name))
                || (!owner.getPackageName().startsWith("dev.fnwatchdog.") && BLOCKING.contains(name));
    }

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
