// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.broken;

import dev.holdfast.DistributedLock;
import dev.holdfast.Holdfast;
import dev.holdfast.Lease;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A client whose leases say that they are held until the store has confirmed their release. */
final class HeldAfterRelease {
    private HeldAfterRelease() {}

    static Holdfast wrap(Holdfast client) {
        return proxy(Holdfast.class, client);
    }

    private static <T> T proxy(Class<T> type, T target) {
        Object[] release = new Object[1];
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> {
            if (method.getName().equals("equals")) {
                return self == args[0];
            }
            if (type == Lease.class && method.getName().equals("isHeld") && release[0] != null) {
                return !((CompletionStage<?>) release[0]).toCompletableFuture().isDone();
            }
            Object result = invoke(target, method, args);
            if (method.getName().equals("releaseAsync")) {
                release[0] = result;
            }
            return wrapped(result);
        }));
    }

    private static @Nullable Object wrapped(@Nullable Object result) {
        if (result instanceof Lease lease) {
            return proxy(Lease.class, lease);
        }
        if (result instanceof DistributedLock lock) {
            return proxy(DistributedLock.class, lock);
        }
        return result instanceof CompletableFuture<?> future ? new WrappedFuture(future) : result;
    }

    /** Passes a cancellation on. */
    @SuppressWarnings("FutureReturnValueIgnored") // It completes this one.
    private static final class WrappedFuture extends CompletableFuture<@Nullable Object> {
        private final CompletableFuture<?> original;

        WrappedFuture(CompletableFuture<?> original) {
            this.original = original;
            original.whenComplete((value, failure) -> {
                if (failure == null) {
                    complete(wrapped(value));
                } else {
                    completeExceptionally(failure);
                }
            });
        }

        @Override
        public boolean cancel(boolean mayInterrupt) {
            boolean cancelled = original.cancel(mayInterrupt);
            if (cancelled) {
                super.cancel(mayInterrupt);
            }
            return cancelled;
        }
    }

    private static @Nullable Object invoke(Object target, Method method, Object @Nullable [] args) throws Throwable {
        try {
            return method.invoke(target, args);
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        }
    }
}
