// SPDX-License-Identifier: Apache-2.0
import { ConnectionState, type Room } from 'livekit-client';
import { sections } from './sdp';

type Transport = NonNullable<Room['engine']['pcManager']>['publisher'];

/** An exchange takes some ten milliseconds. Of one whose connection is closed meanwhile no browser ever says how it went. */
const GIVE_UP_MS = 10_000;

const SENT = /^a=(recvonly|sendrecv)\r?$/m;
const PTIME = /^a=ptime:(\d+)\r?\n/m;
/** What differs between two offers of the same: versions, addresses, and what the client library asks of codecs once. */
const PASSING = /^(o=|c=|a=candidate|a=end-of-candidates|a=rtcp:|a=fmtp:|a=ice-options)/;

const sentSound = (section: string): boolean => section.startsWith('m=audio') && SENT.test(section);

/** Milliseconds in each packet, by section of sound that an answer lets a client send; undefined: the codec's own. */
export function packetMsIn(answer: string): (number | undefined)[] {
  return sections(answer).filter(sentSound).map((section) => section.match(PTIME)?.[1])
    .map((told) => told === undefined ? undefined : Number(told));
}

/** The answer with other packets of the sound that the client sends (RFC 8866 §6.4). */
export function withPacketMs(answer: string, packetMs: number | undefined): string {
  return sections(answer).map((section) => {
    if (!sentSound(section)) {
      return section;
    }
    const plain = section.replace(/^a=(max)?ptime:.*\r?\n/gm, '');
    return packetMs === undefined ? plain : `${plain}a=ptime:${packetMs}\r\na=maxptime:${packetMs}\r\n`;
  }).join('');
}

/**
 * The answer with the layers that are not sent as paused ones (RFC 8853 §5.1): browsers take up again all others when they
 * are given an answer.
 *
 * @param resting rids by mid
 */
export function withPaused(answer: string, resting: ReadonlyMap<string, readonly string[]>): string {
  return sections(answer).map((section) => {
    const rids = resting.get(section.match(/^a=mid:(\S+)/m)?.[1] ?? '') ?? [];
    return section.replace(/^a=simulcast:recv (\S+)/m, (_, layers: string) => `a=simulcast:recv ${
      layers.split(';').map((rid) => rids.includes(rid.replace('~', '')) ? `~${rid.replace('~', '')}` : rid.replace('~', '')).join(';')}`);
  }).join('');
}

/** Layers that are not sent now, by the mid of their section. */
function restingLayers(transceivers: readonly RTCRtpTransceiver[]): Map<string, string[]> {
  return new Map(transceivers.map(({ mid, sender }) => [mid ?? '', (sender.getParameters().encodings ?? [])
    .filter((encoding) => encoding.active === false).map((encoding) => encoding.rid ?? '')]));
}

/**
 * Whether an offer has nothing that the one before it had not. Which layers rest is no news: browsers call those paused
 * (RFC 8853 §5.1), and the server, who asked for it, answers the same to either.
 */
export function saysNothingNew(before: string, after: string): boolean {
  const lasting = (sdp: string) => sdp.split(/\r?\n/).filter((line) => !PASSING.test(line))
    .map((line) => line.startsWith('a=simulcast:') ? line.replaceAll('~', '') : line.replace(/^(m=\w+) \d+/, '$1')).join('\n');
  return lasting(before) === lasting(after);
}

/**
 * Sends sound in longer packets while the server asks for it: on an uplink that carries hardly more than a voice the
 * headers of short ones take most of it.
 *
 * Browsers take the length of packets from the server's description only. The one that they have is given to them once
 * more with another length: the exchange of descriptions takes place in the browser, for on such an uplink an offer would
 * stand before the voice for seconds. An offer that says anything new goes to the server, who answers with the length as well.
 */
export class PacketLength {
  #usualOf: unknown;
  #usual: number | undefined;

  constructor(private readonly room: Room) {}

  /** @param wanted milliseconds; undefined: as negotiated @return whether it is so now; if not, ask again later */
  async set(wanted: number | undefined): Promise<boolean> {
    const transport = this.room.engine?.pcManager?.publisher;
    if (transport?.getSignallingState() === 'closed') {
      // To ask a closed one for more would have the library open a connection.
      return wanted === undefined;
    }
    const answer = transport?.getRemoteDescription()?.sdp;
    const offered = transport?.getLocalDescription()?.sdp;
    const now = packetMsIn(answer ?? '');
    if (!transport || !answer || !offered || now.length === 0) {
      return wanted === undefined;
    }
    if (wanted === undefined && this.#usualOf !== transport) {
      return true;
    }
    if (wanted !== undefined && this.#usualOf !== transport) {
      this.#usualOf = transport;
      this.#usual = now[0] === wanted ? undefined : now[0];
    }
    const target = wanted ?? this.#usual;
    if (now.every((ms) => ms === target)) {
      return true;
    }
    return this.#quiet(transport) && await inTime(exchange(transport, offered, withPacketMs(answer, target)));
  }

  /** Nobody else negotiates: whoever does at the same time gets in the way, most of all with new ICE credentials. */
  #quiet(transport: Transport): boolean {
    return this.room.state === ConnectionState.Connected && transport.getSignallingState() === 'stable'
      // The browser is stable as well while the library has it make an offer.
      && transport.latestOfferId === transport.latestAcknowledgedOfferId;
  }
}

/** Offers, and answers itself where the offer says nothing new. @return whether the answer is taken, or on its way */
async function exchange(transport: Transport, offered: string, answer: string): Promise<boolean> {
  const send = transport.onOffer;
  if (!send) {
    return true;
  }
  let applied: Promise<boolean> | undefined;
  transport.onOffer = (offer, id) => {
    if (saysNothingNew(offered, transport.getLocalDescription()?.sdp ?? '')) {
      const sdp = withPaused(answer, restingLayers(transport.getTransceivers()));
      applied = transport.setRemoteDescription({ type: 'answer', sdp }, id)
        .catch(() => {
          if (transport.getSignallingState() !== 'have-local-offer') {
            return false;
          }
          // The browser waits for an answer all the same.
          send(offer, id);
          return true;
        });
    } else {
      send(offer, id);
    }
  };
  try {
    await transport.createAndSendOffer();
  } finally {
    transport.onOffer = send;
  }
  // What went to the server comes back with the length.
  return await applied ?? true;
}

/** @return false where it takes too long */
function inTime(done: Promise<boolean>): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout>;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, GIVE_UP_MS, false);
  });
  return Promise.race([done, late]).finally(() => clearTimeout(timer));
}
