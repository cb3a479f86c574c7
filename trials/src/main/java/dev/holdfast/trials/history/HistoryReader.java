// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.history;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.toMap;

import dev.holdfast.trials.history.History.ProcessHistory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads one file of records. Records that were reserved but never written are empty; those written in part are counted. */
final class HistoryReader {
    private static final Map<Integer, Kind> KINDS =
            Arrays.stream(Kind.values()).collect(toMap(Kind::code, kind -> kind));
    private static final Map<Integer, Outcome> OUTCOMES =
            Arrays.stream(Outcome.values()).collect(toMap(Outcome::code, outcome -> outcome));

    private final ByteBuffer bytes;
    private final long pid;
    private final Map<Integer, String> names = new HashMap<>();
    private final List<Operation> operations = new ArrayList<>();
    private int torn;

    private HistoryReader(ByteBuffer bytes) {
        this.bytes = bytes;
        this.pid = Layout.pid(bytes);
        names.put(0, "");
    }

    /** Whether its process was killed before it had written the first word, and so before it did anything else. */
    static boolean isUnborn(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer first = ByteBuffer.allocate(Long.BYTES).order(Layout.ORDER);
            while (first.hasRemaining() && channel.read(first) >= 0) {
                // Goes on to the end of the word or of the file.
            }
            return first.position() == 0 || (!first.hasRemaining() && first.getLong(0) == 0);
        }
    }

    static ProcessHistory read(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size > Integer.MAX_VALUE) {
                throw new IOException(file + " has " + size + " bytes; at most 2 GiB can be read");
            }
            ByteBuffer bytes =
                    channel.map(FileChannel.MapMode.READ_ONLY, 0, size).order(Layout.ORDER);
            if (size < Layout.RECORD || bytes.getLong(0) != Layout.MAGIC) {
                throw new IOException(file + " is no history, or one of another version");
            }
            HistoryReader reader = new HistoryReader(bytes);
            reader.readAll();
            return new ProcessHistory(reader.pid, List.copyOf(reader.operations), reader.torn);
        }
    }

    private void readAll() {
        int slots = bytes.limit() / Layout.RECORD;
        for (int slot = 1; slot < slots; slot++) {
            int at = slot * Layout.RECORD;
            if (Layout.isEmpty(bytes, at)) {
                continue;
            }
            if (!Layout.hasCall(bytes, at)) {
                torn++;
            } else if (Layout.kind(bytes, at) == Layout.NAME) {
                int length = (int) Layout.subject(bytes, at);
                byte[] name = new byte[length];
                bytes.get(at + Layout.RECORD, name);
                names.put(slot, new String(name, UTF_8));
                slot += (length + Layout.RECORD - 1) / Layout.RECORD;
            } else {
                operations.add(operation(slot, at));
            }
        }
    }

    private Operation operation(int slot, int at) {
        boolean whole = Layout.hasReturn(bytes, at);
        if (!whole && Layout.beganReturn(bytes, at)) {
            torn++;
        }
        return new Operation(
                pid,
                Layout.thread(bytes, at),
                slot,
                known(KINDS, Layout.kind(bytes, at)),
                names.getOrDefault(Layout.nameSlot(bytes, at), "?"),
                Layout.hold(bytes, at),
                Layout.subject(bytes, at),
                Layout.call(bytes, at),
                whole ? Layout.returned(bytes, at) : Long.MAX_VALUE,
                whole ? known(OUTCOMES, Layout.outcome(bytes, at)) : Outcome.UNKNOWN,
                whole ? Layout.token(bytes, at) : 0,
                whole ? Layout.validUntil(bytes, at) : Long.MIN_VALUE);
    }

    /** The checksum was right, so an unknown code is from another version and not a torn record. */
    private static <T> T known(Map<Integer, T> codes, int code) {
        T value = codes.get(code);
        if (value == null) {
            throw new IllegalArgumentException("the history has a record with the unknown code " + code);
        }
        return value;
    }
}
