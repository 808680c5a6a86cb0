// SPDX-License-Identifier: Apache-2.0
/**
 * The control contract between signaling and a media node: commands in, replies and events out, all plain records.
 *
 * <p>The contract is the only package of the media node that signaling may touch. It is called in process by the
 * all-in-one server and carried over gRPC between processes; a record therefore holds only strings, numbers, bytes,
 * enums, lists, maps and other records of this package.
 *
 * <p>Nothing here identifies a person: ids are random pseudonyms made by signaling.
 *
 * <p>Thread: records are immutable; {@link org.nhipcau.sfu.api.MediaServer} may be called from any thread.
 * Floor 1 of the core: depends on nothing but the JDK.
 *
 * <p>Reading order: {@link org.nhipcau.sfu.api.MediaServer}, {@link org.nhipcau.sfu.api.MediaCommand},
 * {@link org.nhipcau.sfu.api.MediaReply}, {@link org.nhipcau.sfu.api.MediaEvent}.
 */
package org.nhipcau.sfu.api;
