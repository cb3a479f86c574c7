// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.bench.contender.sql;

import dev.holdfast.bench.contender.ServerContender;

/** Something that goes to a data base: the URL of PostgreSQL's or MariaDB's driver. */
abstract class SqlContender extends ServerContender {
    SqlContender(String id, String summary) {
        super(id, summary, "", POSTGRESQL);
    }
}
