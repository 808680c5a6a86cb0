// SPDX-License-Identifier: Apache-2.0
// Holes in the network, another port, a dead WebSocket, and all at once: media comes back by itself, and the seat is there.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Browser, noBrowser } from '../lib/browser.mjs';
import { dispose, NativeClient } from '../lib/native.mjs';
import { SignalProxy } from '../lib/proxy.mjs';
import { MediaRelay } from '../lib/relay.mjs';
import { Server } from '../lib/server.mjs';
import { freshRoom, token } from '../lib/token.mjs';
import { pause, until } from '../lib/wait.mjs';

/** ConnectionQuality.QUALITY_LOST of the native client. */
const LOST = 3;

describe('an outage', () => {
  let server;
  before(async () => {
    // One worker, so that there is one media port to be exchanged.
    server = await Server.start({ settings: ['sfu.workers=1'] });
  });
  after(async () => {
    await server?.stop();
    await dispose();
  });

  /** A network of its own for one client: a relay for its media, a proxy for its WebSocket. */
  async function network() {
    const relay = await MediaRelay.start(server.mediaPort, { delayMs: 25 });
    const proxy = await SignalProxy.start(server.port, { media: { from: server.mediaPort, to: relay.port } });
    return { relay, proxy, url: proxy.url, close: async () => { await proxy.close(); await relay.close(); } };
  }

  function report(t, what, figures) {
    const text = Object.entries(figures).map(([name, value]) => `${name} ${Math.round(value)}`).join(', ');
    t.diagnostic(`${what}: ${text}`);
    console.log(`  ${what}: ${text}`);
  }

  /** Waits until sound and picture of somebody come again, and tells after how many ms each did. */
  async function comesBack(person, identity, atMs) {
    const [sound, picture] = await Promise.all([person.audio(identity), person.video(identity)]);
    const audio = until('sound comes again', async () => {
      const now = await person.audio(identity);
      return now && (!sound || now.packets > sound.packets + 2 || now.packets < sound.packets) && performance.now();
    }, 60_000, 10);
    const video = until('pictures come again', async () => {
      const now = await person.video(identity);
      return now && (!picture || now.frames > picture.frames + 1 || now.frames < picture.frames) && performance.now();
    }, 60_000, 10);
    const layer = until('the layer is restored', async () => {
      const now = await person.video(identity);
      return now && (!picture || now.width >= picture.width) && now.frames !== picture?.frames && performance.now();
    }, 60_000, 50);
    const times = await Promise.all([audio, video, layer]);
    return { audioMs: times[0] - atMs, videoMs: times[1] - atMs, layerMs: times[2] - atMs };
  }

  function neverTwice(client, identity) {
    let now = 0;
    for (const { name, values } of client.events) {
      if (values[0]?.identity === identity) {
        now += name === 'participantConnected' ? 1 : name === 'participantDisconnected' ? -1 : 0;
        assert.ok(now <= 1, `${identity} is there twice`);
      }
    }
  }

  it('of five seconds should be survived by a browser without a word to anybody', { skip: noBrowser }, async (t) => {
    const way = await network();
    const browser = await Browser.start();
    try {
      const room = freshRoom('hole');
      const binh = await NativeClient.join(server.url, await token('binh', room));
      await binh.publishTone(440);
      await binh.publishVideo();
      const an = await browser.person();
      const sid = await an.join({ url: way.url, token: await token('an', room), publish: {} });
      await until('both see', async () => (await an.video('binh'))?.frames > 20 && binh.seen('an')?.frames > 20, 30_000);
      assert.ok(way.relay.up > 100, 'the media goes through the relay');

      await way.relay.hole(5_000);
      const back = await comesBack(an, 'binh', way.relay.healedAtMs);
      const seen = binh.seen('an').frames;
      await until('an is seen again', () => binh.seen('an').frames > seen + 5, 20_000);
      report(t, 'after a hole of 5 s (ms)', { ...back, firstPacket: way.relay.firstDownAtMs - way.relay.healedAtMs });
      const names = (await an.events()).map((event) => event.name);
      assert.ok(!names.includes('disconnected') && !names.includes('reconnecting'), `no new start: ${names}`);
      assert.equal(await an.page.evaluate(() => window.room.localParticipant.sid), sid);
      assert.ok(!binh.saw('participantDisconnected') && !binh.saw('trackUnsubscribed'), 'binh saw nobody leave');

      // Another port in the middle of the call: the router forgot its mapping.
      const changedAtMs = performance.now();
      way.relay.changePort();
      const moved = await comesBack(an, 'binh', changedAtMs);
      const before = binh.seen('an').frames;
      await until('an is seen from the new port', () => binh.seen('an').frames > before + 5, 20_000);
      report(t, 'after a change of port (ms)', moved);
      assert.ok(!(await an.events()).some((event) => /isconnected|econnecting/.test(event.name)), 'no new start');
      assert.ok(!binh.saw('participantDisconnected') && !binh.saw('trackUnsubscribed'), 'binh noticed nothing');
      await binh.leave();
    } finally {
      await browser.close();
      await way.close();
    }
  });

  it('of twenty seconds should cost a native client neither its seat nor its tracks', async (t) => {
    const way = await network();
    try {
      const room = freshRoom('hole');
      const lan = await NativeClient.join(way.url, await token('lan', room));
      const minh = await NativeClient.join(server.url, await token('minh', room));
      const marks = [];
      minh.room.on('connectionQualityChanged', (quality, who) => who.identity === 'lan' && marks.push(quality));
      await lan.publishTone(440);
      await minh.publishTone(660);
      await minh.hears('lan', 440);
      await lan.hears('minh', 660);
      const { sid } = lan.room.localParticipant;
      await way.relay.hole(20_000);
      await Promise.all([lan.hears('minh', 660, 40_000), minh.hears('lan', 440, 40_000)]);
      report(t, 'after a hole of 20 s (ms)', { soundBothWays: performance.now() - way.relay.healedAtMs });
      assert.equal(lan.room.localParticipant.sid, sid, 'the same session');
      assert.ok(!minh.saw('participantDisconnected') && !minh.saw('trackUnsubscribed'), 'minh saw nobody leave');
      assert.ok(marks.includes(LOST), `minh was told that lan is away: ${marks}`);
      await until('minh is told that lan is back', () => marks.at(-1) !== LOST, 20_000);
      await lan.leave();
      await minh.leave();
    } finally {
      await way.close();
    }
  });

  it('of everything for thirty seconds should leave the seat in a consultation', { skip: noBrowser }, async (t) => {
    const way = await network();
    const browser = await Browser.start();
    try {
      const room = freshRoom('dead');
      const tags = { 'room-type': 'consultation' };
      const minh = await NativeClient.join(server.url, await token('minh', room, { tags }));
      const marks = [];
      minh.room.on('connectionQualityChanged', (quality, who) => who.identity === 'an' && marks.push(quality));
      await minh.publishTone(440);
      await minh.publishVideo();
      const an = await browser.person();
      await an.join({ url: way.url, token: await token('an', room), publish: {} });
      await until('both see', async () => (await an.video('minh'))?.frames > 20 && minh.seen('an')?.frames > 20, 30_000);
      const frames = minh.seen('an').frames;

      way.proxy.refuse();
      way.proxy.cut();
      await way.relay.hole(30_000);
      assert.ok(!minh.saw('participantDisconnected'), 'the seat is held');
      assert.ok(marks.includes(LOST), `minh was told that an is away: ${marks}`);
      way.proxy.allow();
      const back = await comesBack(an, 'minh', way.relay.healedAtMs);
      await until('an is seen again', () => minh.seen('an')?.frames !== frames
        && minh.seen('an').lastAtMs > way.relay.healedAtMs + 500, 60_000);
      report(t, 'after 30 s without any network (ms)', { ...back,
        seenAgain: minh.seen('an').lastAtMs - way.relay.healedAtMs });
      neverTwice(minh, 'an');
      assert.equal([...minh.room.remoteParticipants.values()].filter((one) => one.identity === 'an').length, 1);
      await until('minh is told that an is back', () => marks.at(-1) !== LOST, 20_000);
      await minh.leave();
    } finally {
      await browser.close();
      await way.close();
    }
  });
});
