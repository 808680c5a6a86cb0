// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.launch;

import java.io.IOException;
import org.nhipcau.signaling.config.InvalidConfigException;
import org.nhipcau.signaling.store.Store;
import picocli.CommandLine.Command;

/** Ends the use of an old key for names. */
@Command(name = "reseal",
        description = "Seal what identifies people under the first of the configured keys, after a new one "
        + "was put before the old. The old one must stay configured: it proves the older part of the audit record. "
        + "The server may run.")
final class ResealCommand extends StoreCommand {
    @Override
    int run(StoreOptions options) throws IOException, InvalidConfigException {
        try (Store store = StoreOpening.open(options.config())) {
            out().println(store.reseal("operator") + " people sealed anew");
        }
        return 0;
    }
}
