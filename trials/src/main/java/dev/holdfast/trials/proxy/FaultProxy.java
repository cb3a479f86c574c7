// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.proxy;

import dev.holdfast.trials.loopback.LoopbackPorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Stands between clients and one server, on 127.0.0.1, and plays the faults of a network in each direction: {@link #requests()} flow
 * from the clients to the server, {@link #replies()} back. Without a fault it passes everything on at once.
 *
 * <p>The proxy acknowledges at the level of TCP what it drops or holds back, so that keep-alive probes and TCP_USER_TIMEOUT notice
 * nothing: only the kernel can drop packets. While the server itself is down, a client's connection is accepted and then reset; use {@link
 * #refuse()} for a port at which nobody listens.
 *
 * <p>All methods may be called from any thread. None waits for the network.
 */
public final class FaultProxy implements AutoCloseable {
    private static final int PORT_TRIES = 20;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    private final InetSocketAddress server;
    private final Supplier<FrameCounter> frames;
    private final Flow requests = new Flow();
    private final Flow replies = new Flow();
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final Door door;
    private volatile boolean closed;

    private FaultProxy(InetSocketAddress server, Supplier<FrameCounter> frames) {
        this.server = server;
        this.frames = frames;
        this.door = new Door(LoopbackPorts.address(LoopbackPorts.free(1)[0]), this::admit);
    }

    /**
     * Starts a proxy on a free port.
     *
     * @param server where it connects to, once per connection of a client; it need not run yet
     * @param frames makes the counter of one direction of one connection, for example {@code FrameCounter::resp}
     * @return a proxy that listens
     * @throws UncheckedIOException if there is no port to listen at
     */
    public static FaultProxy start(InetSocketAddress server, Supplier<FrameCounter> frames) {
        IOException last = null;
        for (int i = 0; i < PORT_TRIES; i++) {
            FaultProxy proxy = new FaultProxy(server, frames);
            try {
                proxy.door.open();
                return proxy;
            } catch (IOException e) {
                last = e; // somebody took the port since it was found free
                LoopbackPorts.giveBack(proxy.port());
            }
        }
        throw new UncheckedIOException("found no port for a proxy in " + PORT_TRIES + " tries", last);
    }

    /**
     * Where clients connect to.
     *
     * @return 127.0.0.1 and a port that stays the same until the proxy is closed
     */
    public InetSocketAddress address() {
        return door.address();
    }

    /**
     * The port of {@link #address()}.
     *
     * @return 1 to 65535
     */
    public int port() {
        return address().getPort();
    }

    /**
     * The direction from the clients to the server.
     *
     * @return its faults and counts
     */
    public Flow requests() {
        return requests;
    }

    /**
     * The direction from the server to the clients.
     *
     * @return its faults and counts
     */
    public Flow replies() {
        return replies;
    }

    /**
     * Counts the connections that are open now.
     *
     * @return those of clients, each with one to the server
     */
    public int connections() {
        return connections.size();
    }

    /** Ends all open connections by a reset (RST) on both sides. New ones are accepted. */
    public void reset() {
        connections.forEach(Connection::reset);
    }

    /** From now on new connections are refused, as at a port at which nobody listens. Open ones stay. */
    public void refuse() {
        try {
            door.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot stop listening at " + address(), e);
        }
    }

    /**
     * Ends all faults, delays and cuts that did not happen yet too. Connections that lost something are reset.
     *
     * @throws UncheckedIOException if somebody took the port while connections were refused
     */
    public void heal() {
        for (Connection connection : connections) {
            if (connection.isLossy()) {
                connection.reset();
            }
        }
        requests.heal();
        replies.heal();
        try {
            if (!closed) {
                door.open();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot listen at " + address() + " again", e);
        }
    }

    /** Ends all connections and gives the port back. Does nothing the second time. */
    @Override
    public void close() {
        closed = true;
        refuse();
        requests.close();
        replies.close();
        reset();
        LoopbackPorts.giveBack(port());
    }

    // A server that does not answer must not keep other clients waiting.
    private void admit(Socket client) {
        Thread thread = new Thread(() -> connect(client), "fault-proxy-" + port() + "-" + client.getPort());
        thread.setDaemon(true);
        thread.start();
    }

    private void connect(Socket client) {
        Socket upstream = new Socket();
        try {
            upstream.connect(server, (int) CONNECT_TIMEOUT.toMillis());
            upstream.setTcpNoDelay(true);
            client.setTcpNoDelay(true);
        } catch (IOException e) {
            Connection.abort(client);
            Connection.abort(upstream);
            return;
        }
        Connection connection = new Connection(client, upstream, requests, replies, frames, connections::remove);
        connections.add(connection);
        connection.start(Thread.currentThread().getName());
        if (closed) {
            connection.reset();
        }
    }
}
