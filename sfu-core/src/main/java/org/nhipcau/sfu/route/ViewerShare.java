// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import org.nhipcau.sfu.api.ConsumerSettings;
import org.nhipcau.sfu.api.MediaEvent.ConsumerPaused;
import org.nhipcau.sfu.api.MediaEvent.PictureStepChanged;
import org.nhipcau.sfu.api.PictureStep;
import org.nhipcau.sfu.api.TrackSource;
import org.nhipcau.sfu.metrics.DropReason;
import org.nhipcau.sfu.metrics.WorkerCounters.Counter;

/**
 * What one viewer wants of one track, and what it is granted of it: by what its path carries, and by the node's load.
 * Signaling is told of what changes, and the publisher of what is of use.
 *
 * <p>Where the path carries nothing that moves, the viewer is shown still pictures. Thread: one. Control path but for
 * {@link #withheld}. Owns: the still picture.
 */
final class ViewerShare {
    /** Pictures that move a little more or less are told of when it lasts; all else at once. */
    private static final long TELL_NS = 1_000_000_000L;

    private final Consumer consumer;
    private final MediaEndpoint endpoint;
    private final Room room;
    private final NodeLimits limits = new NodeLimits();
    private final LayerChoice choice = new LayerChoice();
    private final PathReach reach = new PathReach();
    private ConsumerSettings settings;
    private long pathRoomBps = PriorityAllocator.UNLIMITED_BPS;
    /** Null until the path carries no moving picture for the first time. */
    private StillPicture still;
    private PictureStep toldStep = PictureStep.MOVING;
    private long stepSinceNs;
    private boolean pausedByNode;
    private boolean toldPaused;

    ViewerShare(Consumer consumer, ConsumerSettings settings) {
        this.consumer = consumer;
        this.endpoint = consumer.endpoint;
        this.room = endpoint.room();
        this.settings = settings;
    }

    /** A picture's producer is there. */
    void onPictureAttached(long nowNs) {
        if (choice.fresh() && room.config.adaptive() && endpoint.estimator().limited(nowNs)) {
            limits.smallest();
        }
    }

    /** What the viewer wants changed. */
    void update(ConsumerSettings changed, long nowNs) {
        boolean resumes = settings.paused() && !changed.paused();
        settings = changed;
        if (changed.paused() || resumes) {
            consumer.stop();
        }
        if (consumer.producer() != null) {
            consumer.producer().raiseWanted(wantedQuality());
        }
        consumer.retarget(nowNs);
    }

    /**
     * The viewer's path allows what {@link #choice} says. Only for video.
     *
     * @param roomBps all that it has for this picture
     * @param stillBps what of it a still picture may take, where nothing that moves is sent
     */
    void allocate(long roomBps, long stillBps, long nowNs) {
        pathRoomBps = roomBps;
        if (limits.path(choice)) {
            onLimits(nowNs);
        }
        if (reachUp(nowNs)) {
            consumer.producer().raiseWanted(wantedQuality());
            room.watch.tellWanted(consumer.producer(), nowNs);
        }
        if (limits.pathStep() == PictureStep.STILL && !limits.off() && consumer.wanted() && endpoint.sink().ready()
                && !consumer.gate().shut(nowNs)) {
            if (still == null) {
                still = new StillPicture(consumer, room);
            }
            still.onTimer(stillBps, nowNs);
        }
        tellStep(nowNs);
    }

    // Whether a layer that was out of the path's reach is near again.
    private boolean reachUp(long nowNs) {
        Producer producer = consumer.producer();
        if (producer == null || pathRoomBps == PriorityAllocator.UNLIMITED_BPS) {
            return reach.unlimited() && producer != null;
        }
        boolean moves = limits.pathStep().compareTo(PictureStep.FEW_FRAMES) >= 0;
        return reach.update(producer.layers(), moves ? choice.layer() : 0, pathRoomBps, nowNs);
    }

    private void tellStep(long nowNs) {
        PictureStep step = limits.pathStep();
        if (step == toldStep) {
            stepSinceNs = nowNs;
            return;
        }
        boolean moves = step.compareTo(PictureStep.FEW_FRAMES) >= 0;
        if (moves && toldStep.compareTo(PictureStep.FEW_FRAMES) >= 0 && nowNs - stepSinceNs < TELL_NS) {
            return;
        }
        room.counters.increment(step.compareTo(toldStep) < 0 ? Counter.PICTURE_STEPS_DOWN : Counter.PICTURE_STEPS_UP);
        toldStep = step;
        stepSinceNs = nowNs;
        room.emit(new PictureStepChanged(room.id(), endpoint.peerId(), consumer.parameters().consumerId(), step));
    }

    /**
     * What the node's load allows.
     *
     * @param newCap highest encoding; {@link org.nhipcau.sfu.overload.OverloadLevel#OFF}: forward nothing at all
     */
    void shed(int newCap, boolean fewestFrames, boolean repairs, long nowNs) {
        if (limits.shed(newCap, fewestFrames, repairs)) {
            onLimits(nowNs);
        }
    }

    private void onLimits(long nowNs) {
        if (limits.paused() != pausedByNode) {
            pausedByNode = limits.paused();
            consumer.stop();
        }
        if (limits.off() != toldPaused) {
            toldPaused = limits.off();
            room.emit(new ConsumerPaused(room.id(), endpoint.peerId(), consumer.parameters().consumerId(),
                    toldPaused));
        }
        consumer.retarget(nowNs);
    }

    /** Why nothing is forwarded as it comes; null: it is. */
    DropReason withheld() {
        if (settings.paused()) {
            return DropReason.CONSUMER_PAUSED;
        }
        return pausedByNode ? limits.reason(consumer.video()) : null;
    }

    /** A packet of the still picture that is being shown; null when it is none. Valid as a cached one. */
    SourcePacket loadStill(Encoding encoding, long extended) {
        return still == null ? null : still.load(encoding, extended);
    }

    /** One more packet of the still picture may be sent again now; asked only where there is one. */
    boolean affordsStillRepair() {
        return still.affordsRepair();
    }

    /** A packet of the still picture is sent again. */
    void onStillRepeated(int lengthBytes) {
        still.spend(lengthBytes);
    }

    /** The still picture that is being shown ends here. */
    void clearStill() {
        if (still != null) {
            still.clear();
        }
    }

    /** Quality that the viewer wants of this producer, for dynacast; -1 none. */
    int wantedQuality() {
        Producer producer = consumer.producer();
        if (settings.paused() || producer == null || producer.encodings().length == 0 || consumer.gate().barred()) {
            return -1;
        }
        // While nothing goes out for the node's load, the lowest layer is kept coming in, to be there at once.
        PictureLayer[] layers = producer.layers();
        int useful = Math.min(limits.shedCap(), reach.layer());
        return layers[Math.min(LayerSelector.wanted(layers, settings), useful)].quality();
    }

    /** Height of the picture that the viewer wants; only when {@link Consumer#wanted}. */
    int wantedHeight() {
        PictureLayer[] layers = consumer.producer().layers();
        return settings.maxHeight() > 0 ? Math.min(settings.maxHeight(), 0xffff)
                : Math.min(layers[LayerSelector.wanted(layers, settings)].height(), 0xffff);
    }

    /** It is a shared screen, which may well stand still. */
    boolean screen() {
        return consumer.producer() != null && consumer.producer().parameters().source() == TrackSource.SCREEN_SHARE;
    }

    ConsumerSettings settings() {
        return settings;
    }

    NodeLimits limits() {
        return limits;
    }

    /** The step that the viewer's path carries. */
    LayerChoice choice() {
        return choice;
    }

    /** All that the viewer's path had for this picture when it was divided last. */
    long pathRoomBps() {
        return pathRoomBps;
    }
}
