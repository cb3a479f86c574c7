// SPDX-License-Identifier: Apache-2.0
/** Locks in PostgreSQL, MariaDB, MySQL and H2. */
module dev.holdfast.jdbc {
    requires transitive dev.holdfast;
    requires transitive java.sql;
    requires static org.jspecify;

    exports dev.holdfast.jdbc;

    provides dev.holdfast.spi.BackendProvider with
            dev.holdfast.jdbc.JdbcBackendProvider;
}
