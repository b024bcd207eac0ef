package io.ferrymq.server.architecture;

import static io.ferrymq.server.architecture.Allowed.allowed;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.server.architecture.Allowed.Rule;
import io.ferrymq.server.architecture.SourceFile.Method;
import java.nio.file.Files;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The style's limits, held over the source of all modules; and the one list of where a rule is broken and why. */
class TidyTest {
    private static final int MAX_FILE_LINES = 600;
    private static final int MAX_METHOD_LINES = 60;
    private static final int MAX_PARAMETERS = 8;
    private static final int MAX_CONSTRUCTOR_PARAMETERS = 15;

    /** A line here is a decision: the reason must convince a reader who knows the rule. */
    static final List<Allowed> REASONS = List.of(
            new Allowed(
                    Rule.SYSTEM_EXIT, "io.ferrymq.server.Main.main", "the program's end, with the verb's exit code"),
            new Allowed(
                    Rule.SYSTEM_EXIT,
                    "io.ferrymq.server.cli.BrokerProcess",
                    "a signal must end in exit code 0 once the broker is closed; the JVM would report the signal"),
            new Allowed(
                    Rule.SYSTEM_EXIT,
                    "io.ferrymq.perf.",
                    "programs of their own: exit codes tell valid runs, and no broker they started may outlive them"),
            new Allowed(
                    Rule.SYSTEM_PROPERTY,
                    "io.ferrymq.server.Main.main",
                    "Netty is configured by system properties only"),
            new Allowed(
                    Rule.SYSTEM_PROPERTY,
                    "io.ferrymq.store.",
                    "Chronicle Queue is configured and probed by system properties only"),
            new Allowed(
                    Rule.LEVEL,
                    "io.ferrymq.admin.BrokerAdmin -> io.ferrymq.session.SessionRegistry",
                    "an operator's view of the clients is read from their registry; session names nothing of admin"),
            new Allowed(Rule.CATCH_THROWABLE, "io.ferrymq.shard.ShardThread.run", "top of a thread"),
            new Allowed(Rule.CATCH_THROWABLE, "io.ferrymq.store.JournalThread.run", "top of a thread"),
            new Allowed(
                    Rule.CATCH_THROWABLE,
                    "io.ferrymq.store.JournalThread.writeHere",
                    "kept for the journal's own thread, which ends with it"),
            new Allowed(Rule.CATCH_THROWABLE, "io.ferrymq.store.ZeroAhead.run", "top of a thread"),
            new Allowed(
                    Rule.CATCH_THROWABLE,
                    "io.ferrymq.store.JournalThread.closeWriter",
                    "last act of the journal's thread: the lock must be given back whatever the engine throws"),
            new Allowed(
                    Rule.CATCH_THROWABLE,
                    "io.ferrymq.store.ChronicleAccess.loads",
                    "Chronicle says with errors, not exceptions, that the JVM does not let it work"),
            new Allowed(Rule.CATCH_THROWABLE, "io.ferrymq.client.vm.VmTransport.read", "top of a thread"),
            new Allowed(
                    Rule.METHOD_LINES,
                    "io.ferrymq.openwire.codec.StructureTypes.create",
                    "one line per structure of the protocol: a table in the form of a switch"));

    private static final List<SourceFile> MAIN = SourceFile.below(Modules.directories().stream()
            .map(module -> module.resolve("src/main/java"))
            .toList());

    private static final List<SourceFile> TESTS = SourceFile.below(Modules.directories().stream()
            .map(module -> module.resolve("src/test/java"))
            .toList());

    @Test
    void shouldHaveFilesOneCanRead() {
        assertThat(files(file ->
                        file.text().lines().count() > MAX_FILE_LINES && !allowed(Rule.FILE_LINES, file.className())))
                .isEmpty();
    }

    @Test
    void shouldHaveMethodsOneCanRead() {
        assertThat(methods(method -> method.lines() > MAX_METHOD_LINES && !allowed(Rule.METHOD_LINES, method.where())))
                .isEmpty();
    }

    @Test
    void shouldHaveFewParameters() {
        assertThat(methods(method ->
                        method.parameters() > (method.constructor() ? MAX_CONSTRUCTOR_PARAMETERS : MAX_PARAMETERS)
                                && !allowed(Rule.PARAMETERS, method.where())))
                .isEmpty();
    }

    @Test
    void shouldSayWhatIsThrown() {
        assertThat(methods(method -> method.throwsException() && !allowed(Rule.THROWS_EXCEPTION, method.where())))
                .isEmpty();
    }

    @Test
    void shouldCatchThrowableOnlyAtTheTopOfAThread() {
        assertThat(places(MAIN, SourceFile::caughtThrowables).filter(where -> !allowed(Rule.CATCH_THROWABLE, where)))
                .isEmpty();
    }

    @Test
    void shouldHaveNoSynchronizedBlockWhereStateHasOneOwner() {
        Stream<SourceFile> owned = MAIN.stream().filter(file -> CorePackagesTest.owned(file.packageName()));

        assertThat(places(owned.toList(), SourceFile::synchronizedBlocks).filter(where -> !allowed(Rule.LOCK, where)))
                .isEmpty();
    }

    @Test
    void shouldNeverSleepInAnyModule() {
        assertThat(places(MAIN, SourceFile::sleeps)).isEmpty();
        assertThat(places(TESTS, SourceFile::sleeps)).isEmpty();
    }

    @Test
    void shouldHaveNoNotesToSelf() {
        List<String> notes = List.of("TO" + "DO", "FIX" + "ME", "X" + "XX");

        assertThat(Stream.concat(MAIN.stream(), TESTS.stream())
                        .filter(file ->
                                notes.stream().anyMatch(note -> file.text().matches("(?s).*\\b" + note + "\\b.*")))
                        .map(SourceFile::className))
                .isEmpty();
    }

    @Test
    void shouldExplainEveryPackage() {
        assertThat(MAIN.stream()
                        .filter(file -> !Files.exists(file.path().resolveSibling("package-info.java")))
                        .map(SourceFile::packageName)
                        .distinct())
                .isEmpty();
    }

    private static List<String> files(Predicate<SourceFile> wrong) {
        return MAIN.stream().filter(wrong).map(SourceFile::className).toList();
    }

    private static List<Method> methods(Predicate<Method> wrong) {
        return MAIN.stream()
                .flatMap(file -> file.methods().stream())
                .filter(wrong)
                .toList();
    }

    private static Stream<String> places(List<SourceFile> files, Function<SourceFile, List<String>> finder) {
        return files.stream().flatMap(file -> finder.apply(file).stream());
    }
}
