package dev.fnwatchdog.maven.manifest;

import java.util.List;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;

/** Writes YAML documents, the same bytes from the same fields. */
final class YamlText {
    private static final int INDENT = 2;

    private YamlText() {}

    static String of(List<Fields> documents) {
        DumperOptions options = new DumperOptions();
        options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
        options.setIndent(INDENT);
        options.setIndicatorIndent(INDENT);
        options.setIndentWithIndicator(true);
        options.setSplitLines(false);
        options.setLineBreak(DumperOptions.LineBreak.UNIX);
        options.setExplicitStart(documents.size() > 1);
        return new Yaml(new TextRepresenter(options), options)
                .dumpAll(documents.stream().map(Fields::map).iterator());
    }

    /** Quotes text that some version of YAML could read as something else, such as {@code 8080}, {@code 1e3}, {@code n}. */
    private static final class TextRepresenter extends Representer {
        private static final Pattern UNMISTAKABLE = Pattern.compile("[A-Za-z/][A-Za-z0-9/._@:-]*[A-Za-z0-9/]");

        TextRepresenter(DumperOptions options) {
            super(options);
            representers.put(String.class, this::text);
        }

        private Node text(Object value) {
            String text = (String) value;
            ScalarStyle style = UNMISTAKABLE.matcher(text).matches() ? ScalarStyle.PLAIN : ScalarStyle.DOUBLE_QUOTED;
            return representScalar(Tag.STR, text, style);
        }
    }
}
