package dev.fnwatchdog.maven.dev;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.maven.model.Build;
import org.apache.maven.model.Plugin;
import org.apache.maven.plugin.logging.SystemStreamLog;
import org.apache.maven.project.MavenProject;
import org.junit.jupiter.api.Test;

/** Which of the projects of a build the goals work on. */
class FunctionModulesTest {
    private final MavenProject parent = project("parent", "pom");
    private final MavenProject words = project("words", "jar");
    private final MavenProject function = project("function", "jar");

    private static MavenProject project(String name, String packaging) {
        MavenProject project = new MavenProject();
        project.setGroupId("it");
        project.setArtifactId(name);
        project.setVersion("1");
        project.setPackaging(packaging);
        return project;
    }

    private static Plugin plugin() {
        Plugin plugin = new Plugin();
        plugin.setGroupId("dev.fnwatchdog");
        plugin.setArtifactId("watchdog-maven-plugin");
        return plugin;
    }

    private static void namePluginIn(MavenProject project) {
        Build build = new Build();
        build.addPlugin(plugin());
        project.setBuild(build);
    }

    private static List<String> packed(boolean bound, MavenProject... projects) {
        return List.of(projects).stream()
                .filter(project -> new FunctionModules(List.of(projects), project, plugin())
                        .isPacked("image", bound, new SystemStreamLog()))
                .map(MavenProject::getArtifactId)
                .toList();
    }

    @Test
    void aGoalOfTheCommandLinePacksOnlyTheLastProjectWhereNoneNamesThePlugin() {
        assertThat(packed(false, parent, words, function)).containsExactly("function");
    }

    @Test
    void aGoalOfTheCommandLinePacksAllProjectsWithCodeThatNameThePlugin() {
        MavenProject other = project("other", "jar");
        namePluginIn(parent);
        namePluginIn(other);
        namePluginIn(function);

        assertThat(packed(false, parent, words, other, function)).containsExactly("other", "function");
    }

    @Test
    void aProjectWithoutCodeIsPackedIfItIsTheOnlyOne() {
        assertThat(packed(false, parent)).containsExactly("parent");
        assertThat(packed(true, parent)).containsExactly("parent");
    }

    @Test
    void aBoundGoalLeavesOutTheParentThatHandsItDown() {
        words.setParent(parent);
        function.setParent(parent);

        assertThat(packed(true, parent, words, function)).containsExactly("words", "function");
    }
}
