// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest.resource;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.nhipcau.signaling.consultation.Actor;
import org.nhipcau.signaling.consultation.Consultation;
import org.nhipcau.signaling.consultation.ConsultationCommand;
import org.nhipcau.signaling.consultation.ConsultationService;
import org.nhipcau.signaling.consultation.JournalUnavailableException;
import org.nhipcau.signaling.consultation.Participant;
import org.nhipcau.signaling.consultation.RefusedException;
import org.nhipcau.signaling.consultation.Tightener;
import org.nhipcau.signaling.consultation.Tightener.Tightened;
import org.nhipcau.signaling.consultation.VersionConflictException;
import org.nhipcau.signaling.rest.key.Principal;
import org.nhipcau.signaling.rest.resource.ConsultationBodies.ConsultationView;
import org.nhipcau.signaling.rest.route.Call;
import org.nhipcau.signaling.rest.route.ProblemException;
import org.nhipcau.signaling.rest.route.ProblemType;
import org.nhipcau.signaling.rest.route.Reply;

/**
 * The domain as callers of the API meet it: a key sees the consultations of its facilities, acts as the office of one of
 * them (or as a platform trusted for all), and refusals become problems.
 *
 * <p>Thread: any that may block.
 */
final class Consultations {
    /** It holds, and is recorded later. */
    static final int HELD = 202;

    private final ConsultationService service;
    private final Tightener tightener;

    Consultations(ConsultationService service) {
        this(service, Tightener.over(service));
    }

    Consultations(ConsultationService service, Tightener tightener) {
        this.service = service;
        this.tightener = tightener;
    }

    /** The consultation of the path, if this key may see it. */
    Consultation find(Call call) {
        Consultation found = told(() -> service.find(call.path("id")).orElse(null));
        if (found == null || !sees(call.principal(), found)) {
            throw new ProblemException(ProblemType.NOT_FOUND, null);
        }
        return found;
    }

    /** Carries a command out as the office. */
    Consultation execute(Call call, ConsultationCommand command) {
        return execute(call, command, office(call.principal(), find(call)));
    }

    /** Carries a command out as the leadership of the facility. */
    Consultation executeAsLeader(Call call, ConsultationCommand command) {
        return execute(call, command, leader(call.principal(), find(call)));
    }

    /**
     * Carries a command out, as the office, that shows less or lets fewer in: on running media at once, and on record now
     * (200) or as soon as the store takes it (202).
     */
    Reply tighten(Call call, ConsultationCommand command) {
        Consultation now = findRunning(call);
        return tighten(call, command, now, office(call.principal(), now));
    }

    /** The same as the leadership of the facility. */
    Reply tightenAsLeader(Call call, ConsultationCommand command) {
        Consultation now = findRunning(call);
        return tighten(call, command, now, leader(call.principal(), now));
    }

    private Reply tighten(Call call, ConsultationCommand command, Consultation now, Actor actor) {
        if (call.expectedVersion() >= 0 && call.expectedVersion() != now.version()) {
            throw new ProblemException(ProblemType.VERSION_CHANGED, "read it again, and decide again");
        }
        Tightened held = told(() -> tightener.tighten(now.id(), command, actor));
        return held.recorded() ? ConsultationResource.view(200, held.now())
                : Reply.of(HELD, ConsultationView.of(held.now()));
    }

    /** The consultation of the path: while the store is away, as its room has it. */
    Consultation findRunning(Call call) {
        try {
            return find(call);
        } catch (ProblemException refused) {
            Consultation running = tightener.running(call.path("id"));
            boolean away = refused.problem().status() == ProblemType.UNAVAILABLE.status();
            if (!away || running == null || !sees(call.principal(), running)) {
                throw refused;
            }
            return running;
        }
    }

    private Consultation execute(Call call, ConsultationCommand command, Actor actor) {
        if (call.recalled()) {
            // A key may have been revoked meanwhile: it opens nothing.
            throw new ProblemException(ProblemType.UNAVAILABLE, null);
        }
        String id = call.path("id");
        return told(() -> {
            tightener.settle(id);
            return call.expectedVersion() < 0 ? service.execute(id, command, actor)
                    : service.execute(id, call.expectedVersion(), command, actor);
        });
    }

    /** Whether a key is of a facility that has to do with it. */
    static boolean sees(Principal principal, Consultation consultation) {
        return principal.everywhere() || concerns(consultation, principal.facility());
    }

    /** Whether a facility answers, asks, or has somebody on the list. */
    static boolean concerns(Consultation consultation, String facility) {
        return facilities(consultation).contains(facility);
    }

    /** Responsible facility first, then the one that asked, then those of the list. */
    private static List<String> facilities(Consultation consultation) {
        List<String> codes = new ArrayList<>();
        codes.add(consultation.request().facility().code());
        if (consultation.request().requester() != null) {
            codes.add(consultation.request().requester().code());
        }
        for (Participant participant : consultation.list().values()) {
            if (!participant.facility().isEmpty()) {
                codes.add(participant.facility());
            }
        }
        return codes;
    }

    private static Actor office(Principal principal, Consultation consultation) {
        return principal.everywhere() ? Actor.platform(principal.id())
                : Actor.office(principal.id(), mine(principal, consultation));
    }

    private static Actor leader(Principal principal, Consultation consultation) {
        return Actor.leader(principal.id(), mine(principal, consultation));
    }

    private static String mine(Principal principal, Consultation consultation) {
        return facilities(consultation).stream().filter(principal::covers).findFirst().orElseThrow();
    }

    /** Turns what the domain throws into problems. */
    static <T> T told(Supplier<T> action) {
        try {
            return action.get();
        } catch (RefusedException e) {
            throw problem(e);
        } catch (VersionConflictException e) {
            throw new ProblemException(ProblemType.VERSION_CHANGED, "read it again, and decide again");
        } catch (JournalUnavailableException e) {
            throw new ProblemException(ProblemType.UNAVAILABLE, null);
        }
    }

    private static ProblemException problem(RefusedException e) {
        ProblemType type = switch (e.code().kind()) {
            case INVALID -> ProblemType.INVALID_REQUEST;
            case FORBIDDEN -> ProblemType.FORBIDDEN;
            case CONFLICT -> ProblemType.REFUSED;
            case UNKNOWN -> ProblemType.NOT_FOUND;
        };
        return new ProblemException(type, e.code().id(), e.getMessage(), e.code().vi());
    }
}
