// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.bench.contender.memcached;

import dev.holdfast.load.contender.Session;
import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** As many connections as are used at the same time. */
abstract class Lines implements Session {
    private final String place;
    private final Queue<Line> idle = new ConcurrentLinkedQueue<>();

    Lines(String place) {
        this.place = place;
    }

    final String ask(String command) throws IOException {
        Line line = idle.poll();
        if (line == null) {
            line = new Line(place);
        }
        String answer = line.ask(command);
        idle.add(line);
        return answer;
    }

    @Override
    public final void close() throws IOException {
        for (Line line = idle.poll(); line != null; line = idle.poll()) {
            line.close();
        }
    }
}
