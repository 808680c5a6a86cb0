// SPDX-License-Identifier: Apache-2.0
import { RemoteAudioTrack, type RemoteTrack, type Room, RoomEvent, Track } from 'livekit-client';
import { SoundWait } from './sound';

/** The sound of the others: plays it, and lets it wait for copies of lost packets where many are lost. */
export class Hearing {
  readonly #waits = new WeakMap<RTCRtpReceiver, SoundWait>();

  constructor(private readonly room: Room) {
    room.on(RoomEvent.TrackSubscribed, (track: RemoteTrack) => {
      if (track.kind === Track.Kind.Audio) {
        const element = track.attach();
        element.hidden = true;
        document.body.append(element);
      }
    });
    room.on(RoomEvent.TrackUnsubscribed, (track) => {
      if (track.kind === Track.Kind.Audio) {
        track.detach().forEach((element) => element.remove());
      }
    });
  }

  /** Call every few seconds. */
  async listenAhead(): Promise<void> {
    for (const participant of this.room.remoteParticipants.values()) {
      for (const publication of participant.audioTrackPublications.values()) {
        const receiver = publication.track instanceof RemoteAudioTrack ? publication.track.receiver : undefined;
        if (receiver && 'jitterBufferTarget' in receiver) {
          await this.#adjust(receiver);
        }
      }
    }
  }

  async #adjust(receiver: RTCRtpReceiver): Promise<void> {
    const wait = this.#waits.get(receiver) ?? new SoundWait(performance.now());
    this.#waits.set(receiver, wait);
    const report = await receiver.getStats();
    for (const entry of report.values()) {
      if (entry.type === 'inbound-rtp') {
        const madeUp = (entry.concealedSamples ?? 0) - (entry.silentConcealedSamples ?? 0);
        const targetMs = wait.observe(entry.totalSamplesReceived ?? 0, madeUp, performance.now());
        receiver.jitterBufferTarget = targetMs || null;
      }
    }
  }
}
