package io.ferrymq.server.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The compiled modules of this source tree that are built before this one, and the source of all. */
final class Modules {
    static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private static final Modules MAIN = new Modules("target/classes");
    private static final Modules TEST = new Modules("target/test-classes");

    private final Map<String, JavaClasses> classes = new TreeMap<>();
    private final Map<String, String> moduleByClass = new HashMap<>();

    private Modules(String folder) {
        for (Path module : directories()) {
            Path compiled = module.resolve(folder);
            if (Files.isDirectory(compiled)) {
                String name = module.getFileName().toString();
                JavaClasses imported = new ClassFileImporter().importPath(compiled);
                classes.put(name, imported);
                imported.forEach(type -> moduleByClass.put(type.getName(), name));
            }
        }
    }

    static Modules main() {
        return MAIN;
    }

    static Modules test() {
        return TEST;
    }

    /** Module directories, whether built or not. */
    static List<Path> directories() {
        try (Stream<Path> children = Files.list(ROOT)) {
            return children.filter(child -> Files.exists(child.resolve("pom.xml")))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Map<String, JavaClasses> byName() {
        return classes;
    }

    JavaClasses of(String module) {
        return Optional.ofNullable(classes.get(module))
                .orElseThrow(() -> new AssertionError(module + " is not compiled: run mvn verify at the top"));
    }

    Optional<String> moduleOf(JavaClass type) {
        return Optional.ofNullable(moduleByClass.get(type.getName()));
    }

    Stream<JavaClass> all() {
        return classes.values().stream().flatMap(Collection::stream);
    }
}
