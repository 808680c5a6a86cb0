// SPDX-License-Identifier: Apache-2.0
/**
 * What other servers talk to: the Twirp room service (JSON and protobuf) and signed webhooks.
 *
 * <p>Spec: Twirp wire protocol v7; livekit_room.proto and livekit_webhook.proto of the client SDKs' protocol.
 */
package org.nhipcau.signaling.api;
