// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import dev.holdfast.spi.LockBackend;
import dev.holdfast.testkit.StoreLink;
import dev.holdfast.trials.proxy.FaultProxy;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** One client's way to the data base: a gate for its statements and, where there is a network, a proxy. */
class JdbcLink implements StoreLink, AutoCloseable {
    private final StatementGate gate = new StatementGate();
    private final Place place;
    private final @Nullable FaultProxy proxy;
    private final JdbcBackend real;
    private final LockBackend backend;

    JdbcLink(Place place) {
        this(place, "");
    }

    /** The parameters begin with an ampersand, for a place whose URI has some. */
    JdbcLink(Place place, String parameters) {
        this.place = place;
        proxy = place.proxy();
        String uri = (proxy == null ? place.uri() : place.uri(proxy.address())) + parameters;
        try {
            real = new JdbcBackend(gate.around(DriverManager.getDriver(place.uri())), uri);
            backend = closing(real);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The proxy has threads, which end with the client: a case may count threads. */
    private LockBackend closing(LockBackend closed) {
        return (LockBackend) Proxy.newProxyInstance(
                LockBackend.class.getClassLoader(), new Class<?>[] {LockBackend.class}, (self, method, arguments) -> {
                    try {
                        return method.invoke(closed, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    } finally {
                        if (method.getName().equals("close")) {
                            close();
                        }
                    }
                });
    }

    private FaultProxy proxy() {
        if (proxy == null) {
            throw new UnsupportedOperationException("there is no network");
        }
        return proxy;
    }

    final JdbcBackend real() {
        return real;
    }

    @Override
    public LockBackend backend() {
        return backend;
    }

    @Override
    public void silence() {
        proxy().requests().blackHole();
        proxy().replies().blackHole();
    }

    /** Where the first use of a name takes several requests, the case is about one of a name that is known. */
    @Override
    public void stall() {
        if (place.name().equals("mariadb")) {
            place.run("INSERT IGNORE INTO holdfast_lock (name, token, expires_us, lease_us, waiters_us)"
                    + " VALUES ('job', 0, 0, 0, 0)");
        }
        stallReplies();
    }

    final void stallReplies() {
        proxy().replies().stall();
    }

    @Override
    public void heal() {
        gate.dropPushes(false);
        if (proxy != null) {
            proxy.heal();
        }
    }

    @Override
    public void loseNextReply() {
        gate.loseNext();
    }

    @Override
    public void holdNextRequest() {
        gate.holdNext();
    }

    @Override
    public void deliverHeldRequest() {
        gate.deliver();
    }

    @Override
    public void duplicateNextRequest() {
        gate.doubleNext();
    }

    @Override
    public void dropPushes() {
        gate.dropPushes(true);
    }

    java.util.List<Long> numbers() {
        return gate.numbers();
    }

    @Override
    public long requests() {
        return gate.calls();
    }

    @Override
    public void close() {
        if (proxy != null) {
            proxy.close();
        }
    }
}
