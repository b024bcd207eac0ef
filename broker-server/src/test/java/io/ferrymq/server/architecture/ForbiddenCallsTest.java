package io.ferrymq.server.architecture;

import static io.ferrymq.server.architecture.Allowed.allowed;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import io.ferrymq.server.architecture.Allowed.Rule;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What may not be called, and how things may not be named. */
class ForbiddenCallsTest {
    private static final Pattern BAD_NAME = Pattern.compile(".*(Impl|Manager|Utils?|Helper|Support|Common)(\\$.*)?");
    private static final Pattern BAD_PACKAGE =
            Pattern.compile(".*\\.(impl|managers?|utils?|helpers?|support|common)(\\..*)?");

    @Test
    void shouldNeverDeserializeObjects() {
        Set<String> wrong = new TreeSet<>();
        Modules.main().all().forEach(type -> type.getDirectDependenciesFromSelf().stream()
                .filter(use -> use.getTargetClass().isAssignableTo("java.io.ObjectInputStream"))
                .forEach(use -> wrong.add(use.getDescription())));

        assertThat(wrong).isEmpty();
    }

    @Test
    void shouldNeverLoadAClassByName() {
        assertThat(calls(
                        Modules.main(),
                        call -> is(call, "java.lang.Class", "forName")
                                || is(call, "java.lang.ClassLoader", "loadClass")))
                .isEmpty();
    }

    @Test
    void shouldNeverSleepNotEvenInTests() {
        Predicate<JavaAccess<?>> sleep =
                call -> is(call, "java.lang.Thread", "sleep") || is(call, "java.util.concurrent.TimeUnit", "sleep");

        assertThat(calls(Modules.main(), sleep)).isEmpty();
        assertThat(calls(Modules.test(), sleep)).isEmpty();
    }

    @Test
    void shouldLeaveTheEndOfTheJvmToTheProgram() {
        Predicate<JavaAccess<?>> end = call -> is(call, "java.lang.System", "exit")
                || is(call, "java.lang.Runtime", "exit")
                || is(call, "java.lang.Runtime", "halt")
                || is(call, "java.lang.Runtime", "addShutdownHook");

        assertThat(calls(Modules.main(), end.and(call -> !allowed(Rule.SYSTEM_EXIT, origin(call)))))
                .isEmpty();
    }

    @Test
    void shouldBeConfiguredByTheBuilderAndNothingElse() {
        List<String> readers = List.of("getProperty", "getProperties", "getenv");
        Predicate<JavaAccess<?>> property =
                call -> readers.stream().anyMatch(name -> is(call, "java.lang.System", name))
                        || is(call, "java.lang.Integer", "getInteger")
                        || is(call, "java.lang.Long", "getLong")
                        || is(call, "java.lang.Boolean", "getBoolean");

        assertThat(calls(Modules.main(), property.and(call -> !allowed(Rule.SYSTEM_PROPERTY, origin(call)))))
                .isEmpty();
    }

    @Test
    void shouldBeNamedForWhatItIs() {
        Set<String> wrong = new TreeSet<>();
        Stream.concat(Modules.main().all(), Modules.test().all())
                .filter(type -> BAD_NAME.matcher(type.getName()).matches()
                        || BAD_PACKAGE.matcher(type.getPackageName()).matches())
                .filter(type -> !allowed(Rule.NAME, type.getName()))
                .forEach(type -> wrong.add(type.getName()));

        assertThat(wrong).isEmpty();
    }

    private static Set<String> calls(Modules modules, Predicate<? super JavaAccess<?>> forbidden) {
        Set<String> found = new TreeSet<>();
        modules.all()
                .map(JavaClass::getAccessesFromSelf)
                .flatMap(Set::stream)
                .filter(forbidden)
                .forEach(call -> found.add(call.getDescription()));
        return found;
    }

    private static boolean is(JavaAccess<?> call, String owner, String name) {
        return call.getTarget().getName().equals(name)
                && call.getTargetOwner().getName().equals(owner);
    }

    private static String origin(JavaAccess<?> call) {
        return call.getOriginOwner().getName() + "." + call.getOrigin().getName();
    }
}
