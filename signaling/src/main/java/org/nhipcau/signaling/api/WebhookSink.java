// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.api;

import livekit.LivekitWebhook.WebhookEvent;

/** Takes what happened in rooms and delivers it to the configured URLs. Thread: any; never blocks. */
public interface WebhookSink {
    /** Queues an event; id and time are filled in by the sink. Events of one room are delivered in order. */
    void publish(WebhookEvent event);

    /** Delivers nothing. */
    WebhookSink NONE = event -> { };
}
