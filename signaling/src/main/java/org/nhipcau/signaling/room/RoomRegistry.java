// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import livekit.LivekitModels;
import livekit.LivekitModels.DisconnectReason;
import livekit.LivekitModels.ParticipantInfo;
import livekit.LivekitRoom.CreateRoomRequest;
import livekit.LivekitRoom.DeleteRoomRequest;
import livekit.LivekitRoom.DeleteRoomResponse;
import livekit.LivekitRoom.ListParticipantsRequest;
import livekit.LivekitRoom.ListParticipantsResponse;
import livekit.LivekitRoom.ListRoomsRequest;
import livekit.LivekitRoom.ListRoomsResponse;
import livekit.LivekitRoom.MuteRoomTrackRequest;
import livekit.LivekitRoom.MuteRoomTrackResponse;
import livekit.LivekitRoom.RemoveParticipantResponse;
import livekit.LivekitRoom.RoomParticipantIdentity;
import livekit.LivekitRoom.SendDataRequest;
import livekit.LivekitRoom.SendDataResponse;
import livekit.LivekitRoom.UpdateParticipantRequest;
import livekit.LivekitRoom.UpdateRoomMetadataRequest;
import livekit.LivekitRoom.UpdateSubscriptionsRequest;
import livekit.LivekitRoom.UpdateSubscriptionsResponse;
import org.nhipcau.sfu.api.MediaEvent;
import org.nhipcau.sfu.api.MediaServer;
import org.nhipcau.signaling.SignalingConfig;
import org.nhipcau.signaling.api.QualityService;
import org.nhipcau.signaling.api.RoomService;
import org.nhipcau.signaling.api.ServiceException;
import org.nhipcau.signaling.api.ServiceException.Code;
import org.nhipcau.signaling.api.WebhookSink;
import org.nhipcau.signaling.quality.QualityTimeline;
import org.nhipcau.signaling.sdp.PeerNegotiation;
import org.nhipcau.signaling.session.ClientSession;
import org.nhipcau.signaling.session.IdGenerator;
import org.nhipcau.signaling.session.JoinAttempt;
import org.nhipcau.signaling.session.JoinRefusedException;
import org.nhipcau.signaling.session.PathMemory;
import org.nhipcau.signaling.session.SignalSink;
import org.nhipcau.signaling.session.SignalingService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All rooms of this process, by name: for clients through their {@link Entrance}, for the room service and for what
 * media nodes tell.
 *
 * <p>Thread: any. The only state shared between threads is the two maps; a room's own state is reached through its
 * mailbox.
 */
public final class RoomRegistry implements SignalingService, RoomService, QualityService, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RoomRegistry.class);
    private static final long CALL_TIMEOUT_S = 5;

    private final RoomServices services;
    private final JoinRules rules;
    private final Entrance entrance;
    private final Map<String, Room> byName = new ConcurrentHashMap<>();
    private final Map<String, Room> byId = new ConcurrentHashMap<>();
    private final AtomicInteger count = new AtomicInteger();
    private final AutoCloseable listening;
    private volatile boolean closed;

    /**
     * @param negotiations makes the server's side of offer and answer of a new peer connection
     * @param paths what was learnt of the way to those who were connected before
     * @param random a cryptographic source
     * @param timeline keeps how calls went
     * @param governance says which rooms have rules of their own
     */
    public RoomRegistry(SignalingConfig config, MediaServer media, Supplier<PeerNegotiation> negotiations,
            TokenRefresher tokens, PathMemory paths, WebhookSink webhooks, RoomClock clock, RandomGenerator random,
            RoomMetrics metrics, QualityTimeline timeline, RoomGovernance governance) {
        this(config, media, negotiations, tokens, paths, webhooks, clock, random, metrics, timeline, governance,
                task -> Thread.ofVirtual().name("room").start(task));
    }

    RoomRegistry(SignalingConfig config, MediaServer media, Supplier<PeerNegotiation> negotiations,
            TokenRefresher tokens, PathMemory paths, WebhookSink webhooks, RoomClock clock, RandomGenerator random,
            RoomMetrics metrics, QualityTimeline timeline, RoomGovernance governance, Executor executor) {
        this.services = new RoomServices(config, media, negotiations, tokens, paths, webhooks, clock,
                new IdGenerator(random), metrics, timeline, governance, executor);
        this.rules = new JoinRules(config);
        this.entrance = new Entrance(this, services, rules);
        this.listening = media.listen(this::onMediaEvent);
    }

    @Override
    public void check(JoinAttempt attempt) throws JoinRefusedException {
        entrance.check(attempt);
    }

    @Override
    public ClientSession open(JoinAttempt attempt, SignalSink sink) {
        return entrance.open(attempt, sink);
    }

    /** Whether nobody gets in any more. */
    boolean closed() {
        return closed;
    }

    /** How many there are. */
    int count() {
        return count.get();
    }

    /** The room of this name; null when there is none. */
    Room named(String name) {
        return byName.get(name);
    }

    /** The room of this name, made if there is none; null when there may be no more. */
    Room openRoom(String name, RoomSettings settings) {
        RoomGovernor governor = services.governance().governorOf(name);
        boolean governed = services.governance().governs(name);
        if (governed && governor == null) {
            return null;
        }
        Room room = byName.computeIfAbsent(name, key -> {
            if (closed || count.incrementAndGet() > services.config().limits().maxRooms()) {
                count.decrementAndGet();
                return null;
            }
            Room made = new Room(services, key, governed ? RoomSettings.governed(services.config().rooms()) : settings,
                    governor, this::onRoomEnded);
            byId.put(made.id(), made);
            return made;
        });
        if (room != null) {
            room.mailbox().put(room::open);
        }
        return room;
    }

    private void onRoomEnded(Room room) {
        if (byName.remove(room.name(), room)) {
            byId.remove(room.id());
            count.decrementAndGet();
        }
    }

    private void onMediaEvent(MediaEvent event) {
        Room room = byId.get(event.roomId());
        if (room == null) {
            return;
        }
        Runnable task = () -> room.mediaEvents().handle(event);
        // Regular figures may be lost when a room is overloaded; the next ones replace them. States may not.
        // Clients make messages: those of an overloaded room are lost, and counted.
        if (event instanceof MediaEvent.QualityReport || event instanceof MediaEvent.SpeakersChanged
                || event instanceof MediaEvent.PathMeasured || event instanceof MediaEvent.DataReceived) {
            room.mailbox().offer(task);
        } else {
            room.mailbox().put(task);
        }
    }

    @Override
    public LivekitModels.Room createRoom(CreateRoomRequest request) {
        rules.checkRoomRequest(request);
        if (closed) {
            throw new ServiceException(Code.UNAVAILABLE, "server is shutting down");
        }
        if (!services.media().accepting() && !byName.containsKey(request.getName())) {
            throw new ServiceException(Code.UNAVAILABLE, Entrance.BUSY);
        }
        String refusal = services.governance().refusalOf(request.getName());
        if (refusal != null) {
            throw new ServiceException(Code.FAILED_PRECONDITION, refusal);
        }
        Room room = openRoom(request.getName(), RoomSettings.of(services.config().rooms(), request));
        if (room == null) {
            throw new ServiceException(Code.RESOURCE_EXHAUSTED, "room limit exceeded");
        }
        if (!await(room.opened())) {
            throw new ServiceException(Code.UNAVAILABLE, "no media node takes the room");
        }
        return room.snapshot();
    }

    @Override
    public ListRoomsResponse listRooms(ListRoomsRequest request) {
        Set<String> names = Set.copyOf(request.getNamesList());
        List<LivekitModels.Room> rooms = byName.values().stream().map(Room::snapshot)
                .filter(room -> names.isEmpty() || names.contains(room.getName())).toList();
        return ListRoomsResponse.newBuilder().addAllRooms(rooms).build();
    }

    @Override
    public DeleteRoomResponse deleteRoom(DeleteRoomRequest request) {
        Room room = find(request.getRoom());
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        room.mailbox().put(() -> {
            room.end(DisconnectReason.ROOM_DELETED);
            done.complete(true);
        });
        await(done);
        return DeleteRoomResponse.getDefaultInstance();
    }

    @Override
    public ListParticipantsResponse listParticipants(ListParticipantsRequest request) {
        return ask(request.getRoom(), RoomApi::list);
    }

    @Override
    public ParticipantInfo getParticipant(RoomParticipantIdentity request) {
        return ask(request.getRoom(), api -> api.get(request.getIdentity()));
    }

    @Override
    public RemoveParticipantResponse removeParticipant(RoomParticipantIdentity request) {
        return ask(request.getRoom(), api -> api.remove(request.getIdentity()));
    }

    @Override
    public MuteRoomTrackResponse mutePublishedTrack(MuteRoomTrackRequest request) {
        return ask(request.getRoom(), api -> api.mute(request));
    }

    @Override
    public ParticipantInfo updateParticipant(UpdateParticipantRequest request) {
        return ask(request.getRoom(), api -> api.update(request));
    }

    @Override
    public UpdateSubscriptionsResponse updateSubscriptions(UpdateSubscriptionsRequest request) {
        return ask(request.getRoom(), api -> api.subscriptions(request));
    }

    @Override
    public SendDataResponse sendData(SendDataRequest request) {
        return ask(request.getRoom(), api -> api.data(request));
    }

    @Override
    public LivekitModels.Room updateRoomMetadata(UpdateRoomMetadataRequest request) {
        return ask(request.getRoom(), api -> api.metadata(request.getMetadata()));
    }

    @Override
    public Live live(String roomName) {
        return ask(roomName, RoomApi::quality);
    }

    @Override
    public QualityTimeline timeline() {
        return services.timeline();
    }

    /** The room of this name, or NOT_FOUND. */
    Room find(String name) {
        Room room = byName.get(name);
        if (room == null) {
            throw new ServiceException(Code.NOT_FOUND, "requested room does not exist");
        }
        return room;
    }

    private <T> T ask(String name, Function<RoomApi, T> call) {
        Room room = find(name);
        CompletableFuture<T> answer = new CompletableFuture<>();
        boolean taken = room.mailbox().offer(() -> {
            try {
                if (room.ended()) {
                    throw new ServiceException(Code.NOT_FOUND, "requested room does not exist");
                }
                answer.complete(call.apply(new RoomApi(room)));
            } catch (ServiceException refused) {
                answer.completeExceptionally(refused);
            } catch (RuntimeException bug) {
                answer.completeExceptionally(new ServiceException(Code.INTERNAL, "internal error"));
                throw bug;
            }
        });
        if (!taken) {
            throw new ServiceException(Code.UNAVAILABLE, "room is overloaded");
        }
        return await(answer);
    }

    private static <T> T await(CompletableFuture<T> answer) {
        try {
            return answer.get(CALL_TIMEOUT_S, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof ServiceException refused ? refused
                    : new ServiceException(Code.INTERNAL, "internal error");
        } catch (TimeoutException late) {
            throw new ServiceException(Code.UNAVAILABLE, "room did not answer in time");
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new ServiceException(Code.UNAVAILABLE, "server is shutting down");
        }
    }

    /** The rooms there are now, for figures. */
    public List<LivekitModels.Room> rooms() {
        return byName.values().stream().map(Room::snapshot).toList();
    }

    /** Lets every client rejoin elsewhere, then takes no more. Idempotent. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        List<CompletableFuture<Boolean>> ends = new ArrayList<>();
        for (Room room : List.copyOf(byName.values())) {
            CompletableFuture<Boolean> done = new CompletableFuture<>();
            ends.add(done);
            room.mailbox().put(() -> {
                try {
                    room.end(DisconnectReason.SERVER_SHUTDOWN);
                } finally {
                    done.complete(true);
                }
            });
        }
        try {
            // One that is stuck must keep neither the others nor what is left to do from ending.
            await(CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new)));
        } catch (ServiceException late) {
            LOG.error("not every room ended in time");
        }
        try {
            listening.close();
        } catch (Exception failed) {
            throw new IllegalStateException("media node did not end the registration", failed);
        }
    }
}
