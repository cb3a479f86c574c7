// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.load.contender;

import java.util.OptionalLong;

/** A kind of lock that can be measured. Found by ServiceLoader; has a constructor without parameters and no state. */
public interface Contender {
    /** In a place: a fresh directory of the comparison, which all its processes share. */
    String DIRECTORY = "{dir}";

    /** In a place: host and port of a Redis that is started for the comparison, and shared by all that say it. */
    String REDIS = "{redis}";

    /** In a place: the address of the ZooKeeper of the comparison. */
    String ZOOKEEPER = "{zookeeper}";

    /** In a place: the address of the etcd of the comparison. */
    String ETCD = "{etcd}";
    /** In a place: host and port of the memcached of the comparison. */
    String MEMCACHED = "{memcached}";

    /** In a place: the driver's URL of the PostgreSQL of the comparison. */
    String POSTGRESQL = "{postgresql}";

    /** In a place: the driver's URL of the MariaDB of the comparison. */
    String MARIADB = "{mariadb}";

    /**
     * What it is called on the command line and in the results.
     *
     * @return lower-case letters, digits and hyphens
     */
    String id();

    /**
     * One line for the help.
     *
     * @return what it is
     */
    String summary();

    /**
     * Where its locks are when nothing is said.
     *
     * @return for example a URI; may contain {@link #DIRECTORY}
     */
    String defaultPlace();

    /**
     * Whether its locks exclude other processes.
     *
     * @param place where its locks are
     * @return false if each process has locks of its own
     */
    boolean excludesProcesses(String place);

    /**
     * Whether several threads of a process may want the same lock at the same time.
     *
     * @return true unless that is an error
     */
    default boolean excludesThreads() {
        return true;
    }

    /**
     * Connects. Called once in every worker process.
     *
     * @param place where its locks are, without {@link #DIRECTORY}
     * @return the session, for all threads of the process
     * @throws Exception if that does not work; the message is shown to the user
     */
    Session open(String place) throws Exception;

    /**
     * How many requests the store has served so far, from anybody. Asked before and after a round, and divided by its grants.
     *
     * @param place where its locks are, without {@link #DIRECTORY}
     * @return the number, or nothing if it cannot be known
     * @throws Exception if the store cannot be asked
     */
    default OptionalLong requestsServed(String place) throws Exception {
        return OptionalLong.empty();
    }
}
