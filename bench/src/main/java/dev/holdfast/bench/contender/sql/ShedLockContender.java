// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.bench.contender.sql;

import com.zaxxer.hikari.HikariDataSource;
import dev.holdfast.load.contender.Held;
import dev.holdfast.load.contender.Session;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.LockProvider;
import net.javacrumbs.shedlock.core.SimpleLock;
import net.javacrumbs.shedlock.provider.jdbc.JdbcLockProvider;

/** ShedLock with its JDBC provider. It is made for jobs that are left out when somebody else runs them, so whoever wants to wait tries again. */
public final class ShedLockContender extends SqlContender {
    private static final Duration AT_MOST = Duration.ofSeconds(30);
    private static final String POSTGRES =
            "shedlock (name VARCHAR(64) NOT NULL, lock_until TIMESTAMP NOT NULL, locked_at TIMESTAMP NOT NULL,"
                    + " locked_by VARCHAR(255) NOT NULL, PRIMARY KEY (name))";
    private static final String MARIADB = POSTGRES.replace("TIMESTAMP", "TIMESTAMP(3)");

    /** For the ServiceLoader. */
    public ShedLockContender() {
        super("shedlock", "ShedLock on a HikariCP pool, tried every 20 ms");
    }

    @Override
    public Session open(String place) throws SQLException {
        HikariDataSource pool = Pool.open(place);
        Pool.create(pool, Pool.isPostgres(place) ? POSTGRES : MARIADB);
        return new Jobs(pool, new JdbcLockProvider(pool));
    }

    private record Jobs(HikariDataSource pool, LockProvider provider) implements Session {
        @Override
        public Held acquire(String name) throws InterruptedException {
            while (true) {
                Optional<SimpleLock> held =
                        provider.lock(new LockConfiguration(Instant.now(), name, AT_MOST, Duration.ZERO));
                if (held.isPresent()) {
                    return held.get()::unlock;
                }
                TimeUnit.MILLISECONDS.sleep(20);
            }
        }

        @Override
        public void close() {
            pool.close();
        }
    }
}
