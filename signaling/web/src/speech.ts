// SPDX-License-Identifier: Apache-2.0
import { type LocalTrackPublication, type Room, RoomEvent } from 'livekit-client';
import { PacketLength } from './packets';

/** A negotiation under way takes about so long; then the length of packets is asked for again. */
const AGAIN_MS = 2_000;

/** What the server asks a microphone's speech to take at most, in bits per second; undefined: as it likes. */
export function wantedSpeech(attributes: Readonly<Record<string, string>>, trackSid: string): number | undefined {
  const bps = Number(attributes[`nhipcau.speech.${trackSid}`]);
  return bps >= 6_000 && bps <= 510_000 ? bps : undefined;
}

/** What the server asks each packet of a microphone's speech to hold, in milliseconds; undefined: as negotiated. */
export function wantedPacketMs(attributes: Readonly<Record<string, string>>, trackSid: string): number | undefined {
  const ms = Number(attributes[`nhipcau.packet.${trackSid}`]);
  return [20, 40, 60].includes(ms) ? ms : undefined;
}

/**
 * Sends speech of fewer bits, or in longer packets, while the server asks for it: somebody who listens is on a link so
 * narrow that more of it is heard then, or this uplink is.
 */
export class ThinSpeech {
  /** What each sender may take when nothing is asked for. */
  readonly #usual = new WeakMap<RTCRtpSender, number | undefined>();
  readonly #packets: PacketLength;
  #again: ReturnType<typeof setTimeout> | undefined;
  #last: Promise<void> = Promise.resolve();

  constructor(private readonly room: Room) {
    this.#packets = new PacketLength(room);
    for (const event of [RoomEvent.ParticipantAttributesChanged, RoomEvent.LocalTrackPublished, RoomEvent.Reconnected] as const) {
      room.on(event, () => this.apply());
    }
  }

  /** Brings each microphone in line with what is asked of it; one after the other. */
  apply(): void {
    const { localParticipant } = this.room;
    const microphones = [...localParticipant.audioTrackPublications.values()];
    for (const publication of microphones) {
      this.#last = this.#last.then(() => this.#set(publication, wantedSpeech(localParticipant.attributes, publication.trackSid)))
        // The browser cannot, or the sender has ended: the voice goes on as it was.
        .catch(() => {});
    }
    // One answer tells it of all microphones, which share the uplink.
    const packetMs = microphones.map(({ trackSid }) => wantedPacketMs(localParticipant.attributes, trackSid)).find((ms) => ms);
    this.#last = this.#last.then(() => this.#packets.set(packetMs)).then((done) => this.#later(!done), () => {});
  }

  #later(again: boolean): void {
    clearTimeout(this.#again);
    this.#again = again ? setTimeout(() => this.apply(), AGAIN_MS) : undefined;
  }

  async #set(publication: LocalTrackPublication, wanted: number | undefined): Promise<void> {
    const sender = publication.track?.sender;
    const parameters = sender?.getParameters();
    const encoding = parameters?.encodings?.[0];
    if (!sender || !encoding) {
      return;
    }
    if (!this.#usual.has(sender)) {
      this.#usual.set(sender, encoding.maxBitrate);
    }
    const usual = this.#usual.get(sender);
    const target = wanted === undefined ? usual : Math.min(wanted, usual ?? wanted);
    if (encoding.maxBitrate === target) {
      return;
    }
    if (target === undefined) {
      delete encoding.maxBitrate;
    } else {
      encoding.maxBitrate = target;
    }
    await sender.setParameters(parameters!);
  }
}
