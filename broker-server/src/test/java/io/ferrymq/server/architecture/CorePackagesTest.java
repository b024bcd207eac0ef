package io.ferrymq.server.architecture;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static io.ferrymq.server.architecture.Allowed.allowed;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import io.ferrymq.server.architecture.Allowed.Rule;
import io.ferrymq.server.architecture.ModuleArrowsTest.Use;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The levels of core: a package imports only from lower ones. */
class CorePackagesTest {
    private static final String BASE = "io.ferrymq.";

    private static final Map<String, Integer> LEVELS = Map.ofEntries(
            Map.entry("message", 0),
            Map.entry("time", 0),
            Map.entry("flow", 1),
            Map.entry("selector", 1),
            Map.entry("journal", 1),
            Map.entry("security", 1),
            Map.entry("observe", 2),
            Map.entry("policy", 1),
            Map.entry("queue", 2),
            Map.entry("topic", 3),
            Map.entry("snapshot", 3),
            Map.entry("transaction", 3),
            Map.entry("shard", 4),
            Map.entry("route", 5),
            Map.entry("session", 6),
            Map.entry("admin", 6),
            Map.entry("spi", 7));

    private static final int ROOT_LEVEL = 8;

    /** Values of the root package that lower packages may name, and from which level on. */
    private static final Map<String, Integer> ROOT_VALUES = Map.of(
            // the one root of exceptions; depends on nothing
            "io.ferrymq.BrokerException", -1,
            // what providers are configured with; depends on flow only
            "io.ferrymq.BrokerConfig", 6);

    /** Where state has one owner and needs no lock. */
    private static final List<String> OWNED = List.of("message", "queue", "topic", "route", "session", "transaction");

    @Test
    void shouldPutEveryPackageOnALevel() {
        Set<String> unknown = new TreeSet<>();
        for (JavaClass type : Modules.main().of("broker-core")) {
            if (level(type).isEmpty()) {
                unknown.add(type.getPackageName());
            }
        }

        assertThat(unknown).isEmpty();
    }

    @Test
    void shouldImportFromLowerLevelsOnly() {
        Set<String> wrong = new TreeSet<>();
        Use.of(Modules.main().of("broker-core").stream())
                .filter(use -> use.to().getPackageName().startsWith("io.ferrymq"))
                .filter(use -> !segment(use.from()).equals(segment(use.to())))
                .filter(use ->
                        level(use.from()).orElseThrow() <= level(use.to()).orElse(ROOT_LEVEL))
                .filter(use -> !allowed(Rule.LEVEL, use.toString()))
                .forEach(use -> wrong.add(use.toString()));

        assertThat(wrong).isEmpty();
    }

    @Test
    void shouldHaveNoCyclesBetweenPackages() {
        Modules.main().byName().values().stream()
                .filter(classes -> !classes.isEmpty())
                .forEach(classes -> slices().matching(BASE + "(**)")
                        .should()
                        .beFreeOfCycles()
                        .allowEmptyShould(true)
                        .check(classes));
    }

    @Test
    void shouldHaveNoLocksWhereStateHasOneOwner() {
        Set<String> wrong = new TreeSet<>();
        for (JavaClass type : Modules.main().of("broker-core")) {
            if (OWNED.contains(segment(type)) && !allowed(Rule.LOCK, type.getName())) {
                type.getFields().stream()
                        .filter(field -> field.getModifiers().contains(JavaModifier.VOLATILE))
                        .forEach(field -> wrong.add("volatile " + field.getFullName()));
                type.getMethods().stream()
                        .filter(method -> method.getModifiers().contains(JavaModifier.SYNCHRONIZED))
                        .forEach(method -> wrong.add("synchronized " + method.getFullName()));
                type.getDirectDependenciesFromSelf().stream()
                        .filter(use -> use.getTargetClass().getPackageName().equals("java.util.concurrent.locks"))
                        .forEach(use -> wrong.add(use.getDescription()));
            }
        }

        assertThat(wrong).isEmpty();
    }

    static boolean owned(String packageName) {
        return OWNED.contains(segment(packageName));
    }

    private static Optional<Integer> level(JavaClass type) {
        String segment = segment(type);
        if (!segment.isEmpty()) {
            return Optional.ofNullable(LEVELS.get(segment));
        }
        String outermost = type.getName().replaceAll("\\$.*", "");
        return Optional.of(ROOT_VALUES.getOrDefault(outermost, ROOT_LEVEL));
    }

    private static String segment(JavaClass type) {
        return segment(type.getPackageName());
    }

    private static String segment(String packageName) {
        return packageName.startsWith(BASE)
                ? packageName.substring(BASE.length()).split("\\.")[0]
                : "";
    }
}
