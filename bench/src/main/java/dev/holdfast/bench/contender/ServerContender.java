// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.bench.contender;

import dev.holdfast.load.contender.Contender;

/** Something that goes to one server, whose place is a scheme and what stands for its address: {@code redis://host:port}. */
public abstract class ServerContender implements Contender {
    private final String id;
    private final String summary;
    private final String scheme;
    private final String server;

    /**
     * A contender.
     *
     * @param id its name on the command line
     * @param summary what it is
     * @param scheme what places begin with, such as {@code redis://}
     * @param server what stands for the address in the default place, such as {@link Contender#REDIS}
     */
    protected ServerContender(String id, String summary, String scheme, String server) {
        this.id = id;
        this.summary = summary;
        this.scheme = scheme;
        this.server = server;
    }

    @Override
    public final String id() {
        return id;
    }

    @Override
    public final String summary() {
        return summary;
    }

    @Override
    public final String defaultPlace() {
        return scheme + server;
    }

    @Override
    public boolean excludesProcesses(String place) {
        return true;
    }

    /**
     * The address in a place.
     *
     * @param place with the scheme
     * @return host and port, or several of them
     */
    protected final String address(String place) {
        return place.substring(scheme.length());
    }
}
