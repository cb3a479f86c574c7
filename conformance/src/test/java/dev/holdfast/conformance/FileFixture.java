// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.conformance;

import dev.holdfast.file.FileBackend;
import dev.holdfast.testkit.Capability;
import dev.holdfast.testkit.StoreFixture;
import dev.holdfast.testkit.StoreLink;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** A directory of {@code file:} for one test. */
public final class FileFixture implements StoreFixture {
    /** Where a record's head is in its file. */
    static final int FIRST_HEAD = 2_000;

    private final Path directory;
    private final Observer observer;

    public FileFixture() throws IOException {
        directory = Files.createTempDirectory("holdfast-conformance");
        observer = new Observer(new FileBackend(directory));
    }

    @Override
    public String name() {
        return "file";
    }

    @Override
    public Map<Capability, String> lacks() {
        Map<Capability, String> lacks = new EnumMap<>(Capability.class);
        lacks.put(Capability.LEASES, "A lock ends when it is released or its process ends, not by time.");
        lacks.put(Capability.EXPIRY, "A stopped process keeps its locks, as with any lock of the kernel.");
        lacks.put(Capability.LINE, "The kernel wakes all processes that wait, and the fastest wins.");
        lacks.put(Capability.DEMAND, "The kernel does not tell a holder who waits.");
        lacks.put(Capability.FORCE_RELEASE, "The kernel takes no lock away from a process that lives.");
        lacks.put(Capability.FORCE_RELEASE_NOW, "The kernel takes no lock away from a process that lives.");
        lacks.put(
                Capability.MANY_LEASES, "Each held lock is an open file, and processes may have few thousand of them.");
        for (Capability fault : Set.of(
                Capability.SILENCE,
                Capability.STALL,
                Capability.LOST_REPLY,
                Capability.LATE_REQUEST,
                Capability.DUPLICATE,
                Capability.LOST_PUSH)) {
            lacks.put(fault, "Requests are system calls: nothing can get lost or late.");
        }
        lacks.put(Capability.REMOVAL, "The lock is the kernel's; deleting its file leaves the holder its lock.");
        lacks.put(Capability.SESSION_END, "The session is the process.");
        lacks.put(Capability.RESTART, "The store is the kernel: its restart ends every process.");
        lacks.put(Capability.RESTART_EMPTY, "The store is the kernel: its restart ends every process.");
        lacks.put(Capability.REQUEST_COUNT, "Requests are system calls, which this process cannot count.");
        return lacks;
    }

    @Override
    public StoreLink connect() {
        return StoreLink.faultless(new FileBackend(directory));
    }

    @Override
    public String uri() {
        return "file:" + directory;
    }

    @Override
    public Set<String> residue() {
        return observer.residue();
    }

    @Override
    public void purge(String lockName) {
        try {
            Files.deleteIfExists(directory.resolve(lockName + ".info"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A record of a format that a later version made. */
    @Override
    public void spoil(String lockName) {
        byte[] record = new byte[4_096];
        System.arraycopy(new byte[] {'H', 'F', 'L', 99}, 0, record, FIRST_HEAD, 4);
        try {
            Files.write(directory.resolve(lockName + ".info"), record);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        observer.close();
        List<Path> all;
        try (Stream<Path> files = Files.walk(directory)) {
            all = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : all) {
            Files.delete(file);
        }
    }
}
