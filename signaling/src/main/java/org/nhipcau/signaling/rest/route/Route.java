// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest.route;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.nhipcau.signaling.rest.key.Scope;

/**
 * One thing the API does.
 *
 * @param path after {@code /api/v1}, with parameters in braces
 * @param scope what a key needs for it; null: no key is needed
 * @param query record of its query parameters; null: it takes none
 * @param body record of its body; null: it takes none
 * @param condition whether {@code If-Match} is heeded
 * @param secret answers a secret that is shown once
 * @param answers what it answers when it does what was asked
 * @param problems what it may refuse with, besides what every route may
 * @param handler carries it out; null until it is given
 */
public record Route(String method, String path, Scope scope, String summary, Class<? extends Record> query,
        Class<? extends Record> body, Condition condition, boolean secret, List<Success> answers,
        Set<ProblemType> problems, Handler handler) {
    /** Whether a caller may or must say which version it has seen. */
    public enum Condition { NONE, ALLOWED, REQUIRED }

    /** Carries a call out. Thread: a virtual one; may block. */
    @FunctionalInterface
    public interface Handler {
        /** @throws ProblemException when it is refused */
        Reply handle(Call call);
    }

    /**
     * An answer of a call that was not refused.
     *
     * @param body its record; null: none
     * @param mediaTypes of answers that are files
     * @param versioned carries an ETag
     */
    public record Success(int status, Class<? extends Record> body, List<String> mediaTypes, boolean versioned,
            String description) {}

    public Route {
        answers = List.copyOf(answers);
        problems = Set.copyOf(problems);
    }

    private static Route route(String method, String path, Scope scope, String summary) {
        return new Route(method, path, scope, summary, null, null, Condition.NONE, false, List.of(), Set.of(),
                null);
    }

    public static Route get(String path, Scope scope, String summary) {
        return route("GET", path, scope, summary);
    }

    public static Route post(String path, Scope scope, String summary) {
        return route("POST", path, scope, summary);
    }

    public static Route put(String path, Scope scope, String summary) {
        return route("PUT", path, scope, summary);
    }

    public static Route delete(String path, Scope scope, String summary) {
        return route("DELETE", path, scope, summary);
    }

    /** Takes these query parameters. */
    public Route query(Class<? extends Record> type) {
        return new Route(method, path, scope, summary, type, body, condition, secret, answers, problems, handler);
    }

    /** Takes this body. */
    public Route body(Class<? extends Record> type) {
        return new Route(method, path, scope, summary, query, type, condition, secret, answers, problems, handler);
    }

    /** Takes {@code If-Match} with the version that the caller has seen, or {@code *}. */
    public Route mayMatch() {
        return new Route(method, path, scope, summary, query, body, Condition.ALLOWED, secret, answers, problems,
                handler).problems(ProblemType.VERSION_CHANGED);
    }

    /** Needs {@code If-Match} with the version that the caller has seen, or {@code *}. */
    public Route mustMatch() {
        return new Route(method, path, scope, summary, query, body, Condition.REQUIRED, secret, answers, problems,
                handler).problems(ProblemType.VERSION_CHANGED, ProblemType.VERSION_REQUIRED);
    }

    /** Answers a secret, which is not kept for a repetition. */
    public Route shownOnce() {
        return new Route(method, path, scope, summary, query, body, condition, true, answers, problems, handler);
    }

    /** Answers this record. */
    public Route answers(int status, Class<? extends Record> type, String description) {
        return answers(new Success(status, type, List.of(), false, description));
    }

    /** Answers this record with its version as ETag. */
    public Route answersVersion(int status, Class<? extends Record> type, String description) {
        return answers(new Success(status, type, List.of(), true, description));
    }

    /** Answers files of one of these types. */
    public Route answersFile(String description, String... types) {
        return answers(new Success(200, null, List.of(types), false, description));
    }

    /** Answers this record, or a file of one of these types, as the query asks. */
    public Route answersJsonOrFile(Class<? extends Record> type, String description, String... types) {
        return answers(new Success(200, type, List.of(types), false, description));
    }

    /** Answers nothing. */
    public Route answersNothing(String description) {
        return answers(new Success(204, null, List.of(), false, description));
    }

    private Route answers(Success success) {
        List<Success> more = new ArrayList<>(answers);
        more.add(success);
        return new Route(method, path, scope, summary, query, body, condition, secret, more, problems, handler);
    }

    /** May refuse with these. */
    public Route problems(ProblemType... types) {
        Set<ProblemType> more = EnumSet.noneOf(ProblemType.class);
        more.addAll(problems);
        more.addAll(List.of(types));
        return new Route(method, path, scope, summary, query, body, condition, secret, answers, more, handler);
    }

    /** Is carried out by this. */
    public Route by(Handler newHandler) {
        return new Route(method, path, scope, summary, query, body, condition, secret, answers, problems, newHandler);
    }

    /** Whether it changes something, so that a repetition must be told from a second request. */
    public boolean changes() {
        return !method.equals("GET");
    }

    /** Whether it is carried out although nothing can be recorded: what protects people is not held up. */
    public boolean mayBeHeld() {
        return answers.stream().anyMatch(answer -> answer.status() == 202);
    }

    /** All it may refuse with. */
    public Set<ProblemType> allProblems() {
        Set<ProblemType> all = EnumSet.of(ProblemType.INTERNAL, ProblemType.INVALID_REQUEST);
        all.addAll(problems);
        if (scope != null) {
            all.addAll(List.of(ProblemType.UNAUTHENTICATED, ProblemType.FORBIDDEN, ProblemType.RATE_LIMITED,
                    ProblemType.UNAVAILABLE, ProblemType.TOO_LARGE));
        }
        if (body != null) {
            all.add(ProblemType.UNSUPPORTED_MEDIA_TYPE);
        }
        if (scope != null && changes()) {
            all.addAll(List.of(ProblemType.REQUEST_UNDER_WAY, ProblemType.KEY_REUSED));
        }
        return all;
    }
}
