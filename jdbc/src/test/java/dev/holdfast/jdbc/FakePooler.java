// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** A pooler in transaction mode: any number of clients share a few connections of the server's, each for one transaction at a time. */
final class FakePooler implements AutoCloseable {
    private final Deque<Connection> free = new ArrayDeque<>();
    private final List<Connection> all = new ArrayList<>();
    private final Place place;

    FakePooler(Place place, int size) throws SQLException {
        this.place = place;
        for (int i = 0; i < size; i++) {
            Connection connection = place.connect();
            all.add(connection);
            free.push(connection);
        }
    }

    JdbcBackend backend(String parameters) throws SQLException {
        Driver real = DriverManager.getDriver(place.uri());
        Driver pooled = (Driver) Proxy.newProxyInstance(
                FakePooler.class.getClassLoader(),
                new Class<?>[] {Driver.class},
                (self, method, arguments) ->
                        method.getName().equals("connect") ? client() : TamperedDriver.invoke(real, method, arguments));
        return new JdbcBackend(pooled, place.uri(parameters));
    }

    /** The one used last is used next, as poolers do. */
    private Connection next() throws SQLException {
        Connection connection = free.peek();
        if (connection == null) {
            throw new SQLTransientConnectionException("no connection of the server is free");
        }
        return connection;
    }

    private Connection client() {
        Connection[] transaction = new Connection[1];
        return (Connection) Proxy.newProxyInstance(
                FakePooler.class.getClassLoader(), new Class<?>[] {Connection.class}, (self, method, arguments) -> {
                    switch (method.getName()) {
                        case "setAutoCommit" -> {
                            if ((boolean) arguments[0] && transaction[0] != null) {
                                transaction[0].setAutoCommit(true);
                                free.push(transaction[0]);
                                transaction[0] = null;
                            } else if (!(boolean) arguments[0] && transaction[0] == null) {
                                transaction[0] = next();
                                free.remove(transaction[0]);
                                transaction[0].setAutoCommit(false);
                            }
                            return null;
                        }
                        case "close", "abort" -> {
                            return null;
                        }
                        case "hashCode" -> {
                            return System.identityHashCode(self);
                        }
                        case "equals" -> {
                            return self == arguments[0];
                        }
                        default -> {
                            Connection server = transaction[0] == null ? next() : transaction[0];
                            return TamperedDriver.invoke(server, method, arguments);
                        }
                    }
                });
    }

    @Override
    public void close() throws SQLException {
        for (Connection connection : all) {
            connection.close();
        }
    }
}
