package io.ferrymq.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.flow.Limits;
import io.ferrymq.server.cli.FerryMq;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class DocumentsTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path GUIDE = ROOT.resolve("docs/user-guide.md");
    private static final Pattern LINK = Pattern.compile("\\[[^\\]]*\\]\\(([^)\\s]+)\\)");
    private static final Pattern OPTION = Pattern.compile("(?<![\\w-])--[a-z][a-z-]*");
    private static final Pattern COMMAND = Pattern.compile("(?m)^(?:\\$ )?(?:\\./)?ferrymq ([a-z]+)(.*)$");

    @Test
    void shouldFitTheReadmeOnTwoScreens() {
        assertThat(text(ROOT.resolve("README.md")).lines()).hasSizeLessThanOrEqualTo(100);
    }

    @Test
    void shouldHaveNoDeadLinks() {
        Set<String> dead = new TreeSet<>();
        for (Path document : documents()) {
            Matcher link = LINK.matcher(withoutCode(text(document)));
            while (link.find()) {
                if (!isAlive(document, link.group(1))) {
                    dead.add(ROOT.relativize(document) + " -> " + link.group(1));
                }
            }
        }

        assertThat(dead).isEmpty();
    }

    @Test
    void shouldExplainEveryOptionInTheUserGuide() {
        assertThat(options(text(GUIDE))).containsAll(optionsOfAllVerbs());
    }

    @Test
    void shouldShowOnlyCommandsThatExist() {
        Set<String> wrong = new TreeSet<>();
        for (Path document : documents()) {
            Matcher command = COMMAND.matcher(text(document));
            while (command.find()) {
                CommandLine verb = FerryMq.commandLine().getSubcommands().get(command.group(1));
                if (verb == null || !optionsBelow(verb).containsAll(options(command.group(2)))) {
                    wrong.add(ROOT.relativize(document) + ": " + command.group());
                }
            }
        }

        assertThat(wrong).isEmpty();
    }

    @Test
    void shouldExplainEveryLimitInTheUserGuide() {
        for (RecordComponent limit : Limits.class.getRecordComponents()) {
            assertThat(text(GUIDE)).contains("| `" + limit.getName() + "` |");
        }
    }

    @Test
    void shouldListTheVocabularyInOrder() {
        List<String> words = text(ROOT.resolve("docs/vocabulary.md"))
                .lines()
                .filter(line -> line.startsWith("| "))
                .skip(1)
                .map(line -> line.split("\\|")[1].strip().toLowerCase(Locale.ROOT))
                .toList();

        assertThat(words).isSorted().doesNotHaveDuplicates();
    }

    private static boolean isAlive(Path document, String link) {
        if (URI.create(link).getScheme() != null) {
            return true;
        }
        String[] parts = link.split("#", 2);
        Path target = parts[0].isEmpty() ? document : document.resolveSibling(parts[0]);
        return Files.exists(target) && (parts.length == 1 || anchors(target).contains(parts[1]));
    }

    /** Headings as they are spelled in links. */
    private static Set<String> anchors(Path document) {
        return withoutCode(text(document))
                .lines()
                .filter(line -> line.startsWith("#"))
                .map(line -> line.replaceFirst("^#+\\s+", "").toLowerCase(Locale.ROOT))
                .map(heading -> heading.replaceAll("[^\\w\\s-]", "").replace(' ', '-'))
                .collect(Collectors.toSet());
    }

    private static String withoutCode(String text) {
        return text.replaceAll("(?s)```.*?```", "");
    }

    private static Set<String> optionsOfAllVerbs() {
        return FerryMq.commandLine().getSubcommands().values().stream()
                .flatMap(verb -> optionsBelow(verb).stream())
                .filter(option -> !Set.of("--help", "--version").contains(option))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> optionsOf(CommandLine verb) {
        return verb.getCommandSpec().options().stream()
                .flatMap(option -> option.negatable()
                        ? Stream.of(option.longestName(), option.longestName().replace("--", "--no-"))
                        : Stream.of(option.longestName()))
                .collect(Collectors.toSet());
    }

    /** Those of a verb and of its own verbs. */
    private static Set<String> optionsBelow(CommandLine verb) {
        Set<String> all = new TreeSet<>(optionsOf(verb));
        verb.getSubcommands().values().forEach(below -> all.addAll(optionsBelow(below)));
        return all;
    }

    private static Set<String> options(String text) {
        Set<String> found = new TreeSet<>();
        Matcher option = OPTION.matcher(text);
        while (option.find()) {
            found.add(option.group());
        }
        return found;
    }

    private static List<Path> documents() {
        try (Stream<Path> top = Files.list(ROOT);
                Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            return Stream.concat(top, docs)
                    .filter(file -> file.toString().endsWith(".md"))
                    .filter(file -> !file.toString().contains("/target/"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
