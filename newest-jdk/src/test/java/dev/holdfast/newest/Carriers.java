// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.newest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/** Records, from its making on, which virtual threads kept their carriers while they waited. */
final class Carriers implements AutoCloseable {
    private static final String PINNED = "jdk.VirtualThreadPinned";

    private final Recording recording = new Recording();

    Carriers() {
        recording.enable(PINNED).withStackTrace().withThreshold(Duration.ZERO);
        recording.start();
    }

    /** The stack of each such wait, as far as code of this project took part in it. */
    List<String> pinned() throws IOException {
        Path file = Files.createTempFile("holdfast-pinned", ".jfr");
        try {
            recording.dump(file);
            return RecordingFile.readAllEvents(file).stream()
                    .filter(event -> event.getEventType().getName().equals(PINNED))
                    .map(Carriers::stack)
                    .filter(stack -> stack.contains("dev.holdfast."))
                    .toList();
        } finally {
            Files.delete(file);
        }
    }

    private static String stack(RecordedEvent event) {
        if (event.getStackTrace() == null) {
            return "";
        }
        return event.getStackTrace().getFrames().stream()
                .map(frame -> frame.getMethod().getType().getName() + "."
                        + frame.getMethod().getName() + ":" + frame.getLineNumber())
                .collect(Collectors.joining("\n  ", event.getDuration() + "\n  ", ""));
    }

    @Override
    public void close() {
        recording.close();
    }
}
