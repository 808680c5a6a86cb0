// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.audit;

/**
 * One entry as it is kept: the chained text, and beside it the fields that queries look for, which must say the same.
 *
 * @param seq 1 for the first
 * @param body canonical JSON
 * @param hash hexadecimal, over the hash before and the body
 * @param mac hexadecimal, over the hash
 * @param keyId which key made the mac
 */
public record AuditRow(long seq, long atMs, String kind, String consultation, String actor, String body, String hash,
        String mac, String keyId) {}
