// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.session;

import java.util.List;
import livekit.LivekitModels.ClientInfo;

/**
 * What a client said of itself when it joined, as far as the server acts on it.
 *
 * @param protocol its protocol number; only 15 (answers to requests that went well) is a border here
 * @param clientProtocol what it understands of other clients; copied to them
 * @param capabilities numbers copied to other clients
 * @param singlePeerConnection it offers everything on one connection
 * @param autoSubscribe new tracks are subscribed for it
 * @param encoder it only sends tracks: no message will ever reach it, nor need one wait for it
 */
public record ClientTraits(int protocol, int clientProtocol, List<Integer> capabilities,
        boolean singlePeerConnection, boolean autoSubscribe, boolean encoder) {
    private static final int MAX_CAPABILITIES = 32;
    private static final int ANSWERS_TO_SUCCESS = 15;

    public ClientTraits {
        capabilities = List.copyOf(capabilities);
    }

    public static ClientTraits of(JoinAttempt attempt) {
        ClientInfo info = attempt.request().getClientInfo();
        // Every participant of a room receives them: a hostile list must not travel.
        List<Integer> capabilities = info.getCapabilitiesValueList().stream().distinct().limit(MAX_CAPABILITIES)
                .toList();
        return new ClientTraits(info.getProtocol(), info.getClientProtocol(), capabilities,
                attempt.singlePeerConnection(), attempt.request().getConnectionSettings().getAutoSubscribe(),
                info.getDeviceModel().equals(JoinAttempt.ENCODER));
    }

    /** Whether the client expects an answer to a request that went well. */
    public boolean wantsSuccessAnswers() {
        return protocol >= ANSWERS_TO_SUCCESS;
    }
}
