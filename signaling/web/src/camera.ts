// SPDX-License-Identifier: Apache-2.0

import { type LocalParticipant, type LocalTrackPublication, type Room, RoomEvent, Track } from 'livekit-client';
import { ClearBeside } from './cover/beside';
import { Cover, type CoverEnd } from './cover/cover';
import type { SenderGuard } from './cover/guard';
import { type Proof, proofKey } from './cover/proof';
import { CoveredTrack } from './cover/track';
import type { Uplink } from './cover/uplink';

/** The cover needs next to nothing of a camera; those who may see the clear face are sent the same camera beside it. */
const coveredCapture: MediaTrackConstraints = { width: { ideal: 640 }, height: { ideal: 360 }, frameRate: { ideal: 15, max: 15 } };
/** Grey takes next to nothing of this rate; browsers do not look whether the way carries much more than what is allowed. */
const coveredEncoding = { maxBitrate: 200_000, maxFramerate: 8 };

/** What is told of a person's own camera. */
export interface CameraListener {
  /** The covered picture has ended without being wished. */
  coverEnded(why: CoverEnd): void;
  /** The clear picture is sent beside the covered one, to those who may see it; or is not any more. */
  clearChanged(on: boolean): void;
}

/**
 * The person's own camera. Where the face must be covered it is published only as a {@link Cover}, a new one each time it
 * is turned on; a camera that is sent clear is taken away in the moment a cover becomes due. Turning a cover off again
 * shows nobody's face: for that, the person turns the camera on anew.
 */
export class Camera {
  #covering = true;
  #cover: Cover | undefined;
  #covered: CoveredTrack | undefined;
  readonly #beside: ClearBeside;
  #device: string | undefined;
  /** The call has ended: what was still being started is stopped as soon as it is there. */
  #over = false;
  /** One change after the other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(private readonly room: Room, private readonly guard: SenderGuard, private readonly listener: CameraListener) {
    guard.close();
    this.#beside = new ClearBeside(room, guard, (on) => listener.clearChanged(on));
    room.on(RoomEvent.TrackMuted, (publication) => {
      // Muted from afar: a camera that nobody may see need not run.
      if (publication.track && publication.track === this.#covered) {
        void this.#inTurn(() => this.#stopCover());
      }
    });
    room.on(RoomEvent.LocalTrackUnpublished, ({ track }) => {
      // Taken back by the server. The library also unpublishes before it publishes again, but then it stops nothing.
      if (track && track === this.#covered && this.#covered.isStopped) {
        this.#release();
      }
    });
    room.on(RoomEvent.Disconnected, () => {
      this.#over = true;
      this.#release();
    });
  }

  get #me(): LocalParticipant {
    return this.room.localParticipant;
  }

  /** Whether the picture is covered before it leaves. */
  get covering(): boolean {
    return this.#covering;
  }

  /** Whether pictures of this person are sent. */
  get on(): boolean {
    return this.#covering ? !!this.#covered : this.#me.isCameraEnabled;
  }

  /** Whether those who may see the clear face are sent it beside the cover. */
  get clearBeside(): boolean {
    return this.#beside.on;
  }

  /** Beside which covered track the server asks for the clear picture; empty: beside none. */
  offer(trackSid: string): void {
    this.#beside.offer(trackSid);
  }

  /** Looks whether the link carries a clear picture beside the cover; call about once a second. */
  look(verdict: Uplink['verdict']): void {
    void this.#beside.look(verdict);
  }

  /** Says whether the face must be covered; takes effect before this returns, as far as what is sent is concerned. */
  require(cover: boolean): void {
    if (cover === this.#covering) {
      return;
    }
    this.#covering = cover;
    if (cover) {
      this.guard.close();
      void this.#inTurn(() => this.#replaceByCover());
    } else {
      // What is covered stays so until the person turns the camera off and on.
      this.guard.open();
    }
  }

  async set(on: boolean): Promise<void> {
    // As it was when it was asked for: a cover that is not due any more when its turn comes is one nevertheless.
    const asked = this.#covering;
    await this.#inTurn(async () => {
      if (!on) {
        await this.#stopCover();
        await this.#me.setCameraEnabled(false);
      } else if (asked || this.#covering) {
        await this.#startCover();
      } else {
        await this.#me.setCameraEnabled(true, this.#device ? { deviceId: this.#device } : undefined);
      }
    });
  }

  /** Takes back whatever is published of the camera, covered or clear. */
  async withdraw(): Promise<void> {
    await this.#inTurn(async () => {
      await this.#stopCover();
      await this.#unpublish(this.#me.getTrackPublication(Track.Source.Camera));
    });
  }

  /** Goes on with the next camera of the machine, if there is another. */
  async next(): Promise<void> {
    const cameras = (await navigator.mediaDevices.enumerateDevices()).filter(({ kind }) => kind === 'videoinput');
    const at = cameras.findIndex(({ deviceId }) => deviceId === this.#device);
    const next = cameras[(Math.max(at, 0) + 1) % cameras.length]?.deviceId;
    if (next === undefined) {
      return;
    }
    this.#device = next;
    if (!this.#covering) {
      await this.#inTurn(() => this.room.switchActiveDevice('videoinput', next));
    } else if (this.on) {
      await this.set(false);
      await this.set(true);
    }
  }

  /** The clear camera goes first; the cover takes its place only when nothing clear is left. */
  async #replaceByCover(): Promise<void> {
    const publication = this.#me.getTrackPublication(Track.Source.Camera);
    const wasOn = !!publication && !publication.isMuted;
    const screen = this.#me.getTrackPublication(Track.Source.ScreenShare);
    for (const each of [publication, screen]) {
      await this.#unpublish(each);
    }
    if (wasOn) {
      await this.#startCover();
    }
  }

  async #unpublish(publication: LocalTrackPublication | undefined): Promise<void> {
    if (publication?.track && publication.track !== this.#covered) {
      publication.track.stop();
      await this.#me.unpublishTrack(publication.track, true);
    }
  }

  async #startCover(): Promise<void> {
    if (this.#covered) {
      return;
    }
    const stream = await navigator.mediaDevices.getUserMedia({
      video: { ...coveredCapture, ...(this.#device ? { deviceId: { exact: this.#device } } : {}) },
    });
    const camera = stream.getVideoTracks()[0];
    if (!camera) {
      throw new DOMException('no camera', 'NotFoundError');
    }
    if (this.#over) {
      camera.stop();
      return;
    }
    const cover = await Cover.start(camera);
    if (this.#over) {
      cover.stop();
      return;
    }
    const covered = new CoveredTrack(cover.track);
    this.guard.allow(cover.track);
    this.#cover = cover;
    this.#covered = covered;
    try {
      await this.#me.publishTrack(covered, { source: Track.Source.Camera, simulcast: false, videoCodec: 'vp8', videoEncoding: coveredEncoding });
    } catch (error) {
      this.#release();
      throw error;
    }
    this.#beside.begin(cover, covered);
    cover.listen({
      proved: (proof) => this.#tell(covered, proof),
      ended: (why) => {
        if (this.#cover === cover) {
          // Now, and not when its turn comes: nothing clear goes on beside a cover that is over.
          this.#beside.end();
          this.listener.coverEnded(why);
          void this.#inTurn(() => this.#stopCover());
        }
      },
    });
  }

  async #stopCover(): Promise<void> {
    const covered = this.#covered;
    this.#release();
    if (covered) {
      await this.#me.unpublishTrack(covered, true).catch(() => {});
    }
  }

  /** Camera and covered track are off after this, whatever the server has been told yet. */
  #release(): void {
    this.#beside.end();
    this.#cover?.stop();
    this.#cover = undefined;
    this.#covered = undefined;
  }

  /**
   * Tells the server how the cover does, by the request that sets a person's attributes. The library's own call would
   * wait for the attribute to be there, which it never is: the server keeps it. Nothing is told while the connection is
   * away, so that nothing old is told when it is back.
   */
  #tell(covered: CoveredTrack, proof: Proof): void {
    const publication = [...this.#me.videoTrackPublications.values()].find(({ track }) => track === covered);
    if (publication && this.room.state === 'connected') {
      const { metadata, name } = this.#me;
      void this.room.engine.client.sendUpdateLocalMetadata(metadata ?? '', name ?? '',
        { [proofKey(publication.trackSid)]: JSON.stringify(proof) }).catch(() => {});
    }
  }

  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(change);
    this.#last = turn.catch(() => {});
    return turn;
  }
}
