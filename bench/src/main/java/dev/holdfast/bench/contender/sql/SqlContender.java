// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.bench.contender.sql;

import dev.holdfast.bench.contender.Contender;

/** Something that goes to a data base: the URL of PostgreSQL's or MariaDB's driver. */
abstract class SqlContender implements Contender {
    private final String id;
    private final String summary;

    SqlContender(String id, String summary) {
        this.id = id;
        this.summary = summary;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String summary() {
        return summary;
    }

    @Override
    public String defaultPlace() {
        return POSTGRESQL;
    }

    @Override
    public boolean excludesProcesses(String place) {
        return true;
    }
}
