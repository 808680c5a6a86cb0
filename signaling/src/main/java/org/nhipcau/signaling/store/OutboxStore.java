// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store;

import java.time.Instant;
import java.util.List;

/**
 * Events that are to be told to others, written in the transaction of the deed itself: what happened is told at least
 * once, in order, however often the process dies.
 *
 * <p>Thread: any; blocks.
 */
public interface OutboxStore {
    /**
     * One event.
     *
     * @param id grows; receivers tell repetitions by it
     * @param body JSON, pseudonyms only
     */
    record Message(long id, Instant at, String consultation, String type, String body) {}

    /**
     * How far an endpoint has come.
     *
     * @param delivered id of the last message that is done with
     * @param attempts failed ones of the message after it
     * @param nextAt not to be tried before then
     */
    record Cursor(String endpoint, long delivered, int attempts, Instant nextAt, String lastError) {}

    /** A message that was given up. */
    record Dead(String endpoint, Message message, Instant at, String error) {}

    /** Where the endpoint stands; a new one begins with the next message. */
    Cursor cursor(String endpoint, Instant now);

    /** The messages after that id, in order. */
    List<Message> after(long id, int limit);

    /** The endpoint has that message. */
    void delivered(String endpoint, long id);

    /** The endpoint could not be given the message after its last one. */
    void failed(String endpoint, String error, Instant nextAt);

    /** The message will not be tried again: it is put aside, and the endpoint goes on. */
    void giveUp(String endpoint, long id, String error, Instant at);

    /** What was put aside, newest first. */
    List<Dead> dead(String endpoint, int limit);

    /** Adds a message of no consultation's event, such as a key's end; in a transaction of its own. */
    long add(String consultation, String type, String body, Instant at);

    /** Drops an endpoint that is no longer configured. */
    void drop(String endpoint);

    /** Calls back after each commit that added messages; on the writer's thread, so it must only wake another. */
    void onAdded(Runnable wake);
}
