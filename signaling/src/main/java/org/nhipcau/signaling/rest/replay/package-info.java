// SPDX-License-Identifier: Apache-2.0
/**
 * Requests that come twice: the second with the same {@code Idempotency-Key} gets the first one's answer and does
 * nothing, whatever happened to the first answer on its way, and also after a restart.
 *
 * <p>Spec: after draft-ietf-httpapi-idempotency-key-header. A crash between an action and the note of its answer leaves
 * the key taken without an answer; such a request is not carried out again but told that its outcome is unknown.
 *
 * <p>Thread: any; may block for the store. Floor: above {@code route} and {@code store}. Reading order:
 * {@link org.nhipcau.signaling.rest.replay.IdempotencyFilter}.
 */
package org.nhipcau.signaling.rest.replay;
