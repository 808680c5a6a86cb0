// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.consultation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nhipcau.signaling.consultation.Course.*;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.nhipcau.signaling.consultation.Consultation.State;
import org.nhipcau.signaling.consultation.ConsultationCommand.*;
import org.nhipcau.signaling.consultation.ConsultationListener.Committed;
import org.nhipcau.signaling.consultation.ConsultationRequest.Kind;
import org.nhipcau.signaling.policy.Role;

class ConsultationServiceTest {
    private static final long SEED = 20260302;

    private final MemoryJournal journal = new MemoryJournal();
    private final List<RuntimeException> faults = new ArrayList<>();
    private final List<Committed> told = Collections.synchronizedList(new ArrayList<>());
    private Instant now = START;
    private final InstantSource clock = () -> now;
    private final ConsultationService service = new ConsultationService(journal, clock, new Random(SEED),
            faults::add);

    private Consultation create() {
        return service.create(Course.request(Kind.ON_DEMAND, false), OFFICE);
    }

    @Test
    void shouldCreateUnderAnIdThatIdentifiesNobody_C2() {
        service.subscribe(told::add);
        Consultation first = create();
        Consultation second = create();
        assertTrue(PublicId.isConsultation(first.id()));
        assertNotEquals(first.id(), second.id());
        assertEquals(Optional.of(first), service.find(first.id()));
        assertEquals(1, first.version());
        assertEquals(List.of(new Committed(null, first, journal.events(first.id()), OFFICE, START),
                new Committed(null, second, journal.events(second.id()), OFFICE, START)), told);
    }

    @Test
    void shouldTellWhatWasCommittedAndNothingElse() throws Exception {
        AutoCloseable subscription = service.subscribe(told::add);
        Consultation requested = create();
        Consultation accepted = service.execute(requested.id(), new Accept(), OFFICE);
        assertEquals(State.ACCEPTED, accepted.state());
        assertEquals(new Committed(requested, accepted, journal.events(requested.id()).subList(1, 2), OFFICE, now),
                told.getLast());
        assertThrows(RefusedException.class, () -> service.execute(requested.id(), new Accept(), OFFICE));
        service.execute(requested.id(), new Enlist(EXPERT, Role.EXPERT, UPPER.code()), OFFICE);
        assertEquals(2, told.size(), "neither a refusal nor what is so already is told");
        assertEquals(2, journal.events(requested.id()).size());
        subscription.close();
        service.execute(requested.id(), new Approve(Set.of(EXPERT)), LEADER);
        assertEquals(2, told.size());
    }

    @Test
    void shouldKnowNothingOfOtherIds() {
        for (String id : new String[] {"C_Nobody111111", "lobby", "", null}) {
            assertEquals(RefusalCode.NOT_FOUND, assertThrows(RefusedException.class,
                    () -> service.execute(id, new Accept(), OFFICE)).code());
            assertEquals(Optional.empty(), service.find(id));
        }
    }

    @Test
    void shouldDoNothingWhenTheJournalIsDownAndGoOnAfterwards() {
        service.subscribe(told::add);
        Consultation requested = create();
        journal.fail(true);
        assertThrows(JournalUnavailableException.class, this::create);
        assertThrows(JournalUnavailableException.class,
                () -> service.execute(requested.id(), new Accept(), OFFICE));
        assertThrows(JournalUnavailableException.class, () -> service.expireDue(now));
        assertEquals(1, told.size());
        journal.fail(false);
        service.execute(requested.id(), new Accept(), OFFICE);
        assertEquals(2, told.size());
    }

    @Test
    void shouldDecideAgainOnWhatAnotherProcessWroteMeanwhile() {
        Consultation requested = create();
        ConsultationService other = new ConsultationService(journal, clock, new Random(SEED + 1), faults::add);
        journal.beforeNextAppend(() -> other.execute(requested.id(), new Approve(Set.of(EXPERT)), LEADER));
        Consultation accepted = service.execute(requested.id(), new Accept(), OFFICE);
        assertEquals(3, accepted.version());
        assertEquals(Participant.Approval.APPROVED, accepted.list().get(EXPERT).approval());
        Consultation second = create();
        journal.beforeNextAppend(() -> other.execute(second.id(), new Decline("busy"), OFFICE));
        assertEquals(RefusalCode.DECLINED, assertThrows(RefusedException.class,
                () -> service.execute(second.id(), new Accept(), OFFICE)).code(), "the other was quicker");
    }

    @Test
    void shouldGiveUpAgainstAnotherProcessThatIsAlwaysQuicker() {
        ConsultationJournal always = new ConsultationJournal() {
            @Override
            public Optional<Consultation> load(String id) {
                return journal.load(id);
            }

            @Override
            public void append(String id, long expectedVersion, List<ConsultationEvent> events, Consultation after,
                    Actor actor, Instant at) {
                throw new VersionConflictException(expectedVersion);
            }

            @Override
            public List<String> due(Instant at, int limit) {
                return List.of();
            }
        };
        Consultation requested = create();
        ConsultationService slow = new ConsultationService(always, clock, new Random(SEED), faults::add);
        assertThrows(VersionConflictException.class, () -> slow.execute(requested.id(), new Accept(), OFFICE));
    }

    @Test
    void shouldCarryOutACommandOnlyAtTheVersionItWasMeantFor() {
        Consultation requested = create();
        service.execute(requested.id(), 1, new Accept(), OFFICE);
        assertEquals(1, assertThrows(VersionConflictException.class,
                () -> service.execute(requested.id(), 1, new DeclareEmergency("unconscious"), OFFICE))
                .expectedVersion());
        journal.beforeNextAppend(() -> service.execute(requested.id(), new Approve(Set.of(EXPERT)), LEADER));
        assertThrows(VersionConflictException.class,
                () -> service.execute(requested.id(), 2, new DeclareEmergency("unconscious"), OFFICE));
    }

    @Test
    void shouldExpireWhatIsDueAndNothingElse_S3() {
        Consultation early = create();
        Consultation answered = create();
        service.execute(answered.id(), new Accept(), OFFICE);
        now = START.plus(Duration.ofMinutes(1));
        Consultation late = create();
        Instant due = START.plus(Consultation.ON_DEMAND_EXPIRY);
        assertEquals(0, service.expireDue(due.minusMillis(1)));
        assertEquals(1, service.expireDue(due));
        assertEquals(State.EXPIRED, service.find(early.id()).orElseThrow().state());
        assertEquals(due.toEpochMilli(), service.find(early.id()).orElseThrow().endedAtMs());
        assertEquals(State.ACCEPTED, service.find(answered.id()).orElseThrow().state());
        assertEquals(State.REQUESTED, service.find(late.id()).orElseThrow().state());
        assertEquals(0, service.expireDue(due));
    }

    @Test
    void shouldExpireMoreThanOnePageOfThemAtOnce_S3() {
        for (int i = 0; i < 205; i++) {
            create();
        }
        assertEquals(205, service.expireDue(START.plus(Consultation.ON_DEMAND_EXPIRY)));
    }

    @Test
    void shouldNotMindWhoAnsweredBetweenTheQuestionAndTheCommand_S3() {
        Consultation requested = create();
        ConsultationJournal stale = new ConsultationJournal() {
            @Override
            public Optional<Consultation> load(String id) {
                return journal.load(id);
            }

            @Override
            public void append(String id, long expectedVersion, List<ConsultationEvent> events, Consultation after,
                    Actor actor, Instant at) {
                journal.append(id, expectedVersion, events, after, actor, at);
            }

            @Override
            public List<String> due(Instant at, int limit) {
                return List.of(requested.id());
            }
        };
        service.execute(requested.id(), new Accept(), OFFICE);
        ConsultationService timer = new ConsultationService(stale, clock, new Random(SEED), faults::add);
        assertEquals(0, timer.expireDue(START.plus(Consultation.ON_DEMAND_EXPIRY)));
    }

    @Test
    void shouldCarryOnWhenAListenerFails() {
        RuntimeException fault = new IllegalStateException("a listener's bug");
        service.subscribe(_ -> {
            throw fault;
        });
        service.subscribe(told::add);
        create();
        assertEquals(List.of(fault), faults);
        assertEquals(1, told.size());
    }

    /** A listener answers with a command of its own: the others hear both, in the order in which they happened. */
    @Test
    void shouldTellInOrderWhatAListenerCommands() {
        service.subscribe(committed -> {
            if (committed.before() == null) {
                service.execute(committed.after().id(), new Approve(Set.of(EXPERT)), LEADER);
            }
        });
        service.subscribe(told::add);
        Consultation requested = create();
        assertEquals(List.of(1L, 2L), told.stream().map(committed -> committed.after().version()).toList());
        assertEquals(1, requested.version(), "one is answered what one's own command made");
        assertEquals(List.of(), faults);
    }

    @Test
    void shouldRefuseAListenerThatCommandsAnotherConsultation() {
        List<Consultation> others = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            others.add(create());
        }
        service.subscribe(committed -> others.stream().filter(other -> !other.id().equals(committed.after().id()))
                .forEach(other -> service.execute(other.id(), new Accept(), OFFICE)));
        create();
        assertTrue(faults.stream().anyMatch(IllegalStateException.class::isInstance), faults.toString());
    }

    /** Many threads, few consultations: each command is carried out once, and told in the order of versions. */
    @Test
    void shouldKeepTheOrderUnderManyThreads() throws Exception {
        service.subscribe(told::add);
        List<Consultation> all = List.of(create(), create(), create());
        List<Future<?>> running = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 300; i++) {
                String id = all.get(i % all.size()).id();
                String person = PublicId.random(PublicId.PERSON, new Random(SEED + i));
                running.add(threads.submit(() -> service.execute(id,
                        new Enlist(person, Role.TRAINEE, UPPER.code()), OFFICE)));
            }
            for (Future<?> future : running) {
                future.get();
            }
        }
        for (Consultation consultation : all) {
            List<Long> versions = told.stream().filter(committed -> committed.after().id().equals(consultation.id()))
                    .map(committed -> committed.after().version()).toList();
            assertEquals(LongStream.rangeClosed(1, 101).boxed().toList(), versions);
            assertEquals(EVERYBODY.size() + 100, service.find(consultation.id()).orElseThrow().list().size());
        }
        assertEquals(List.of(), faults);
    }
}
