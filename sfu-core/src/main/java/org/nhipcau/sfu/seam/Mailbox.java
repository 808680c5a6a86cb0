// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.seam;

import java.lang.invoke.VarHandle;
import org.jctools.queues.atomic.MpscAtomicArrayQueue;

/**
 * A bounded queue that any thread offers to and one thread empties. Neither side ever waits for the other.
 *
 * <p>Items of one thread come out in the order of their offers. Places may be kept free for what matters most: an offer
 * can be made on condition that few enough items wait.
 *
 * <p>Thread: {@link #offer} any; {@link #poll} the reader's alone; the rest any.
 */
public final class Mailbox<T> {
    private final MpscAtomicArrayQueue<T> queue;

    /** @param capacity items that can wait, a power of two from 2 */
    public Mailbox(int capacity) {
        if (capacity < 2 || Integer.bitCount(capacity) != 1) {
            throw new IllegalArgumentException("capacity is " + capacity + "; allowed: a power of two from 2");
        }
        queue = new MpscAtomicArrayQueue<>(capacity);
    }

    /** Adds an item. @return false when the mailbox is full */
    public boolean offer(T item) {
        return published(queue.offer(item));
    }

    /**
     * Adds an item only while fewer than {@code limit} wait. However many threads offer at once, no more than that many
     * ever wait because of such offers; one that is refused may have met items which were just being taken.
     */
    public boolean offerBelow(int limit, T item) {
        return published(queue.offerIfBelowThreshold(item, limit));
    }

    // The caller's next step is to look whether the reader has to be woken. Without a fence a processor may look first
    // and put the item there afterwards, when the reader has looked for it in vain and gone to sleep.
    private static boolean published(boolean accepted) {
        VarHandle.fullFence();
        return accepted;
    }

    /**
     * Takes the next item, or null when there is none to be had now: the mailbox is empty, or the thread whose turn it
     * is has taken its place but not yet put its item there. The reader does not wait for that one: being interrupted
     * just there, it could keep a packet thread for as long as the system likes. Its wake-up is still to come.
     */
    public T poll() {
        return queue.relaxedPoll();
    }

    /** Nothing waits, and nobody has taken a place. */
    public boolean isEmpty() {
        return queue.isEmpty();
    }

    /** Items that wait, those included that are just being put in. */
    public int size() {
        return queue.size();
    }

    public int capacity() {
        return queue.capacity();
    }
}
