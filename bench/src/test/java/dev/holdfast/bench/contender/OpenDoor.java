// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.bench.contender;

import dev.holdfast.load.contender.Contender;
import dev.holdfast.load.contender.Held;
import dev.holdfast.load.contender.Session;

/** A lock that everybody gets: the bench must find it out. */
public final class OpenDoor implements Contender {
    @Override
    public String id() {
        return "open-door";
    }

    @Override
    public String summary() {
        return "broken on purpose";
    }

    @Override
    public String defaultPlace() {
        return "";
    }

    @Override
    public boolean excludesProcesses(String place) {
        return true;
    }

    @Override
    public Session open(String place) {
        return new Session() {
            @Override
            public Held acquire(String name) {
                return new Held() {
                    @Override
                    public void release() {}

                    @Override
                    public boolean isHeld() {
                        return false;
                    }
                };
            }

            @Override
            public void close() {}
        };
    }
}
