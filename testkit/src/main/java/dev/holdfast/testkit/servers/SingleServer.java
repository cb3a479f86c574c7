// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.servers;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Supplier;

/** A store that is one server. Its methods but {@code uri()} need a server that was started here. */
public abstract class SingleServer extends ServerGroup {
    SingleServer(Product product, String variable, Supplier<ServerProgram> program) {
        super(product, variable, () -> List.of(program.get()));
    }

    /**
     * The server.
     *
     * @return the only one of {@link #nodes()}
     */
    public final ServerNode node() {
        return nodes().get(0);
    }

    /**
     * Where it listens.
     *
     * @return 127.0.0.1 and its port
     */
    public final InetSocketAddress socketAddress() {
        return node().socketAddress();
    }

    /**
     * Where it listens, as text.
     *
     * @return for example {@code 127.0.0.1:6379}
     */
    public final String address() {
        return node().address();
    }

    /**
     * Where it listens.
     *
     * @return the port
     */
    public final int port() {
        return node().port();
    }

    /**
     * Its process.
     *
     * @return the number that the system gave to it
     */
    public final long pid() {
        return node().pid();
    }

    /** See {@link ServerNode#pause()}. */
    public final void pause() {
        node().pause();
    }

    /** See {@link ServerNode#resume()}. */
    public final void resume() {
        node().resume();
    }

    /** See {@link ServerNode#kill()}. */
    public final void kill() {
        node().kill();
    }

    /** See {@link ServerNode#restart()}. */
    public final void restart() {
        node().restart();
    }

    /** See {@link ServerNode#restartEmpty()}. */
    public final void restartEmpty() {
        node().restartEmpty();
    }
}
