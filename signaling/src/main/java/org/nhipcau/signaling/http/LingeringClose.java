// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.http;

import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
import java.util.concurrent.TimeUnit;

/**
 * Ends a connection whose peer may still be sending. Closing at once would make the kernel answer what is unread with a
 * reset, which destroys the last words on their way; so first our direction ends, and what still comes is thrown away.
 *
 * <p>Spec: RFC 9112 §9.6. Thread: the event loop.
 */
public final class LingeringClose {
    private static final long LINGER_S = 2;

    private LingeringClose() {}

    /** Call it when the last words have been written. */
    public static void begin(Channel channel) {
        if (!channel.isActive() || !(channel instanceof DuplexChannel duplex)) {
            channel.close();
            return;
        }
        channel.config().setAutoRead(true);
        duplex.shutdownOutput();
        channel.eventLoop().schedule(() -> {
            channel.close();
        }, LINGER_S, TimeUnit.SECONDS);
    }
}
