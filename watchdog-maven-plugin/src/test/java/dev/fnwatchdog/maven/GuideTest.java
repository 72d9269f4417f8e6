package dev.fnwatchdog.maven;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Compares the tables of {@code docs/maven.md} with the plugin's own descriptor. */
class GuideTest {
    private static final String DESCRIPTOR = "/META-INF/maven/plugin.xml";

    @Test
    void theGuideListsTheParametersOfRunAndStart() throws Exception {
        TreeSet<String> parameters = new TreeSet<>();
        for (Element goal : elements(descriptor().getDocumentElement(), "mojo")) {
            if (List.of("run", "start").contains(text(goal, "goal"))) {
                elements(goal, "parameter").forEach(parameter -> parameters.add(text(parameter, "name")));
            }
        }

        assertThat(Guide.read().firstColumn("Parameters of run and start"))
                .containsExactlyInAnyOrderElementsOf(parameters);
    }

    @Test
    void theGuideListsTheGoals() throws Exception {
        List<String> goals = elements(descriptor().getDocumentElement(), "mojo").stream()
                .map(goal -> text(goal, "goal"))
                .toList();

        assertThat(goals).hasSizeGreaterThan(5);
        assertThat(Guide.read().text())
                .contains(goals.stream().map("\n| `watchdog:%s` |"::formatted).toList());
    }

    private static Document descriptor() throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(GuideTest.class.getResource(DESCRIPTOR).toString());
    }

    private static List<Element> elements(Element parent, String name) {
        NodeList found = parent.getElementsByTagName(name);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < found.getLength(); i++) {
            elements.add((Element) found.item(i));
        }
        return elements;
    }

    private static String text(Element parent, String name) {
        return elements(parent, name).get(0).getTextContent();
    }
}
