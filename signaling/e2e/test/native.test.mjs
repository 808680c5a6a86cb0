// SPDX-License-Identifier: Apache-2.0
// Two native clients: what one sends, the other hears and sees.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { dispose, NativeClient, VideoCodec } from '../lib/native.mjs';
import { SignalProxy } from '../lib/proxy.mjs';
import { Server } from '../lib/server.mjs';
import { freshRoom, token } from '../lib/token.mjs';
import { toneShare } from '../lib/tone.mjs';
import { until } from '../lib/wait.mjs';

describe('the ear of these tests', () => {
  const rate = 48_000;
  const sine = (hz) => Array.from({ length: 9600 }, (_, i) => 8000 * Math.sin((2 * Math.PI * hz * i) / rate));

  it('should know its tone from another, from noise and from silence', () => {
    let seed = 1;
    const noise = Array.from({ length: 9600 }, () => ((seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647 - 0.5) * 8000);
    assert.ok(toneShare(sine(440), rate, 440) > 0.99);
    assert.ok(toneShare(sine(880), rate, 440) < 0.01);
    assert.ok(toneShare(noise, rate, 440) < 0.05);
    assert.equal(toneShare(new Array(9600).fill(0), rate, 440), 0);
  });
});

describe('native clients', () => {
  let server;
  let hidden;
  before(async () => {
    server = await Server.start();
    hidden = await SignalProxy.start(server.port, { hideV1: true });
  });
  after(async () => {
    await hidden?.close();
    const codes = await server?.stop();
    await dispose();
    assert.deepEqual(codes?.filter((code) => code !== 0 && code !== 143), [], 'the server ends in good order');
  });

  /** Two people; the second sees and hears the first and the other way round. */
  async function call(url, publish, check) {
    const room = freshRoom('native');
    const clients = [];
    try {
      for (const name of ['lan', 'minh']) {
        clients.push(await NativeClient.join(url, await token(name, room)));
      }
      await publish(...clients);
      await check(...clients);
    } catch (error) {
      // Tells a server that does not forward from a client that does not play.
      const counts = await Promise.all(['in', 'out'].map((way) => server.metric(`nhipcau_sfu_rtp_packets_${way}_total`)));
      error.message += `\nRTP packets at the server: ${counts[0]} in, ${counts[1]} out`;
      throw error;
    } finally {
      for (const client of clients) {
        await client.leave();
      }
    }
  }

  it('should hear a tone of 440 Hz, and another voice at 660 Hz the other way', async () => {
    await call(server.url, async (lan, minh) => {
      await lan.publishTone(440);
      await minh.publishTone(660);
    }, async (lan, minh) => {
      const heard = await minh.hears('lan', 440);
      assert.ok(heard.share > 0.8, `share of the tone ${heard.share}`);
      await lan.hears('minh', 660);
      await until('lan is named as a speaker', () => minh.events.some((event) => event.name === 'activeSpeakersChanged'
        && event.values[0].some((speaker) => speaker.identity === 'lan')));
    });
  });

  for (const [name, codec] of [['VP8', VideoCodec.VP8], ['H264', VideoCodec.H264], ['VP9', VideoCodec.VP9], ['AV1', VideoCodec.AV1]]) {
    it(`should see ${name} video in its size, and moving`, async () => {
      await call(server.url, async (lan) => {
        await lan.publishVideo({ width: 640, height: 360, codec });
      }, async (lan, minh) => {
        await until('full size', () => minh.seen('lan')?.width === 640, 45_000);
        const seen = await minh.sees('lan', 30, 45_000);
        assert.equal(`${seen.width}x${seen.height}`, '640x360');
        const places = new Set(seen.bars.slice(-30).filter((place) => place >= 0));
        assert.ok(places.size >= 8, `the bar was seen at ${places.size} places of 16`);
        const publication = [...minh.room.remoteParticipants.get('lan').trackPublications.values()][0];
        assert.equal(publication.mimeType?.toLowerCase(), `video/${name.toLowerCase()}`);
      });
    });
  }

  it('should do the same over the older endpoint with two connections', async () => {
    await call(hidden.url, async (lan, minh) => {
      await lan.publishTone(440);
      await lan.publishVideo();
      await minh.publishTone(660);
    }, async (lan, minh) => {
      assert.ok(hidden.requests.includes('GET /rtc'), 'the older endpoint was used');
      await minh.hears('lan', 440);
      await lan.hears('minh', 660);
      const seen = await minh.sees('lan', 20);
      assert.equal(seen.width, 640);
    });
  });

  it('should see who joined later, and who left', async () => {
    await call(server.url, async (lan) => {
      await lan.publishTone(440);
    }, async (lan, minh) => {
      const room = minh.room.name;
      const late = await NativeClient.join(server.url, await token('hoa', room));
      await late.hears('lan', 440);
      await until('both see the late one', () => lan.room.remoteParticipants.has('hoa') && minh.room.remoteParticipants.has('hoa'));
      await late.leave();
      await until('both see the leave', () => !lan.room.remoteParticipants.has('hoa') && !minh.room.remoteParticipants.has('hoa'), 10_000);
    });
  });

  it('should refuse a token of another key, an expired one and one for no room', async () => {
    const room = freshRoom('native');
    const good = await token('lan', room);
    const [head, claims] = good.split('.');
    for (const [what, bad] of [
      ['signature of nobody', `${head}.${claims}.${'A'.repeat(43)}`],
      ['expired', await token('lan', room, { ttl: '-1h' })],
      ['without a join grant', await token('lan', room, { grants: { roomJoin: false } })],
    ]) {
      await assert.rejects(NativeClient.join(server.url, bad), (error) => {
        assert.ok(!error.message.includes(claims), `${what}: the token is not repeated`);
        return true;
      }, what);
    }
  });
});
