// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.swarm;

import org.nhipcau.bench.swarm.media.VideoShape;

/**
 * What a client does when it joins.
 *
 * @param audio it sends a microphone
 * @param video what it sends as a camera; null: none
 * @param subscribe it receives all tracks of the others
 */
public record ClientOptions(String room, String identity, boolean audio, VideoShape video, boolean subscribe) {

    /** One that sends and receives. */
    public static ClientOptions publisher(String room, String identity, VideoShape video) {
        return new ClientOptions(room, identity, true, video, true);
    }

    /** One that only receives. */
    public static ClientOptions subscriber(String room, String identity) {
        return new ClientOptions(room, identity, false, null, true);
    }
}
