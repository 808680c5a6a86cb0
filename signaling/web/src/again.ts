// SPDX-License-Identifier: Apache-2.0
import { sections } from './sdp';

const OPUS = /^a=rtpmap:(\d+) opus\/48000\/2\r?\n/im;

/** The kind of object that makes offers; given, so that tests can bring their own. */
export interface OfferingScope {
  readonly RTCPeerConnection: { readonly prototype: RTCPeerConnection };
}

/** The offer, so that packets of sound that got lost may be asked for again, both ways (RFC 4585 §6.2.1). */
export function withSoundAskedAgain(offer: string): string {
  return sections(offer).map((section) => {
    const type = section.startsWith('m=audio') ? section.match(OPUS)?.[1] : undefined;
    const known = type !== undefined && new RegExp(`^a=rtcp-fb:(${type}|\\*) nack\\r?$`, 'm').test(section);
    return type === undefined || known ? section : section.replace(OPUS, (line) => `${line}a=rtcp-fb:${type} nack\r\n`);
  }).join('');
}

/**
 * Has all connections of the scope agree on that from now on; once, before there is one. Browsers can ask for lost sound,
 * but offer to do so for pictures only.
 */
export function askForLostSound(scope: OfferingScope): void {
  const connection = scope.RTCPeerConnection.prototype;
  const createOffer = connection.createOffer as (this: RTCPeerConnection, ...given: unknown[]) => Promise<RTCSessionDescriptionInit>;
  connection.createOffer = async function (this: RTCPeerConnection, ...given: unknown[]) {
    const { type, sdp } = await createOffer.apply(this, given);
    return { type, sdp: withSoundAskedAgain(sdp ?? '') };
  } as RTCPeerConnection['createOffer'];
}
