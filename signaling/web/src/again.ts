// SPDX-License-Identifier: Apache-2.0
import { sections } from './sdp';

const OPUS = /^a=rtpmap:(\d+) opus\/48000\/2\r?\n/im;

/** The kind of object that makes offers; given, so that tests can bring their own. */
export interface OfferingScope {
  readonly RTCPeerConnection: { readonly prototype: RTCPeerConnection };
}

const asksAgain = (type: string) => new RegExp(`^a=rtcp-fb:(?:${type}|\\*) nack\\r?\\n`, 'm');

function inSound(description: string, change: (section: string, opus: string) => string): string {
  return sections(description).map((section) => {
    const opus = section.startsWith('m=audio') ? section.match(OPUS)?.[1] : undefined;
    return opus === undefined ? section : change(section, opus);
  }).join('');
}

/** The offer, so that packets of sound that got lost may be asked for again, both ways (RFC 4585 §6.2.1). */
export function withSoundAskedAgain(offer: string): string {
  return inSound(offer, (section, opus) => asksAgain(opus).test(section) ? section
    : section.replace(OPUS, (line) => `${line}a=rtcp-fb:${opus} nack\r\n`));
}

/** The same offer without that. */
export function withoutSoundAskedAgain(offer: string): string {
  return inSound(offer, (section, opus) => section.replace(asksAgain(opus), ''));
}

/**
 * Has all connections of the scope agree on that from now on; once, before there is one. Browsers can ask for lost sound,
 * but offer to do so for pictures only. One that takes its offer with that change for none of its own goes on without.
 */
export function askForLostSound(scope: OfferingScope): void {
  const connection = scope.RTCPeerConnection.prototype;
  const createOffer = connection.createOffer as (this: RTCPeerConnection, ...given: unknown[]) => Promise<RTCSessionDescriptionInit | undefined>;
  const setLocalDescription = connection.setLocalDescription as (this: RTCPeerConnection, given?: RTCLocalSessionDescriptionInit) => Promise<void>;
  let refused = false;
  connection.createOffer = async function (this: RTCPeerConnection, ...given: unknown[]) {
    const offer = await createOffer.apply(this, given);
    return offer && !refused ? { type: offer.type, sdp: withSoundAskedAgain(offer.sdp ?? '') } : offer;
  } as RTCPeerConnection['createOffer'];
  connection.setLocalDescription = async function (this: RTCPeerConnection, ...[description]: [RTCLocalSessionDescriptionInit?]) {
    try {
      await setLocalDescription.call(this, description);
    } catch (error) {
      const sdp = description?.sdp ?? '';
      const plain = withoutSoundAskedAgain(sdp);
      if (description?.type !== 'offer' || plain === sdp) {
        throw error;
      }
      await setLocalDescription.call(this, { type: 'offer', sdp: plain });
      refused = true;
    }
  } as RTCPeerConnection['setLocalDescription'];
}
