// SPDX-License-Identifier: Apache-2.0

import { type LocalParticipant, type Room, RoomEvent, Track, type TrackPublication } from 'livekit-client';
import type { Cover } from './cover';
import type { SenderGuard } from './guard';
import { type CoveredTrack, FixedTrack } from './track';
import { type Uplink, UplinkRule } from './uplink';

/** Low: where the link is narrow, sound and cover come first. */
const clearEncoding = { maxBitrate: 500_000, maxFramerate: 15, priority: 'low' } as const;

/**
 * The camera's own picture beside its cover, for those who may see the clear face. It is sent only while the server says
 * of this very cover that it is proven and that somebody is there who may see more, and while the link carries both. It
 * ends with the first of these that ends: in the moment that is known no frame goes out any more, and the sender is told
 * afterwards.
 *
 * Thread: the page's. Owns: a copy of the camera's track.
 */
export class ClearBeside {
  readonly #rule = new UplinkRule();
  #cover: Cover | undefined;
  #covered: CoveredTrack | undefined;
  /** The server asks for what is beside this track. */
  #offered = '';
  #track: FixedTrack | undefined;
  #looking = false;
  /** That it is sent was told. */
  #told = false;

  constructor(private readonly room: Room, private readonly guard: SenderGuard, private readonly changed: (on: boolean) => void) {
    const end = () => this.#end();
    for (const event of [RoomEvent.SignalReconnecting, RoomEvent.Reconnecting, RoomEvent.Disconnected] as const) {
      room.on(event, end);
    }
    // Muted from afar, or taken back by the server.
    const endIf = ({ track }: TrackPublication) => track && track === this.#track && end();
    room.on(RoomEvent.TrackMuted, endIf);
    room.on(RoomEvent.LocalTrackUnpublished, endIf);
  }

  /** Whether the clear picture is sent. */
  get on(): boolean {
    return !!this.#track;
  }

  /** A cover is sent, beside which there may be something. */
  begin(cover: Cover, covered: CoveredTrack): void {
    this.#cover = cover;
    this.#covered = covered;
  }

  /** The cover ends: nothing is beside it. */
  end(): void {
    this.#cover = undefined;
    this.#covered = undefined;
    this.#end();
  }

  /** Beside which track the server asks for the clear picture; empty: beside none. */
  offer(trackSid: string): void {
    this.#offered = trackSid;
    if (!this.#asked) {
      this.#end();
    }
  }

  /** Call about once a second. @param verdict the server's on the uplink */
  async look(verdict: Uplink['verdict']): Promise<void> {
    const { sender } = this.#covered ?? {};
    if (!this.#asked || !sender) {
      this.#end();
      return;
    }
    if (this.#looking) {
      return;
    }
    this.#looking = true;
    try {
      const carriesKbps = carries(await sender.getStats());
      const may = this.#asked && this.#rule.observe({ verdict, carriesKbps }, performance.now());
      if (!may) {
        this.#stop();
      } else if (!this.#track) {
        await this.#start();
      }
    } catch {
      // No word on the link, or the server does not take it.
      this.#rule.failed(performance.now());
      this.#stop();
    } finally {
      this.#looking = false;
    }
  }

  get #me(): LocalParticipant {
    return this.room.localParticipant;
  }

  get #asked(): boolean {
    return !!this.#offered && this.room.state === 'connected'
      && [...this.#me.videoTrackPublications.values()].some(({ track, trackSid }) => track === this.#covered && trackSid === this.#offered);
  }

  async #start(): Promise<void> {
    const copy = this.#cover?.copy();
    if (!copy) {
      return;
    }
    const track = new FixedTrack(copy, undefined, true);
    this.#track = track;
    this.guard.allow(copy);
    await this.#me.publishTrack(track, { source: Track.Source.Camera, simulcast: false, videoCodec: 'vp8', videoEncoding: clearEncoding });
    if (this.#track === track) {
      this.#told = true;
      this.changed(true);
    }
  }

  /** Nothing clear is sent, and what was known of the link counts no more. */
  #end(): void {
    this.#rule.forget();
    this.#stop();
  }

  #stop(): void {
    const track = this.#track;
    if (!track) {
      return;
    }
    this.#track = undefined;
    this.guard.forbid(track.mediaStreamTrack);
    track.mediaStreamTrack.stop();
    void this.#me.unpublishTrack(track, true).catch(() => {});
    if (this.#told) {
      this.#told = false;
      this.changed(false);
    }
  }
}

/** What the browser takes the way to carry, kbit/s; not all tell. */
function carries(report: RTCStatsReport): number | undefined {
  for (const entry of report.values()) {
    if (entry.type === 'candidate-pair' && entry.nominated && typeof entry.availableOutgoingBitrate === 'number') {
      return entry.availableOutgoingBitrate / 1000;
    }
  }
  return undefined;
}
