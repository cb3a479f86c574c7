// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What PostgreSQL's driver says besides JDBC: found at run time, because drivers are the user's. */
final class Notifications {
    private static final String INTERFACE = "org.postgresql.PGConnection";

    private final Object connection;
    private final Method get;
    private @Nullable Method payload;

    private Notifications(Object connection, Method get) {
        this.connection = connection;
        this.get = get;
    }

    /** Of a connection, perhaps one that a pool has wrapped; null if its driver is another one. */
    static @Nullable Notifications of(Connection connection) throws SQLException {
        for (Object candidate : List.of(connection, connection.unwrap(Connection.class))) {
            Class<?> known = find(candidate.getClass());
            if (known != null) {
                return new Notifications(candidate, getter(known));
            }
        }
        return null;
    }

    private static Method getter(Class<?> type) throws SQLException {
        try {
            return type.getMethod("getNotifications", int.class);
        } catch (NoSuchMethodException e) {
            throw new SQLException("This driver of PostgreSQL is too old to wait for notifications", e);
        }
    }

    private static @Nullable Class<?> find(Class<?> type) {
        if (type.getName().equals(INTERFACE)) {
            return type;
        }
        List<Class<?>> parents = new ArrayList<>(List.of(type.getInterfaces()));
        if (type.getSuperclass() != null) {
            parents.add(type.getSuperclass());
        }
        for (Class<?> parent : parents) {
            Class<?> found = find(parent);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    /** The payloads of what came within some time. */
    List<String> await(int millis) throws SQLException {
        Object[] told = (Object[]) call(get, connection, millis);
        List<String> payloads = new ArrayList<>();
        if (told != null) {
            for (Object each : told) {
                payloads.add(String.valueOf(call(payloadOf(each), each)));
            }
        }
        return payloads;
    }

    /** Of the public interface: the class behind it may not be. */
    private Method payloadOf(Object notification) throws SQLException {
        Method known = payload;
        if (known == null) {
            known = find(notification.getClass().getInterfaces());
            payload = known;
        }
        return known;
    }

    private static Method find(Class<?>[] interfaces) throws SQLException {
        return Stream.of(interfaces)
                .flatMap(type -> Stream.of(type.getMethods()))
                .filter(method -> method.getName().equals("getParameter") && method.getParameterCount() == 0)
                .findFirst()
                .orElseThrow(() -> new SQLException("This driver's notifications have a form that is not known"));
    }

    private static @Nullable Object call(Method method, Object target, Object... arguments) throws SQLException {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof SQLException known) {
                throw known;
            }
            throw new SQLException("The driver failed to read notifications", e.getCause());
        } catch (IllegalAccessException e) {
            throw new SQLException("The driver lets nobody read notifications", e);
        }
    }
}
