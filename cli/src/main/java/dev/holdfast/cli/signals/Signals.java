// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.signals;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.function.IntConsumer;

/**
 * The operating system's signals. The JDK's only way to hear which one came, and to live on, is {@code sun.misc.Signal} in the
 * supported module {@code jdk.unsupported}. By reflection, because nothing turns off the compiler's warning about it.
 */
public final class Signals {
    private Signals() {}

    /**
     * Hears a signal instead of dying of it. One that this process was started to ignore, as by nohup, stays ignored.
     *
     * @param name without SIG
     * @param action is told the signal's number, on a thread of its own
     */
    public static void handle(String name, IntConsumer action) {
        register(name, (proxy, method, arguments) -> switch (method.getName()) {
            case "handle" -> {
                action.accept((int)
                        method.getParameterTypes()[0].getMethod("getNumber").invoke(arguments[0]));
                yield null;
            }
            case "equals" -> proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            default -> "handler of SIG" + name;
        });
    }

    /** Takes no notice of a signal. */
    public static void ignore(String name) {
        handle(name, number -> {});
    }

    private static void register(String name, InvocationHandler handler) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handlers = Class.forName("sun.misc.SignalHandler");
            Constructor<?> named = signal.getConstructor(String.class);
            Method handle = signal.getMethod("handle", signal, handlers);
            handle.invoke(
                    null,
                    named.newInstance(name),
                    Proxy.newProxyInstance(Signals.class.getClassLoader(), new Class<?>[] {handlers}, handler));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this Java cannot handle SIG" + name, e);
        }
    }
}
