// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { askForLostSound, withoutSoundAskedAgain, withSoundAskedAgain } from '../src/again';

const session = 'v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\n';
const sound = 'm=audio 9 UDP/TLS/RTP/SAVPF 111 63\r\na=mid:0\r\na=rtpmap:111 opus/48000/2\r\na=rtcp-fb:111 transport-cc\r\n'
  + 'a=fmtp:111 minptime=10;useinbandfec=1\r\na=rtpmap:63 red/48000/2\r\n';
const picture = 'm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:1\r\na=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 nack pli\r\n';

describe('lost sound', () => {
  it('should be asked for again by its own format, in each section of sound', () => {
    const other = sound.replaceAll('111', '109');
    expect(withSoundAskedAgain(session + sound + picture + other)).toBe(session
      + sound.replace('opus/48000/2\r\n', 'opus/48000/2\r\na=rtcp-fb:111 nack\r\n') + picture
      + other.replace('opus/48000/2\r\n', 'opus/48000/2\r\na=rtcp-fb:109 nack\r\n'));
  });

  it.each([
    ['where the browser offers it', sound + 'a=rtcp-fb:111 nack\r\n'],
    ['where it does so for all formats', sound + 'a=rtcp-fb:* nack\r\n'],
    ['without Opus', 'm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=rtpmap:0 PCMU/8000\r\n'],
    ['of pictures', picture],
  ])('should leave an offer as it is %s', (_, section) => {
    expect(withSoundAskedAgain(session + section)).toBe(session + section);
  });

  it('should be offered beside what is said of a lost picture, which is another matter', () => {
    const told = sound + 'a=rtcp-fb:111 nack pli\r\n';
    expect(withSoundAskedAgain(told)).toContain('a=rtcp-fb:111 nack\r\n');
  });

  it('should be taken out again as it was put in', () => {
    const offer = session + sound + picture + sound.replaceAll('111', '109');
    expect(withoutSoundAskedAgain(withSoundAskedAgain(offer))).toBe(offer);
  });

  /** A browser that takes no offer but what it made, for as long as it is strict. */
  class Strict {
    static strict = true;
    set: string[] = [];
    async createOffer(): Promise<RTCSessionDescriptionInit> {
      return { type: 'offer', sdp: session + sound };
    }
    async setLocalDescription(description?: RTCLocalSessionDescriptionInit): Promise<void> {
      if (Strict.strict && description?.sdp !== session + sound) {
        throw new Error('no offer of mine');
      }
      this.set.push(description?.sdp ?? '');
    }
  }

  it('should not cost the call where a browser takes only what it offered itself', async () => {
    const scope = class extends Strict {};
    askForLostSound({ RTCPeerConnection: scope as unknown as typeof RTCPeerConnection });
    const first = new scope();
    const offer = await first.createOffer();
    expect(offer.sdp).toContain('nack');
    await first.setLocalDescription(offer as RTCLocalSessionDescriptionInit);
    expect(first.set).toEqual([session + sound]);
    expect((await new scope().createOffer()).sdp).toBe(session + sound);
    await expect(first.setLocalDescription({ type: 'offer', sdp: session + picture })).rejects.toThrow('no offer of mine');
  });

  it('should be in what every connection offers, with what it was asked to offer', async () => {
    class Connection {
      asked: unknown[] = [];
      async createOffer(...given: unknown[]) {
        this.asked = given;
        return { type: 'offer' as const, sdp: session + sound };
      }
    }
    askForLostSound({ RTCPeerConnection: Connection as unknown as typeof RTCPeerConnection });
    const connection = new Connection();
    const offer = await connection.createOffer({ iceRestart: true });
    expect(connection.asked).toEqual([{ iceRestart: true }]);
    expect(offer).toEqual({ type: 'offer', sdp: withSoundAskedAgain(session + sound) });
  });

  it('should give what a browser gives to whoever asks in the old way', async () => {
    class Old {
      async createOffer(done: (offer: unknown) => void): Promise<void> {
        done('offer');
      }
      async setLocalDescription(): Promise<void> {}
    }
    askForLostSound({ RTCPeerConnection: Old as unknown as typeof RTCPeerConnection });
    const given: unknown[] = [];
    await expect(new Old().createOffer((offer) => given.push(offer))).resolves.toBeUndefined();
    expect(given).toEqual(['offer']);
  });

  it('should say why there is no offer', async () => {
    class Closed {
      createOffer(): Promise<never> {
        return Promise.reject(new Error('the connection is closed'));
      }
    }
    askForLostSound({ RTCPeerConnection: Closed as unknown as typeof RTCPeerConnection });
    await expect(new Closed().createOffer()).rejects.toThrow('the connection is closed');
  });
});
