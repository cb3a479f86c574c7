// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.bench.contender.sql;

import com.zaxxer.hikari.HikariDataSource;
import dev.holdfast.load.contender.Held;
import dev.holdfast.load.contender.Session;
import java.sql.SQLException;
import java.util.concurrent.locks.Lock;
import org.springframework.integration.jdbc.lock.DefaultLockRepository;
import org.springframework.integration.jdbc.lock.JdbcLockRegistry;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;

/** Spring Integration's lock registry, with its own settings and table. */
public final class SpringJdbcContender extends SqlContender {
    private static final String POSTGRES =
            "INT_LOCK (LOCK_KEY CHAR(36) NOT NULL, REGION VARCHAR(100) NOT NULL, CLIENT_ID CHAR(36), CREATED_DATE TIMESTAMP NOT"
                    + " NULL, EXPIRED_AFTER TIMESTAMP NOT NULL, PRIMARY KEY (LOCK_KEY, REGION))";
    private static final String MARIADB = POSTGRES.replace("TIMESTAMP", "DATETIME(6)");

    /** For the ServiceLoader. */
    public SpringJdbcContender() {
        super("spring-jdbc", "Spring Integration's JdbcLockRegistry, on a HikariCP pool");
    }

    @Override
    public Session open(String place) throws SQLException {
        HikariDataSource pool = Pool.open(place);
        Pool.create(pool, Pool.isPostgres(place) ? POSTGRES : MARIADB);
        DefaultLockRepository repository = new DefaultLockRepository(pool);
        repository.setTransactionManager(new DataSourceTransactionManager(pool));
        repository.afterPropertiesSet();
        repository.afterSingletonsInstantiated();
        repository.start();
        return new Registry(pool, repository, new JdbcLockRegistry(repository));
    }

    private record Registry(HikariDataSource pool, DefaultLockRepository repository, JdbcLockRegistry locks)
            implements Session {
        @Override
        @SuppressWarnings("LockNotBeforeTry") // release() unlocks
        public Held acquire(String name) {
            Lock lock = locks.obtain(name);
            lock.lock();
            return lock::unlock;
        }

        @Override
        public void close() {
            repository.stop();
            pool.close();
        }
    }
}
