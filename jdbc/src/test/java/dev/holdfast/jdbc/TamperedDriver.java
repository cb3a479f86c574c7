// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.function.UnaryOperator;

/** A driver that sends other statements than it is given, as something between might. */
final class TamperedDriver {
    private TamperedDriver() {}

    static JdbcBackend backend(Place place, String parameters, UnaryOperator<String> tampering) throws SQLException {
        Driver real = DriverManager.getDriver(place.uri());
        return new JdbcBackend(around(real, Driver.class, tampering), place.uri(parameters));
    }

    private static <T> T around(Object real, Class<T> type, UnaryOperator<String> tampering) {
        return type.cast(Proxy.newProxyInstance(
                TamperedDriver.class.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    boolean statement =
                            !type.equals(Driver.class) && arguments != null && arguments[0] instanceof String;
                    if (statement) {
                        arguments[0] = tampering.apply((String) arguments[0]);
                    }
                    Object answer = invoke(real, method, arguments);
                    if (answer instanceof Connection) {
                        return around(answer, Connection.class, tampering);
                    }
                    return method.getName().equals("createStatement")
                            ? around(answer, java.sql.Statement.class, tampering)
                            : answer;
                }));
    }

    static Object invoke(Object real, Method method, Object... arguments) throws Throwable {
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
