// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.alternatives;

import com.lmax.disruptor.EventPoller;
import com.lmax.disruptor.RingBuffer;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import org.jctools.queues.MpscArrayQueue;
import org.jctools.queues.SpscArrayQueue;
import org.jctools.queues.atomic.SpscAtomicArrayQueue;
import org.nhipcau.sfu.seam.Mailbox;

/** A queue between threads, many to one, whatever it is made of. Bounded only where its kind is. */
public interface SeamQueue {
    boolean offer(Object item);

    /** The next item; null: none. */
    Object poll();

    /** The kinds that are compared; the first is the one in use. */
    enum Kind {
        MAILBOX,
        JCTOOLS_UNSAFE,
        DISRUPTOR,
        CONCURRENT_LINKED,
        LINKED_TRANSFER,
        ARRAY_BLOCKING,
        LINKED_BLOCKING,
        /** For one sender only. */
        JCTOOLS_ONE_SENDER,
        JCTOOLS_UNSAFE_ONE_SENDER;

        /** @param capacity a power of two; of no account to the unbounded kinds */
        public SeamQueue create(int capacity) {
            return switch (this) {
                case MAILBOX -> ofMailbox(new Mailbox<>(capacity));
                case JCTOOLS_UNSAFE -> of(new MpscArrayQueue<>(capacity));
                case DISRUPTOR -> new Disruptor(capacity);
                case CONCURRENT_LINKED -> of(new ConcurrentLinkedQueue<>());
                case LINKED_TRANSFER -> of(new LinkedTransferQueue<>());
                case ARRAY_BLOCKING -> of(new ArrayBlockingQueue<>(capacity));
                case LINKED_BLOCKING -> of(new LinkedBlockingQueue<>(capacity));
                case JCTOOLS_ONE_SENDER -> of(new SpscAtomicArrayQueue<>(capacity));
                case JCTOOLS_UNSAFE_ONE_SENDER -> of(new SpscArrayQueue<>(capacity));
            };
        }
    }

    private static SeamQueue ofMailbox(Mailbox<Object> mailbox) {
        return new SeamQueue() {
            @Override
            public boolean offer(Object item) {
                return mailbox.offer(item);
            }

            @Override
            public Object poll() {
                return mailbox.poll();
            }
        };
    }

    private static SeamQueue of(Queue<Object> queue) {
        return new SeamQueue() {
            @Override
            public boolean offer(Object item) {
                return queue.offer(item);
            }

            @Override
            public Object poll() {
                return queue.poll();
            }
        };
    }

    /** LMAX Disruptor, read by polling, one event at a time, as the others are. */
    final class Disruptor implements SeamQueue {
        private static final class Cell {
            private Object item;
        }

        private final RingBuffer<Cell> ring;
        private final EventPoller<Cell> poller;
        private final EventPoller.Handler<Cell> taker = (cell, sequence, endOfBatch) -> take(cell);
        private Object taken;

        Disruptor(int capacity) {
            ring = RingBuffer.createMultiProducer(Cell::new, capacity);
            poller = ring.newPoller();
            ring.addGatingSequences(poller.getSequence());
        }

        private boolean take(Cell cell) {
            taken = cell.item;
            cell.item = null;
            return false;
        }

        @Override
        public boolean offer(Object item) {
            return ring.tryPublishEvent((cell, sequence, published) -> cell.item = published, item);
        }

        @Override
        public Object poll() {
            taken = null;
            try {
                poller.poll(taker);
            } catch (Exception never) {
                throw new IllegalStateException(never);
            }
            return taken;
        }
    }
}
