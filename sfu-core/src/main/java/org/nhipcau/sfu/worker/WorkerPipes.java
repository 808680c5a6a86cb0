// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.worker;

import java.util.Arrays;
import org.nhipcau.sfu.pipe.PipePort;
import org.nhipcau.sfu.pipe.PipeSlot;

/**
 * A worker's ends of the pipes to and from other workers: reads what came, publishes what goes.
 *
 * <p>Thread: the worker's. The pipes themselves belong to the node.
 */
final class WorkerPipes {
    /** What a message is for. */
    interface Reader {
        void onMessage(PipeSlot slot, long nowNs);
    }

    private PipePort[] incoming = {};
    private PipePort[] outgoing = {};

    /** Takes over its ends of the two pipes between this worker and another. Idempotent. */
    void attach(PipePort in, PipePort out) {
        if (!Arrays.asList(incoming).contains(in)) {
            incoming = Arrays.copyOf(incoming, incoming.length + 1);
            incoming[incoming.length - 1] = in;
            outgoing = Arrays.copyOf(outgoing, outgoing.length + 1);
            outgoing[outgoing.length - 1] = out;
        }
    }

    /** Reads all messages that came; their slots stay in use until {@link #release}. */
    void read(Reader reader, long nowNs) {
        for (PipePort pipe : incoming) {
            // What comes while this is read belongs to the next cycle: no pipe can keep the thread to itself.
            for (int left = pipe.used(); left > 0; left--) {
                PipeSlot slot = pipe.poll();
                if (slot == null) {
                    break;
                }
                reader.onMessage(slot, nowNs);
            }
        }
    }

    /** The bytes of all that was read are used no more. */
    void release() {
        for (PipePort pipe : incoming) {
            pipe.release();
        }
    }

    /** Hands over what was written, one wake-up for each worker that gets something. */
    void publish() {
        for (PipePort pipe : outgoing) {
            pipe.publish();
        }
    }
}
