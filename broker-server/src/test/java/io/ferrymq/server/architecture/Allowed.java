package io.ferrymq.server.architecture;

/**
 * A rule of the style that is broken somewhere, on purpose.
 *
 * @param rule which one
 * @param where beginning of {@code fully.qualified.Class} or {@code fully.qualified.Class.method}; {@code ->} and the name of
 *     the other class for an arrow between two
 * @param reason why that is right
 */
record Allowed(Rule rule, String where, String reason) {
    /** The rules that can have exceptions. */
    enum Rule {
        ARROW,
        LEVEL,
        LOCK,
        SYSTEM_PROPERTY,
        SYSTEM_EXIT,
        CATCH_THROWABLE,
        THROWS_EXCEPTION,
        FILE_LINES,
        METHOD_LINES,
        PARAMETERS,
        NAME
    }

    static boolean allowed(Rule rule, String where) {
        return TidyTest.REASONS.stream().anyMatch(allowed -> allowed.rule == rule && where.startsWith(allowed.where));
    }
}
