// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/**
 * Gives each case its {@link Scene}, replaces cases for which the store lacks something by a check that the fixture says why, and
 * notes the results.
 */
final class ConformanceExtension
        implements BeforeEachCallback, AfterEachCallback, ParameterResolver, InvocationInterceptor {
    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(ConformanceExtension.class);
    private static final int SHORTEST_REASON = 10;

    ConformanceExtension() {}

    @Override
    public void beforeEach(ExtensionContext context) throws Exception {
        ConformanceSuite suite = context.getRequiredTestInstances()
                .findInstance(ConformanceSuite.class)
                .orElseThrow();
        context.getStore(NAMESPACE).put(Scene.class, new Scene(suite.openStore()));
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        Scene scene = scene(context);
        if (scene == null) {
            return;
        }
        boolean failed = context.getExecutionException().isPresent();
        try {
            scene.close();
        } catch (Exception | AssertionError e) {
            failed = true;
            throw e;
        } finally {
            ConformanceResults.of(context)
                    .note(
                            suite(context),
                            scene.store().name(),
                            scene.store().lacks(),
                            concerns(context.getRequiredTestMethod()),
                            failed);
        }
    }

    private static String suite(ExtensionContext context) {
        return context.getRequiredTestInstances()
                .getAllInstances()
                .get(0)
                .getClass()
                .getSimpleName();
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Scene.class;
    }

    @Override
    public @Nullable Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return scene(context);
    }

    @Override
    public void interceptTestMethod(
            Invocation<@Nullable Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        Scene scene = scene(context);
        Map<Capability, String> lacks = scene == null ? Map.of() : scene.store().lacks();
        for (Capability capability : needs(method.getExecutable())) {
            String reason = lacks.get(capability);
            if (reason != null) {
                invocation.skip();
                assertThat(reason)
                        .as("why %s does not apply to this store", capability)
                        .hasSizeGreaterThan(SHORTEST_REASON);
                context.publishReportEntry(capability.name(), reason);
                return;
            }
        }
        invocation.proceed();
    }

    private static Capability[] needs(Method method) {
        Needs needs = method.getAnnotation(Needs.class);
        return needs == null ? new Capability[0] : needs.value();
    }

    private static Set<Capability> concerns(Method method) {
        Set<Capability> concerns = EnumSet.noneOf(Capability.class);
        concerns.addAll(List.of(needs(method)));
        About about = method.getAnnotation(About.class);
        if (about != null) {
            concerns.add(about.value());
        }
        return concerns;
    }

    private static @Nullable Scene scene(ExtensionContext context) {
        return context.getStore(NAMESPACE).get(Scene.class, Scene.class);
    }
}
