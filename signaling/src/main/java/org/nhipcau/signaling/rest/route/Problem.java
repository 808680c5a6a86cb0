// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest.route;

import java.util.List;
import java.util.Locale;
import org.nhipcau.signaling.rest.json.BodyProblem;
import org.nhipcau.signaling.rest.json.Field;

/** A refusal as it is sent. Spec: RFC 9457; {@code titleVi}, {@code code} and {@code errors} are extensions. */
public record Problem(
        @Field("URI of the kind of problem, urn:nhipcau:problem:KIND.") String type,
        @Field("The kind in words, in English.") String title,
        @Field("The kind in words, in Vietnamese.") String titleVi,
        @Field(value = "The HTTP status.", min = 400, max = 599) int status,
        @Field(value = "What is wrong in this case; holds nothing that was sent.", optional = true, maxLength = 1_000)
        String detail,
        @Field(value = "The same in Vietnamese, where a rule of consultations refused.", optional = true,
                maxLength = 1_000) String detailVi,
        @Field(value = "For machines: which rule of consultations refused.", optional = true) String code,
        @Field(value = "What is wrong with body or query, each with its place.", optional = true)
        List<BodyProblem> errors) {
    /** The media type of problems. */
    public static final String MEDIA_TYPE = "application/problem+json";

    /** The URI of a kind (RFC 9457 §3.1.1): a name, not an address. */
    public static String uri(Enum<?> kind) {
        return "urn:nhipcau:problem:" + kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** A problem of this kind. */
    public static Problem of(ProblemType type, String detail, List<BodyProblem> errors) {
        return new Problem(uri(type), type.title(), type.titleVi(), type.status(), detail, null, null,
                errors.isEmpty() ? null : List.copyOf(errors));
    }

    /** A rule of consultations refused. */
    public static Problem of(ProblemType type, String code, String detail, String detailVi) {
        return new Problem(uri(type), type.title(), type.titleVi(), type.status(), detail, detailVi, code, null);
    }
}
