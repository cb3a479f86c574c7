// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.options;

import dev.holdfast.cli.console.Failure;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;

/** {@code --backend}, which all commands share: where the locks are. */
public final class BackendOption {
    private final OptionSpec option = OptionSpec.builder("-b", "--backend")
            .paramLabel("URI")
            .type(String.class)
            .scopeType(ScopeType.INHERIT)
            .description(
                    "Where the locks are: file:/directory, redis://host, ...",
                    "Default: the environment's HOLDFAST_URL, or else files of this user on this machine, in"
                            + " $$XDG_STATE_HOME/holdfast/locks or ~/.local/state/holdfast/locks.")
            .build();

    public OptionSpec spec() {
        return option;
    }

    /**
     * The store that was asked for.
     *
     * @return its URI, or null if nothing was said
     */
    public @Nullable String uri() {
        String given = option.getValue();
        if (given != null) {
            return given;
        }
        String url = System.getenv("HOLDFAST_URL");
        return url == null || url.isEmpty() ? null : url;
    }

    /**
     * The store that was asked for. Does no I/O.
     *
     * @param command the command that needs it
     * @param why what locks inside one process cannot do for that command
     * @return the store, or null if nothing was said
     * @throws ParameterException if its locks are inside one process
     */
    public @Nullable Store sharedStore(CommandSpec command, String why) {
        String uri = uri();
        Store store = uri == null ? null : new Store(uri);
        if (store != null && store.isInsideOneProcess()) {
            throw new ParameterException(
                    command.commandLine(),
                    store.kind() + ": locks are inside one process, so " + why + "; use file:/directory or a server");
        }
        return store;
    }

    /**
     * The store that an operator wants to look at: the one that was asked for, or else that of this user.
     *
     * @param command the command that needs it
     * @return the store
     * @throws ParameterException if its locks are inside one process
     * @throws Failure if it is a directory that is not there
     */
    public Store storeToLookAt(CommandSpec command) {
        Store store = sharedStore(command, "they cannot be seen from outside");
        return store == null ? Store.of(StateDirectory.ofUser().make("locks")) : store.existing();
    }
}
