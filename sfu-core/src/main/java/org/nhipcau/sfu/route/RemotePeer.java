// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import java.util.List;
import org.nhipcau.sfu.api.HeaderExtensions;
import org.nhipcau.sfu.api.ProducerParameters;

/**
 * What other workers must know of a peer that sends, so that their viewers can be given what it sends.
 *
 * @param extensions the extension ids that its packets bear
 * @param producers all of them, each as last changed; none: nothing of the peer is left
 */
public record RemotePeer(String peerId, String participantId, HeaderExtensions extensions,
        List<ProducerParameters> producers) {
    public RemotePeer {
        producers = List.copyOf(producers);
    }
}
