// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.servers;

import java.util.Arrays;
import java.util.Locale;

/** What can be started or left out. */
enum Product {
    REDIS("sudo apt-get install redis-server"),
    ZOOKEEPER(
            "add org.apache.zookeeper:zookeeper, io.dropwizard.metrics:metrics-core, org.xerial.snappy:snappy-java and"
                    + " org.slf4j:slf4j-simple in test scope"),
    ETCD("sudo apt-get install etcd-server"),
    POSTGRES("sudo apt-get install postgresql"),
    MARIADB("sudo apt-get install mariadb-server"),
    MEMCACHED("sudo apt-get install memcached");

    /** The property that leaves products out on purpose: their names, separated by commas. */
    static final String SKIP = "holdfast.test.skip";

    private final String remedy;

    Product(String remedy) {
        this.remedy = remedy;
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    boolean isLeftOut() {
        return Arrays.asList(System.getProperty(SKIP, "").split(",", -1)).contains(label());
    }

    ServerFailedException missing(String what, String variable) {
        return new ServerFailedException("no " + what + " was found. To install it: " + remedy + ". Or set " + variable
                + " to the URI of one that runs, or leave its tests out on purpose with -D" + SKIP + "=" + label());
    }
}
