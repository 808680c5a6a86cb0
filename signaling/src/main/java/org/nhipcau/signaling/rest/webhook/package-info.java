// SPDX-License-Identifier: Apache-2.0
/**
 * Tells other platforms what happened to consultations: signed, in order, at least once, from the store's outbox, so
 * that neither a crash here nor an outage there loses an event.
 *
 * <p>Thread: a virtual one per endpoint. Floor: above {@code api} and {@code store}. Reading order:
 * {@link org.nhipcau.signaling.rest.webhook.OutboxDelivery}, {@link org.nhipcau.signaling.rest.webhook.EndpointLane}.
 */
package org.nhipcau.signaling.rest.webhook;
