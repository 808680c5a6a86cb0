// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.launch;

import java.io.IOException;
import java.time.InstantSource;
import org.nhipcau.signaling.config.InvalidConfigException;
import org.nhipcau.signaling.store.Store;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a pseudonym lead to nobody. */
@Command(name = "erase",
        description = "Destroy the key of what identifies a person: from then on the pseudonym leads to "
        + "nobody, the record stays whole, and a restore erases the person again. The server may run.")
final class EraseCommand extends StoreCommand {
    @Parameters(paramLabel = "PSEUDONYM", description = "The person, P_….")
    private String pseudonym = "";

    @Option(names = "--yes", description = "It cannot be undone; without this nothing is done.")
    private boolean yes;

    @Override
    int run(StoreOptions options) throws IOException, InvalidConfigException {
        if (!yes) {
            throw wrong("erasing cannot be undone; add --yes");
        }
        try (Store store = StoreOpening.open(options.config())) {
            if (!store.directory().erase(pseudonym, "operator", InstantSource.system().instant())) {
                throw new IOException("there is no " + pseudonym);
            }
        }
        out().println("erased");
        return 0;
    }
}
