// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.session;

import org.nhipcau.sfu.api.PathHistory;

/**
 * Remembers, for a while, what a person's last connection knew of its path, so that the next one need not begin from
 * nothing. Under a pseudonym: nobody can read from it who was connected. Thread: any; neither call blocks.
 */
public interface PathMemory {
    /** Remembers nothing. */
    PathMemory NONE = new PathMemory() {
        @Override
        public PathHistory recall(String identity) {
            return PathHistory.NONE;
        }

        @Override
        public void remember(String identity, PathHistory history) { }
    };

    /** What is known of an identity's path, with its age; {@link PathHistory#NONE} when nothing is, or none fresh. */
    PathHistory recall(String identity);

    /** Keeps what was learnt just now in place of what was known before. */
    void remember(String identity, PathHistory history);
}
