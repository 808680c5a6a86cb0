// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest.json;

/**
 * One thing that is wrong with a body.
 *
 * @param pointer where, as a JSON pointer (RFC 6901); empty: the whole body
 * @param detail what is allowed; never quotes what was sent
 */
public record BodyProblem(
        @Field(value = "Where, as a JSON pointer into the body; /NAME for a query parameter; empty: the whole body.",
                minLength = 0) String pointer,
        @Field(value = "What is allowed there.", maxLength = 2_000) String detail) {}
