// SPDX-License-Identifier: Apache-2.0
/**
 * Who may use the REST API: keys with scopes and facilities, kept as hashes, shown once, with an end and revocable; and
 * operators, who hold the server's own secrets and sign a token of a few minutes.
 *
 * <p>Specs: RFC 6750 (bearer). Left out on purpose: one scope never includes another, and no key can make a key that
 * may more than itself.
 *
 * <p>Thread: any; a check may block for the store. Floor: above {@code token} and {@code store}. Reading order:
 * {@link org.nhipcau.signaling.rest.key.Scope}, {@link org.nhipcau.signaling.rest.key.ApiKeys},
 * {@link org.nhipcau.signaling.rest.key.Credentials}.
 */
package org.nhipcau.signaling.rest.key;
