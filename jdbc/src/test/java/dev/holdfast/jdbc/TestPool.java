// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLTransientConnectionException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;
import javax.sql.DataSource;

/** A pool as users have them: some connections, which are waited for, and which come back as they are left. */
final class TestPool implements DataSource, AutoCloseable {
    /** Makes a connection with the settings that the pool's user wants. */
    @FunctionalInterface
    interface Making {
        Connection make() throws SQLException;
    }

    private final Making making;
    private final long waitMillis;
    private final BlockingQueue<Object> permits = new LinkedBlockingQueue<>();
    private final BlockingQueue<Connection> idle = new LinkedBlockingQueue<>();
    private final AtomicInteger lent = new AtomicInteger();

    TestPool(int size, long waitMillis, Making making) {
        this.making = making;
        this.waitMillis = waitMillis;
        for (int i = 0; i < size; i++) {
            permits.add(i);
        }
    }

    int lent() {
        return lent.get();
    }

    @Override
    public Connection getConnection() throws SQLException {
        Object permit;
        try {
            permit = permits.poll(waitMillis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException(e);
        }
        if (permit == null) {
            throw new SQLTransientConnectionException(
                    "Connection is not available, request timed out after " + waitMillis);
        }
        lent.incrementAndGet();
        Connection kept = idle.poll();
        Connection real = kept == null ? making.make() : kept;
        return (Connection) Proxy.newProxyInstance(
                TestPool.class.getClassLoader(), new Class<?>[] {Connection.class}, (self, method, arguments) -> {
                    if (method.getName().equals("close")) {
                        if (!real.isClosed()) {
                            idle.add(real);
                        }
                        lent.decrementAndGet();
                        permits.add(permit);
                        return null;
                    }
                    if (method.getName().equals("unwrap")) {
                        return real;
                    }
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Override
    public void close() throws SQLException {
        for (Connection connection = idle.poll(); connection != null; connection = idle.poll()) {
            connection.close();
        }
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(PrintWriter out) {}

    @Override
    public void setLoginTimeout(int seconds) {}

    @Override
    public int getLoginTimeout() {
        return 0;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        throw new SQLException("no wrapper");
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }
}
