// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.nhipcau.signaling.rest.json.BodyWriter;
import org.nhipcau.signaling.rest.json.Field;
import org.nhipcau.signaling.store.OutboxStore.Message;
import org.nhipcau.signaling.token.StrictJson;

/** What is posted: an event, with pseudonyms only. */
public record WebhookBody(
        @Field(value = "The event; the same in every repetition, so that a receiver can tell them.",
                pattern = "EV_[0-9]{1,19}") String id,
        @Field("What happened, e.g. consultation.accepted.") String type,
        @Field("When.") Instant at,
        @Field(value = "The consultation it happened to; absent for events of none.", optional = true)
        String consultation,
        @Field("The event itself: of a consultation, its version after it, who acted, and what happened.")
        JsonNode data) {
    /** The name under which the document describes it. */
    public static final String NAME = "consultationEvent";

    static WebhookBody of(Message message) {
        JsonNode data = StrictJson.read(message.body().getBytes(StandardCharsets.UTF_8));
        if (data == null) {
            throw new IllegalStateException("a message of the outbox is no JSON");
        }
        return new WebhookBody("EV_" + message.id(), message.type(), message.at(),
                message.consultation().isEmpty() ? null : message.consultation(), data);
    }

    byte[] bytes() {
        return StrictJson.write(BodyWriter.write(this));
    }
}
