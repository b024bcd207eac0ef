package io.ferrymq.message;

import io.ferrymq.message.DestinationName.Kind;
import java.util.List;

/**
 * A name with wildcards, as ActiveMQ reads them: elements are separated by dots, {@code *} stands for one element, {@code >} at the
 * end, once or several times, for any number of them, also none. Immutable.
 */
public final class DestinationPattern implements Comparable<DestinationPattern> {
    private static final String ONE = "*";
    private static final String REST = ">";

    private final Kind kind;
    private final String text;
    private final List<String> elements;
    private final boolean open;

    private DestinationPattern(Kind kind, String text) {
        this.kind = kind;
        this.text = text;
        List<String> all = List.of(text.split("\\.", -1));
        int literal = all.size();
        while (literal > 0 && all.get(literal - 1).equals(REST)) {
            literal--;
        }
        this.open = literal < all.size();
        this.elements = all.subList(0, literal);
    }

    /** The pattern that this name is; a name without wildcards matches only itself. */
    public static DestinationPattern of(DestinationName name) {
        return new DestinationPattern(name.kind(), name.physicalName());
    }

    /** Whether a name stands for several destinations. */
    public static boolean isPattern(DestinationName name) {
        String text = name.physicalName();
        if (name.isTemporary() || (text.indexOf('*') < 0 && text.indexOf('>') < 0)) {
            return false;
        }
        List<String> elements = List.of(text.split("\\.", -1));
        return elements.contains(ONE) || elements.get(elements.size() - 1).equals(REST);
    }

    public DestinationName name() {
        return new DestinationName(kind, text);
    }

    public boolean matches(DestinationName name) {
        return name.kind() == kind && matches(name.physicalName());
    }

    private boolean matches(String name) {
        int start = 0;
        for (String element : elements) {
            if (start > name.length()) {
                return false;
            }
            int dot = name.indexOf('.', start);
            int end = dot < 0 ? name.length() : dot;
            boolean same = element.equals(ONE) || (element.length() == end - start && name.startsWith(element, start));
            if (!same) {
                return false;
            }
            start = end + 1;
        }
        return open || start == name.length() + 1;
    }

    /** The more specific pattern first: a literal element before {@code *}, and that before {@code >}. */
    @Override
    public int compareTo(DestinationPattern other) {
        int shared = Math.min(elements.size(), other.elements.size());
        for (int i = 0; i < shared; i++) {
            boolean wild = elements.get(i).equals(ONE);
            if (wild != other.elements.get(i).equals(ONE)) {
                return wild ? 1 : -1;
            }
        }
        if (elements.size() != other.elements.size()) {
            return other.elements.size() - elements.size();
        }
        int byEnd = Boolean.compare(open, other.open);
        return byEnd != 0 ? byEnd : name().toString().compareTo(other.name().toString());
    }

    /**
     * Which of two patterns that match one name counts, as ActiveMQ chooses an entry of its policyMap: not the one that covers the other, where
     * one that ends in {@code >} takes the other's {@code *} for anything; if neither does, by their text; and if both do, the more specific.
     * No order: a chain of three may be a circle.
     */
    public boolean isPreferredTo(DestinationPattern other) {
        boolean covers = covers(other);
        boolean covered = other.covers(this);
        if (covers != covered) {
            return covered;
        }
        return covers ? compareTo(other) < 0 : text.compareTo(other.text) < 0;
    }

    private boolean covers(DestinationPattern other) {
        int length = other.elements.size() + (other.open ? 1 : 0);
        boolean fits = open ? length >= elements.size() : !other.open && length == elements.size();
        for (int i = 0; fits && i < elements.size(); i++) {
            String theirs = i < other.elements.size() ? other.elements.get(i) : REST;
            String ours = elements.get(i);
            fits = ours.equals(ONE) || ours.equals(theirs) || (open && theirs.equals(ONE));
        }
        return fits;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DestinationPattern that && kind == that.kind && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode() * 31 + kind.hashCode();
    }

    @Override
    public String toString() {
        return name().toString();
    }
}
