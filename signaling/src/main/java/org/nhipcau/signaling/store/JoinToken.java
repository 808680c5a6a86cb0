// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store;

import java.time.Instant;
import org.nhipcau.signaling.policy.Role;

/**
 * What the record tells of a token to join: everything but the token.
 *
 * @param role on the consultation's list when it was issued
 * @param caregiver who sits at the same device; empty: nobody
 */
public record JoinToken(String consultation, String pseudonym, Role role, String caregiver, Instant expiresAt) {}
