// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import org.nhipcau.sfu.api.HeaderExtensions;

/**
 * Where a producer's packets come from: a peer of this worker, or one of another worker through a pipe.
 *
 * <p>Thread: the worker's that owns this part of the room.
 */
interface Publisher {
    /** Whose it is: nobody receives what is their own. */
    String participantId();

    /** The extension ids that the packets bear. */
    HeaderExtensions extensions();

    /** The publisher's clock, as its sender reports tell it. */
    PublisherClock clock();

    /** Something came from it lately, if only a report; one on another worker is taken to be there. */
    boolean heard(long nowNs);

    /** Asks for a key frame. */
    void sendKeyframeRequest(Encoding encoding, long nowNs);

    /** Frees what an encoding held. */
    void release(Encoding encoding);

    /** Forgets one of its producers. */
    void removeProducer(Producer producer);
}
