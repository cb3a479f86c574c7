// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.bench.contender;

import dev.holdfast.load.contender.Contender;
import dev.holdfast.load.contender.Held;
import dev.holdfast.load.contender.Session;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The floor of every lock between processes that says who holds it: the kernel's lock on a file that stays open, and a record of 128
 * bytes. Only one thread of a process can wait for a lock: a second one is an error of the JDK.
 */
public final class FileLockContender implements Contender {
    private static final int RECORD = 128;

    @Override
    public String id() {
        return "filelock";
    }

    @Override
    public String summary() {
        return "the floor: FileChannel.lock(), a record of 128 bytes, release; one thread per process and name";
    }

    @Override
    public String defaultPlace() {
        return DIRECTORY;
    }

    @Override
    public boolean excludesProcesses(String place) {
        return true;
    }

    @Override
    public boolean excludesThreads() {
        return false;
    }

    @Override
    public Session open(String place) {
        return new Files(Path.of(place), new ConcurrentHashMap<>());
    }

    private record Files(Path directory, Map<String, FileChannel> channels) implements Session {
        @Override
        public Held acquire(String name) throws IOException {
            FileChannel channel = channels.computeIfAbsent(name, this::channel);
            FileLock lock = channel.lock();
            channel.write(ByteBuffer.allocate(RECORD), 0);
            return lock::release;
        }

        private FileChannel channel(String name) {
            try {
                return FileChannel.open(
                        directory.resolve(name),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() throws IOException {
            for (FileChannel channel : channels.values()) {
                channel.close();
            }
        }
    }
}
