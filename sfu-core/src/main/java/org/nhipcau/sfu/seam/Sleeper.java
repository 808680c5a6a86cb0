// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.seam;

import java.util.concurrent.locks.LockSupport;

/**
 * Lets the reader of a mailbox sleep while it is empty, at no cost to those who offer while it is awake.
 *
 * <p>The reader first says that it sleeps, then looks once more, then sleeps; an offering thread first puts its item
 * there, then looks whether the reader sleeps. At least one of the two sees the other, because neither look can overtake
 * what goes before it: the reader's word is a volatile write, an offer ends with a fence.
 *
 * <p>Thread: {@link #sleep} and {@link #settle} the reader's; {@link #wake} any, after its offer.
 */
public final class Sleeper {
    private volatile Thread asleep;

    /** Sleeps until woken, at most so long; not at all when something waits. */
    public void sleep(Mailbox<?> mailbox, long maxNs) {
        if (settle(mailbox)) {
            LockSupport.parkNanos(this, maxNs);
        }
        asleep = null;
    }

    /** The step before sleep: says that the reader sleeps, then looks. @return whether it may: nothing waits */
    public boolean settle(Mailbox<?> mailbox) {
        asleep = Thread.currentThread();
        return mailbox.isEmpty();
    }

    /** Wakes the reader where it sleeps. @return whether it did */
    public boolean wake() {
        Thread reader = asleep;
        if (reader == null) {
            return false;
        }
        LockSupport.unpark(reader);
        return true;
    }
}
