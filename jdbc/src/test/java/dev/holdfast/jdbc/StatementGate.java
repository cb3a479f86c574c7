// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/** Stands between the backend and a driver, counts statements, and lets single ones about a lock, or their answers, go astray. */
final class StatementGate {
    private static final Set<String> EXECUTIONS = Set.of("executeQuery", "executeUpdate", "execute");

    private final AtomicLong calls = new AtomicLong();
    private final AtomicBoolean lose = new AtomicBoolean();
    private final AtomicBoolean hold = new AtomicBoolean();
    private final AtomicBoolean twice = new AtomicBoolean();
    private final AtomicReference<Held> held = new AtomicReference<>();
    private final Queue<Long> numbers = new ConcurrentLinkedQueue<>();
    private volatile boolean deaf;

    /** A statement with its values that has not arrived yet, and the connection that it is on. */
    private record Held(PreparedStatement statement, Method execution, Connection connection) {}

    /** A call of a setter of a statement. */
    private record Setting(Method method, List<Object> values) {}

    /** Every whole number that was ever a value in a statement. */
    List<Long> numbers() {
        return List.copyOf(numbers);
    }

    long calls() {
        return calls.get();
    }

    void loseNext() {
        lose.set(true);
    }

    void holdNext() {
        hold.set(true);
    }

    void doubleNext() {
        twice.set(true);
    }

    void dropPushes(boolean value) {
        deaf = value;
    }

    /** The one that was held arrives now. */
    void deliver() {
        Held late = held.getAndSet(null);
        if (late == null) {
            return;
        }
        try (Connection connection = late.connection) {
            invoke(late.statement, late.execution);
        } catch (SQLException e) {
            throw new IllegalStateException("the late request could not be delivered", e);
        }
    }

    Driver around(Driver driver) {
        return (Driver) Proxy.newProxyInstance(
                StatementGate.class.getClassLoader(), new Class<?>[] {Driver.class}, (self, method, arguments) -> {
                    Object result = invoke(driver, method, arguments);
                    return result instanceof Connection connection ? around(connection) : result;
                });
    }

    private Connection around(Connection connection) {
        AtomicInteger patience = new AtomicInteger();
        AtomicBoolean kept = new AtomicBoolean();
        return (Connection) Proxy.newProxyInstance(
                StatementGate.class.getClassLoader(), interfaces(connection), (self, method, arguments) -> {
                    switch (method.getName()) {
                        case "setNetworkTimeout" -> patience.set((int) arguments[1]);
                        case "abort", "close" -> {
                            if (kept.get()) {
                                return null;
                            }
                        }
                        case "getNotifications" -> {
                            Object told = invoke(connection, method, arguments);
                            return deaf ? null : told;
                        }
                        case "unwrap" -> {
                            return self;
                        }
                        default -> {}
                    }
                    Object result = invoke(connection, method, arguments);
                    if (result instanceof PreparedStatement statement) {
                        return around(statement, (String) arguments[0], connection, patience, kept);
                    }
                    return result;
                });
    }

    /** Also what only the driver knows, as PostgreSQL's for notifications. */
    private static Class<?>[] interfaces(Connection connection) {
        List<Class<?>> all = new ArrayList<>(List.of(Connection.class));
        for (Class<?> type = connection.getClass(); type != null; type = type.getSuperclass()) {
            for (Class<?> known : type.getInterfaces()) {
                for (Class<?> parent : known.getInterfaces()) {
                    if (parent.getName().equals("org.postgresql.PGConnection")) {
                        all.add(parent);
                    }
                }
            }
        }
        return all.toArray(Class<?>[]::new);
    }

    private PreparedStatement around(
            PreparedStatement statement,
            String sql,
            Connection connection,
            AtomicInteger patience,
            AtomicBoolean kept) {
        List<Setting> settings = new ArrayList<>();
        boolean aboutALock = sql.contains("holdfast_lock")
                && !sql.contains("SELECT name FROM")
                && !sql.contains("name = ''")
                && !sql.contains("INSERT IGNORE");
        return (PreparedStatement) Proxy.newProxyInstance(
                StatementGate.class.getClassLoader(),
                new Class<?>[] {PreparedStatement.class},
                (self, method, arguments) -> {
                    if (method.getName().startsWith("set")) {
                        if (arguments.length == 2 && arguments[1] instanceof Long number) {
                            numbers.add(number);
                        }
                        settings.add(new Setting(method, Arrays.asList(arguments)));
                    }
                    if (method.getName().equals("close") && kept.get()) {
                        return null;
                    }
                    if (!EXECUTIONS.contains(method.getName())) {
                        return invoke(statement, method, arguments);
                    }
                    calls.incrementAndGet();
                    if (aboutALock && hold.compareAndSet(true, false)) {
                        kept.set(true);
                        held.set(new Held(statement, method, connection));
                        LockSupport.parkNanos(patience.get() * 1_000_000L);
                        throw new SQLException("no answer: the request is under way", "08006");
                    }
                    Object result = invoke(statement, method, arguments);
                    if (aboutALock && twice.compareAndSet(true, false)) {
                        again(connection, sql, settings, method);
                    }
                    if (aboutALock && lose.compareAndSet(true, false)) {
                        connection.abort(Runnable::run);
                        throw new SQLException("the answer got lost", "08006");
                    }
                    return result;
                });
    }

    private static void again(Connection connection, String sql, List<Setting> settings, Method execution)
            throws SQLException {
        try (PreparedStatement copy = connection.prepareStatement(sql)) {
            for (Setting setting : settings) {
                invoke(copy, setting.method, setting.values.toArray());
            }
            invoke(copy, execution);
        }
    }

    private static Object invoke(Object target, Method method, Object... arguments) throws SQLException {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof SQLException known) {
                throw known;
            }
            throw new IllegalStateException(e.getCause());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
