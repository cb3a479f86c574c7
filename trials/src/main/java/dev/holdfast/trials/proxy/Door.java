// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.proxy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Listens at one port, which can be closed and opened again. */
final class Door implements AutoCloseable {
    private static final int BACKLOG = 1024;

    private final InetSocketAddress address;
    private final Consumer<Socket> visitors;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable ServerSocket listener;
    private @Nullable Thread thread;

    Door(InetSocketAddress address, Consumer<Socket> visitors) {
        this.address = address;
        this.visitors = visitors;
    }

    InetSocketAddress address() {
        return address;
    }

    /** Listens, unless it does already. */
    void open() throws IOException {
        lock.lock();
        try {
            if (listener != null) {
                return;
            }
            ServerSocket socket = new ServerSocket();
            try {
                socket.setReuseAddress(true);
                socket.bind(address, BACKLOG);
            } catch (IOException e) {
                socket.close();
                throw e;
            }
            Thread doorman = new Thread(() -> accept(socket), "fault-proxy-" + address.getPort());
            doorman.setDaemon(true);
            doorman.start();
            listener = socket;
            thread = doorman;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Stops listening. Waits for the thread that accepts: until it has left the kernel, the kernel goes on accepting connections for a
     * socket that is closed already.
     */
    @Override
    public void close() throws IOException {
        lock.lock();
        try {
            if (listener != null && thread != null) {
                listener.close();
                listener = null;
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    private void accept(ServerSocket socket) {
        while (!socket.isClosed()) {
            Socket visitor;
            try {
                visitor = socket.accept();
            } catch (IOException e) {
                continue; // closed, or the client left before it was accepted
            }
            if (socket.isClosed()) {
                Connection.abort(visitor);
            } else {
                visitors.accept(visitor);
            }
        }
    }
}
