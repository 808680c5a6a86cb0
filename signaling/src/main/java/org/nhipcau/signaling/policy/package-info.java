// SPDX-License-Identifier: Apache-2.0
/**
 * Who may send, see and do what in a consultation: one table of roles, and the policy for the patient's face.
 *
 * <p>Specs: the field's requirements C1, C6, C8 and D2 (Decision 4054/QĐ-BYT, parts 2 and 3); the design of the face
 * policy. {@code signaling/doc/roles.md} is generated from this code and checked by a test.
 *
 * <p>Left out on purpose: who a person is and which role the person has. That is the approved list of a consultation
 * (package {@code consultation}); a role never comes from a token.
 *
 * <p>Fails closed: a role that is {@code null} (unknown, not on the list) sends, sees and does nothing; a source that
 * is not known is published by nobody; all video of a subject of the policy is under the policy, whatever its label.
 *
 * <p>Thread and ownership: immutable values and pure functions, for any thread. Floor: the lowest of signaling; it
 * needs nothing but the JDK.
 *
 * <p>Reading order: {@link org.nhipcau.signaling.policy.Role}, {@link org.nhipcau.signaling.policy.Action},
 * {@link org.nhipcau.signaling.policy.RoleTable}, {@link org.nhipcau.signaling.policy.FacePolicy}.
 */
package org.nhipcau.signaling.policy;
