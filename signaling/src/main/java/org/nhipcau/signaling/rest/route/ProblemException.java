// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest.route;

import java.util.List;
import org.nhipcau.signaling.rest.json.BodyProblem;

/** A call that is refused. Its texts go to the caller: they quote nothing that was sent. */
public final class ProblemException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ProblemType type;
    private final transient Problem problem;

    private ProblemException(ProblemType type, Problem problem) {
        super(type.title(), null, false, false);
        this.type = type;
        this.problem = problem;
    }

    public ProblemException(ProblemType type, String detail) {
        this(type, Problem.of(type, detail, List.of()));
    }

    /** A body or query that does not fit. */
    public ProblemException(List<BodyProblem> errors) {
        this(ProblemType.INVALID_REQUEST, Problem.of(ProblemType.INVALID_REQUEST, null, errors));
    }

    /** A rule of consultations refused. */
    public ProblemException(ProblemType type, String code, String detail, String detailVi) {
        this(type, Problem.of(type, code, detail, detailVi));
    }

    public ProblemType type() {
        return type;
    }

    public Problem problem() {
        return problem;
    }
}
