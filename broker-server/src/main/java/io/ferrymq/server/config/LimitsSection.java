package io.ferrymq.server.config;

import io.ferrymq.BrokerException;
import io.ferrymq.flow.Limits;
import io.ferrymq.flow.NoSpace;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Reads {@code limits:}. The keys are the components of {@link Limits}, and the end of a name says its unit, so that a limit
 * added to the broker can be set in a file the same day.
 */
final class LimitsSection {
    private LimitsSection() {}

    /** The defaults with what the section sets. */
    static Limits read(Section section) {
        RecordComponent[] components = Limits.class.getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        Object[] values = new Object[components.length];
        Limits defaults = Limits.defaults();
        for (int i = 0; i < components.length; i++) {
            int index = i;
            RecordComponent component = components[i];
            boolean isLong = component.getType() == long.class;
            types[i] = component.getType();
            values[i] = value(component, defaults);
            section.quantity(
                    component.getName(),
                    kind(component.getName()),
                    isLong ? Long.MAX_VALUE : Integer.MAX_VALUE,
                    number -> values[index] = isLong ? (Object) number : (Object) (int) number);
        }
        return make(types, values);
    }

    /** What happens at the limits of memory and disk. */
    static NoSpace readNoSpace(Section section) {
        AtomicReference<NoSpace> noSpace = new AtomicReference<>(NoSpace.HOLD);
        section.flag(
                "sendFailIfNoSpace",
                value -> noSpace.set(new NoSpace(value, noSpace.get().sendFailIfNoSpaceAfterTimeoutMs())));
        section.quantity(
                "sendFailIfNoSpaceAfterTimeoutMs",
                Quantity.Kind.MILLISECONDS,
                Integer.MAX_VALUE,
                value -> noSpace.set(new NoSpace(noSpace.get().sendFailIfNoSpace(), value)));
        return noSpace.get();
    }

    private static Quantity.Kind kind(String name) {
        if (name.endsWith("Bytes")) {
            return Quantity.Kind.BYTES;
        }
        return name.endsWith("Ms") ? Quantity.Kind.MILLISECONDS : Quantity.Kind.COUNT;
    }

    private static Object value(RecordComponent component, Limits limits) {
        try {
            return component.getAccessor().invoke(limits);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Limits is a public record", e);
        }
    }

    private static Limits make(Class<?>[] types, Object[] values) {
        try {
            return Limits.class.getDeclaredConstructor(types).newInstance(values);
        } catch (InvocationTargetException e) {
            throw refused(e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Limits is a public record", e);
        }
    }

    private static RuntimeException refused(InvocationTargetException failure) {
        if (failure.getCause() instanceof BrokerException broker) {
            return broker;
        }
        String reason = String.valueOf(
                failure.getCause() == null ? failure : failure.getCause().getMessage());
        return new BrokerException(BrokerException.Code.CONFIGURATION, "limits: " + reason, failure);
    }
}
