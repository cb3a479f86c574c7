// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import java.util.Objects;

/** The way of a client whose locks end with a connection. */
final class SessionLink extends JdbcLink {
    private final Place place;

    SessionLink(Place place, String parameters) {
        super(place, parameters);
        this.place = place;
    }

    /** The first use of a name costs one statement here. */
    @Override
    public void stall() {
        stallReplies();
    }

    @Override
    public void endSession() {
        long connection = Objects.requireNonNull(real().holding(), "no connection holds locks")
                .connection();
        place.run(
                place.name().startsWith("mariadb")
                        ? "KILL " + connection
                        : "SELECT pg_terminate_backend(" + connection + ")");
    }
}
