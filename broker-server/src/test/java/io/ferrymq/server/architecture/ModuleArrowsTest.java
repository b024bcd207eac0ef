package io.ferrymq.server.architecture;

import static io.ferrymq.server.architecture.Allowed.allowed;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import io.ferrymq.server.architecture.Allowed.Rule;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Arrows between modules only point down; a library is seen only by the module it was chosen for. */
class ModuleArrowsTest {
    private static final Map<String, Set<String>> SEES = Map.of(
            "broker-core", Set.of(),
            "broker-testkit", Set.of("broker-core"),
            "broker-transport", Set.of("broker-core"),
            "broker-openwire", Set.of("broker-core", "broker-transport"),
            "broker-store", Set.of("broker-core"),
            "broker-client-vm", Set.of("broker-core", "broker-transport", "broker-openwire"),
            "broker-junit", Set.of("broker-core"),
            "broker-server", Set.of("broker-core", "broker-transport", "broker-openwire", "broker-store"));

    private static final List<String> CORE_LIBRARIES =
            List.of("java.", "org.slf4j.", "org.jctools.", "org.jspecify.", "io.ferrymq.");

    /** Beginning of package names, and the modules that may see them. */
    private static final Map<String, Set<String>> LIBRARIES = Map.of(
            "io.netty.", Set.of("broker-transport", "broker-openwire"),
            "net.openhft.", Set.of("broker-store"),
            "software.chronicle.", Set.of("broker-store"),
            "com.fasterxml.", Set.of("broker-server"),
            "org.yaml.", Set.of(),
            "picocli.", Set.of("broker-server"),
            "ch.qos.logback.", Set.of("broker-server"),
            "org.apache.activemq.", Set.of("broker-server", "broker-client-vm", "broker-junit"),
            "jakarta.jms.", Set.of("broker-server"),
            "javax.jms.", Set.of());

    @Test
    void shouldKnowEveryModuleBuiltBeforeThisOne() {
        assertThat(Modules.main().byName().keySet()).contains("broker-core", "broker-server");
        assertThat(SEES.keySet())
                .containsAll(Modules.main().byName().keySet().stream()
                        .filter(name -> name.startsWith("broker-"))
                        .toList());
    }

    @Test
    void shouldPointDownOnly() {
        Set<String> wrong = new TreeSet<>();
        SEES.forEach((module, sees) -> uses(module).forEach(use -> Modules.main()
                .moduleOf(use.to())
                .filter(other -> !other.equals(module) && !sees.contains(other))
                .filter(other -> !allowed(Rule.ARROW, use.toString()))
                .ifPresent(other -> wrong.add(use + " (" + module + " must not see " + other + ")"))));

        assertThat(wrong).isEmpty();
    }

    @Test
    void shouldNeedInCoreOnlyTheJdkSlf4jAndJctools() {
        Set<String> wrong = new TreeSet<>();
        uses("broker-core")
                .filter(use -> CORE_LIBRARIES.stream().noneMatch(use.to().getName()::startsWith))
                .filter(use -> !use.to().isPrimitive())
                .filter(use -> !allowed(Rule.ARROW, use.toString()))
                .forEach(use -> wrong.add(use.toString()));

        assertThat(wrong).isEmpty();
    }

    @Test
    void shouldSeeALibraryOnlyWhereItWasChosen() {
        Set<String> wrong = new TreeSet<>();
        SEES.keySet().forEach(module -> uses(module)
                .forEach(use -> LIBRARIES.forEach((library, modules) -> {
                    boolean seen = use.to().getName().startsWith(library) && !modules.contains(module);
                    if (seen && !allowed(Rule.ARROW, use.toString())) {
                        wrong.add(use + " (" + module + " must not see " + library + ")");
                    }
                })));

        assertThat(wrong).isEmpty();
    }

    private static Stream<Use> uses(String module) {
        if (!Modules.main().byName().containsKey(module)) {
            return Stream.empty();
        }
        return Use.of(Modules.main().of(module).stream());
    }

    /** One class names another. */
    record Use(JavaClass from, JavaClass to) {
        static Stream<Use> of(Stream<JavaClass> classes) {
            return classes.flatMap(type -> type.getDirectDependenciesFromSelf().stream()
                    .map(dependency -> new Use(type, dependency.getTargetClass().getBaseComponentType()))
                    .distinct());
        }

        @Override
        public String toString() {
            return from.getName() + " -> " + to.getName();
        }
    }
}
