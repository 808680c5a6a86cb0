// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.data;

/** A participant as far as messages go. Each message asks anew: rights and places change. Thread: the room's. */
public interface Member {
    String sid();

    String identity();

    /** Joined, and neither gone nor without a transport. */
    boolean present();

    /** Whether it may send messages now. */
    boolean maySend();

    /** Whether others are not to learn who it is. */
    boolean hidden();

    /** Whether it works for others: it may transcribe them and write in their name. */
    boolean agent();

    /**
     * Whether messages of another may reach it now.
     *
     * @param sender null: the room service
     */
    boolean mayHear(Member sender);
}
