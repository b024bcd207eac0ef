package io.ferrymq.junit;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Optional;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Starts and stops what {@link EmbeddedBroker} asks for. Stateless: brokers are in JUnit's store. */
final class EmbeddedBrokerExtension
        implements BeforeAllCallback, AfterAllCallback, BeforeEachCallback, AfterEachCallback, ParameterResolver {
    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(EmbeddedBrokerExtension.class);
    private static final String KEY = "broker";

    @Override
    public void beforeAll(ExtensionContext context) {
        Class<?> testClass = context.getRequiredTestClass();
        // a nested class without an annotation uses the broker of the class around it
        Optional.ofNullable(testClass.getAnnotation(EmbeddedBroker.class)).ifPresent(wanted -> start(context, wanted));
        current(context).ifPresent(broker -> inject(testClass, Optional.empty(), broker));
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        Optional.ofNullable(context.getRequiredTestMethod().getAnnotation(EmbeddedBroker.class))
                .ifPresent(wanted -> start(context, wanted));
        current(context).ifPresent(broker -> context.getRequiredTestInstances()
                .getAllInstances()
                .forEach(instance -> inject(instance.getClass(), Optional.of(instance), broker)));
    }

    @Override
    public void afterEach(ExtensionContext context) {
        stop(context);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        stop(context);
    }

    private static void start(ExtensionContext context, EmbeddedBroker wanted) {
        String name = wanted.name().isEmpty() ? context.getRequiredTestClass().getSimpleName() : wanted.name();
        store(context).put(KEY, RunningBroker.start(name, wanted.persistent()));
    }

    /** Only what was put for this very context: a test does not stop the broker of its class. */
    private static void stop(ExtensionContext context) {
        Optional.ofNullable(store(context).remove(KEY, RunningBroker.class)).ifPresent(RunningBroker::close);
    }

    private static Optional<RunningBroker> current(ExtensionContext context) {
        return Optional.ofNullable(store(context).get(KEY, RunningBroker.class));
    }

    private static ExtensionContext.Store store(ExtensionContext context) {
        return context.getStore(NAMESPACE);
    }

    private static void inject(Class<?> type, Optional<Object> instance, RunningBroker broker) {
        for (Class<?> declaring = type; declaring != null; declaring = declaring.getSuperclass()) {
            for (Field field : declaring.getDeclaredFields()) {
                if (field.isAnnotationPresent(EmbeddedBroker.Inject.class)
                        && Modifier.isStatic(field.getModifiers()) == instance.isEmpty()) {
                    set(field, instance, broker);
                }
            }
        }
    }

    private static void set(Field field, Optional<Object> instance, RunningBroker broker) {
        if (!RunningBroker.offers(field.getType())) {
            throw new ExtensionConfigurationException(
                    "@EmbeddedBroker.Inject: " + field + " is no Broker, URI or ConnectionFactory");
        }
        try {
            field.setAccessible(true);
            field.set(instance.orElse(null), broker.as(field.getType()));
        } catch (IllegalAccessException | RuntimeException e) {
            throw new ExtensionConfigurationException("@EmbeddedBroker.Inject: " + field + ": " + e.getMessage(), e);
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return RunningBroker.offers(parameter.getParameter().getType());
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        RunningBroker broker = current(context)
                .orElseThrow(() -> new ParameterResolutionException("there is no broker yet for " + parameter
                        + ": it runs with the method that has @EmbeddedBroker; put that on the class"));
        try {
            return broker.as(parameter.getParameter().getType());
        } catch (IllegalStateException e) {
            throw new ParameterResolutionException(e.getMessage(), e);
        }
    }
}
