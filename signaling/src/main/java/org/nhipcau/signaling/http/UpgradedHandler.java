// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandler;

/**
 * Takes the frames of an upgraded connection. Frames may come before {@link #upgraded}: an eager client sends while
 * the response is still under way.
 */
public interface UpgradedHandler extends ChannelInboundHandler {
    /**
     * The response of the upgrade has been sent. Thread: the event loop.
     *
     * @param deflates messages may come and go compressed ({@link MessageDeflate})
     */
    void upgraded(ChannelHandlerContext ctx, boolean deflates);
}
