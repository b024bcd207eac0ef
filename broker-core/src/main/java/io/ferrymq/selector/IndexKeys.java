package io.ferrymq.selector;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an identifier must be for a selector to match, as keys for a hash map. Two values that compare equal must have the same
 * key, whatever their types; that two which do not compare equal share one is harmless.
 *
 * <p>A whole number is a Long, also when it comes as a double. Floats have keys of their own kind, because many longs are equal
 * to one float: a literal has a key of either kind. Beyond 2^53 the same is true of doubles, and nothing is indexed there.
 */
final class IndexKeys {
    private static final double EXACT = 1L << 53;

    private IndexKeys() {}

    /** By identifier, the keys of which one is that of its value whenever the selector matches. May be empty. */
    static Map<Identifier, Set<Object>> of(Selector selector) {
        // a converting selector compares strings with numbers in more ways than keys can say
        return selector.comparison() == Comparison.STRICT ? of(selector.condition()) : Map.of();
    }

    private static Map<Identifier, Set<Object>> of(Condition condition) {
        if (condition instanceof Equality equality) {
            return equality(equality);
        }
        if (condition instanceof InList in) {
            return Map.of(in.identifier(), Set.copyOf(in.values()));
        }
        if (condition instanceof Flag flag) {
            return Map.of(flag.identifier(), Set.of(Boolean.TRUE));
        }
        if (condition instanceof AllOf all) {
            return conjunction(all.operands());
        }
        return condition instanceof AnyOf any ? disjunction(any.operands()) : Map.of();
    }

    private static Map<Identifier, Set<Object>> equality(Equality equality) {
        if (equality.left() instanceof Identifier identifier) {
            return equality(identifier, equality.right());
        }
        return equality.right() instanceof Identifier identifier ? equality(identifier, equality.left()) : Map.of();
    }

    private static Map<Identifier, Set<Object>> equality(Identifier identifier, Expression other) {
        Set<Object> keys = other instanceof Literal literal
                ? literalKeys(literal.constant())
                : other instanceof Negation negation && negation.folded() != null
                        ? literalKeys(negation.folded())
                        : other instanceof TruthLiteral truth && truth.truth() != Truth.UNKNOWN
                                ? Set.of(truth.truth() == Truth.TRUE)
                                : Set.of();
        return keys.isEmpty() ? Map.of() : Map.of(identifier, keys);
    }

    /** One identifier that is bound is enough, so all that are can be chosen from. */
    private static Map<Identifier, Set<Object>> conjunction(List<Condition> operands) {
        Map<Identifier, Set<Object>> bound = new LinkedHashMap<>();
        for (Condition operand : operands) {
            of(operand).forEach((identifier, keys) -> bound.merge(identifier, keys, IndexKeys::smaller));
        }
        return bound;
    }

    private static Set<Object> smaller(Set<Object> one, Set<Object> other) {
        return one.size() <= other.size() ? one : other;
    }

    /** Only an identifier that every branch binds is bound. */
    private static Map<Identifier, Set<Object>> disjunction(List<Condition> operands) {
        Map<Identifier, Set<Object>> bound = new LinkedHashMap<>();
        of(operands.get(0)).forEach((identifier, keys) -> bound.put(identifier, new HashSet<>(keys)));
        for (Condition operand : operands.subList(1, operands.size())) {
            Map<Identifier, Set<Object>> more = bound.isEmpty() ? Map.of() : of(operand);
            bound.keySet().retainAll(more.keySet());
            bound.forEach((identifier, keys) -> keys.addAll(more.get(identifier)));
        }
        return bound;
    }

    private static Set<Object> literalKeys(Object constant) {
        if (constant instanceof String) {
            return Set.of(constant);
        }
        boolean exact = constant instanceof Number number && Math.abs(number.doubleValue()) < EXACT;
        return exact ? Set.of(exactKey((Number) constant), ((Number) constant).floatValue()) : Set.of();
    }

    private static Object exactKey(Number number) {
        if (number instanceof Double approximate && approximate != approximate.longValue()) {
            return number;
        }
        return number.longValue();
    }

    /** The key that a value is looked for with; null when no literal can equal it. */
    static @Nullable Object of(@Nullable Object value) {
        if (value instanceof String || value instanceof Boolean || value instanceof Float) {
            return value;
        }
        return value instanceof Number number ? exactKey(number) : null;
    }
}
