// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.seam;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** What one thread can see of the flags and the sleeper; what two see of them is jcstress's (bench). */
class WakeUpTest {
    private final Mailbox<String> mailbox = new Mailbox<>(2);

    @Test
    void shouldAskForOneCallUntilTheLoopHasBegunIt() {
        WakeUpFlag flag = new WakeUpFlag();
        assertTrue(flag.raise());
        assertFalse(flag.raise());
        flag.lower();
        assertTrue(flag.raise());
        flag.lower();
        flag.lower();
        assertTrue(flag.raise());
    }

    @Test
    void shouldKickALoopOnlyOutOfItsWait() {
        WaitFlag flag = new WaitFlag();
        assertFalse(flag.take());
        assertFalse(flag.wake(), "it runs");
        assertFalse(flag.enter(), "a wake-up is still to be taken");
        assertTrue(flag.take());
        assertFalse(flag.take());
        assertTrue(flag.enter());
        assertTrue(flag.wake(), "it waits");
        assertFalse(flag.wake(), "it was kicked already");
        flag.leave();
        assertTrue(flag.take(), "the wake-up outlives the wait");
        assertTrue(flag.enter());
        flag.leave();
        assertFalse(flag.wake(), "the wait ended by itself");
    }

    @Test
    void shouldNotSleepOverWhatWaits() {
        Sleeper sleeper = new Sleeper();
        assertFalse(sleeper.wake(), "awake before it ever slept");
        mailbox.offer("event");
        // Would last until the end of time if it slept.
        sleeper.sleep(mailbox, Long.MAX_VALUE);
        assertFalse(sleeper.wake(), "awake again");
        mailbox.poll();
        assertTrue(sleeper.settle(mailbox));
        assertTrue(sleeper.wake());
        // The wake-up came between the look and the sleep: it is not slept over.
        sleeper.sleep(mailbox, Long.MAX_VALUE);
        assertFalse(sleeper.wake());
    }
}
