// SPDX-License-Identifier: Apache-2.0
// Three people in Chromium with simulcast, and one of them with a native client.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { Browser, noBrowser } from '../lib/browser.mjs';
import { dispose, NativeClient } from '../lib/native.mjs';
import { Server } from '../lib/server.mjs';
import { freshRoom, token } from '../lib/token.mjs';
import { pause, until } from '../lib/wait.mjs';

describe('browsers', { skip: noBrowser }, () => {
  let server;
  let browser;
  before(async () => {
    server = await Server.start();
    browser = await Browser.start();
  });
  afterEach(() => browser.clear());
  after(async () => {
    await browser?.close();
    await server?.stop();
    await dispose();
  });

  async function people(names, room, { publish = {}, options = {} } = {}) {
    const found = {};
    for (const name of names) {
      const person = await browser.person();
      found[name] = person;
      await person.join({ url: server.url, token: await token(name, room), publish, room: options });
    }
    return found;
  }

  const leaveAll = (who) => Promise.all(Object.values(who).map((person) => person.close()));

  /** Frames of somebody rise by so many. */
  async function moves(person, identity, frames = 10, timeoutMs = 45_000) {
    const before = (await person.video(identity))?.frames ?? 0;
    await until(`${frames} frames of ${identity}`, async () => ((await person.video(identity))?.frames ?? 0) >= before + frames, timeoutMs, 200);
  }

  it('should each decode the two others, sound and picture', async () => {
    const who = await people(['an', 'binh', 'chi'], freshRoom('three'));
    for (const [name, person] of Object.entries(who)) {
      for (const other of Object.keys(who).filter((one) => one !== name)) {
        await moves(person, other);
        const audio = await until(`${name} hears ${other}`, async () => {
          const entry = await person.audio(other);
          return entry?.samples > 0 && entry;
        });
        assert.match(audio.codec, /opus|red/i);
        const picture = await person.picture(other);
        assert.ok(picture.variance > 50, `${other} as ${name} sees it is a picture (variance ${picture.variance})`);
      }
    }
    const { sent } = await who.an.stats();
    const rids = new Set(sent.filter((entry) => entry.kind === 'video').map((entry) => entry.rid));
    assert.deepEqual([...rids].sort(), ['f', 'h', 'q'], 'simulcast with three layers');
    await leaveAll(who);
  });

  it('should switch layers with the size of the tile, without a freeze', async () => {
    const who = await people(['an', 'binh'], freshRoom('layers'));
    await moves(who.binh, 'an');
    const widths = [];
    for (const [width, height, accepted] of [[160, 90, [320]], [1280, 720, [1280]], [640, 360, [640]], [1280, 720, [1280]]]) {
      await who.binh.resize('an', width, height);
      await until(`${accepted} wide for a tile of ${width}`, async () => accepted.includes((await who.binh.video('an')).width), 45_000, 200);
      widths.push((await who.binh.video('an')).width);
      await moves(who.binh, 'an', 5);
      assert.ok((await who.binh.picture('an')).variance > 50, 'a picture, not a green or black field');
    }
    assert.deepEqual(widths, [320, 1280, 640, 1280]);
    const video = await who.binh.video('an');
    assert.ok(video.frozenS < 3, `frozen for ${video.frozenS} s in all`);
    await leaveAll(who);
  });

  it('should stop what is muted and bring it back', async () => {
    const who = await people(['an', 'binh'], freshRoom('mute'));
    await moves(who.binh, 'an');
    const eventSeen = async (name, detail) => (await who.binh.events()).some((event) => event.name === name && event.detail === detail);
    await who.an.mute(true);
    await until('mute is seen', () => eventSeen('trackMuted', 'an video'));
    await pause(1_000);
    const still = (await who.binh.video('an')).frames;
    await pause(1_500);
    assert.ok((await who.binh.video('an')).frames - still <= 2, 'no more frames while muted');
    await who.an.mute(false);
    await until('unmute is seen', () => eventSeen('trackUnmuted', 'an video'));
    await moves(who.binh, 'an');
    await who.an.muteAudio(true);
    await until('sound muted', () => eventSeen('trackMuted', 'an audio'));
    await leaveAll(who);
  });

  it('should leave and rejoin', async () => {
    const room = freshRoom('rejoin');
    const who = await people(['an', 'binh'], room);
    await moves(who.binh, 'an');
    await who.an.leave();
    await until('binh sees the leave', async () => !(await who.binh.participants()).includes('an'), 10_000);
    await who.an.join({ url: server.url, token: await token('an', room), publish: {} });
    await moves(who.binh, 'an');
    await moves(who.an, 'binh');
    await leaveAll(who);
  });

  it('should end the older session when the same person joins again', async () => {
    const room = freshRoom('twice');
    const who = await people(['an', 'binh'], room);
    const again = await browser.person();
    await again.join({ url: server.url, token: await token('an', room), publish: {} });
    const reason = await until('the first is told', async () =>
      (await who.an.events()).find((event) => event.name === 'disconnected')?.detail);
    assert.equal(reason, 2, 'DUPLICATE_IDENTITY');
    await moves(who.binh, 'an');
    assert.deepEqual(await who.binh.participants(), ['an']);
    await again.close();
    await leaveAll(who);
  });

  it('should do the same over the older endpoint with two connections', async () => {
    const who = await people(['an', 'binh'], freshRoom('dual'), { options: { singlePeerConnection: false } });
    await moves(who.binh, 'an');
    await moves(who.an, 'binh');
    await until('sound', async () => (await who.an.audio('binh'))?.samples > 0);
    await leaveAll(who);
  });

  it('should talk with a native client both ways', async () => {
    const room = freshRoom('mixed');
    const who = await people(['an'], room);
    const native = await NativeClient.join(server.url, await token('tram', room));
    await native.publishTone(440);
    await native.publishVideo({ width: 640, height: 360 });
    await moves(who.an, 'tram');
    const picture = await who.an.picture('tram');
    assert.ok(picture.variance > 50, `a picture (variance ${picture.variance})`);
    await until('sound of the native client', async () => (await who.an.audio('tram'))?.samples > 48_000);
    const seen = await native.sees('an', 20);
    assert.ok(seen.width >= 320, `width ${seen.width}`);
    await until('sound of the browser', () => native.heard('an')?.samples > 48_000);
    await native.leave();
    await leaveAll(who);
  });

  it('should start to send again when the last viewer of a layer comes back (dynacast)', async () => {
    const who = await people(['an', 'binh'], freshRoom('dynacast'));
    await who.binh.resize('an', 160, 90);
    await until('the high layer rests', async () => {
      const sent = (await who.an.stats()).sent.filter((entry) => entry.kind === 'video');
      return sent.find((entry) => entry.rid === 'f')?.active === false && sent.find((entry) => entry.rid === 'q')?.active === true;
    }, 45_000, 250);
    await who.binh.resize('an', 1280, 720);
    await until('the high layer is back', async () => (await who.binh.video('an')).width === 1280, 45_000, 200);
    await leaveAll(who);
  });
});

describe('codecs in the browser', { skip: noBrowser }, () => {
  let server;
  let browser;
  before(async () => {
    server = await Server.start();
    browser = await Browser.start();
  });
  afterEach(() => browser.clear());
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  for (const [codec, simulcast] of [['vp8', true], ['h264', true], ['vp9', false], ['av1', false]]) {
    it(`should carry ${codec}${simulcast ? ' with simulcast' : ' as a single stream'}`, async (t) => {
      const room = freshRoom(codec);
      const an = await browser.person();
      const can = await an.page.evaluate((name) => RTCRtpSender.getCapabilities('video').codecs
        .some((one) => one.mimeType.toLowerCase() === `video/${name}`), codec);
      if (!can) {
        t.skip(`this Chromium cannot encode ${codec}`);
        return;
      }
      const binh = await browser.person();
      await binh.join({ url: server.url, token: await token('binh', room) });
      await an.join({ url: server.url, token: await token('an', room),
        publish: { audio: false, codec, simulcast, ...(simulcast ? {} : { width: 640, height: 360, scalabilityMode: 'L1T1' }) } });
      const video = await until(`${codec} decoded`, async () => {
        const entry = await binh.video('an');
        return entry?.frames > 20 && entry;
      }, 60_000, 200);
      assert.equal(video.codec.toLowerCase(), `video/${codec}`);
      assert.ok((await binh.picture('an')).variance > 50);
      await an.close();
      await binh.close();
    });
  }
});
