// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.seam;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Keeps the wake-ups of a loop to one at a time: while one is under way, further ones cost nothing but a look.
 *
 * <p>Whoever has work for the loop first leaves it where the loop finds it, then calls {@link #raise} and, where that
 * answers true, has the loop called. The loop first calls {@link #lower}, then looks for work. So work is either seen
 * by a look still to come, or a wake-up is made for it.
 *
 * <p>Both sides exchange the value instead of comparing or just writing it: what was left before a raise is then visible
 * after the lower that took it down, by the rules of the language and not only of the processors we know.
 *
 * <p>Thread: {@link #raise} any; {@link #lower} the loop's.
 */
public final class WakeUpFlag {
    private final AtomicBoolean raised = new AtomicBoolean();

    /** @return true: the caller must have the loop called; false: a call is under way already */
    public boolean raise() {
        return !raised.getAndSet(true);
    }

    /** Called by the loop before it looks for work. */
    public void lower() {
        raised.getAndSet(false);
    }
}
