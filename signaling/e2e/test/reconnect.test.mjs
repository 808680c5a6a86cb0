// SPDX-License-Identifier: Apache-2.0
// The WebSocket is cut in a call: media goes on, and the session is taken up again.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Browser, noBrowser } from '../lib/browser.mjs';
import { dispose, NativeClient } from '../lib/native.mjs';
import { SignalProxy } from '../lib/proxy.mjs';
import { Server } from '../lib/server.mjs';
import { freshRoom, token } from '../lib/token.mjs';
import { loudness } from '../lib/tone.mjs';
import { pause, until } from '../lib/wait.mjs';

describe('a cut WebSocket', () => {
  let server;
  let proxy;
  before(async () => {
    server = await Server.start();
    proxy = await SignalProxy.start(server.port);
  });
  after(async () => {
    await proxy?.close();
    await server?.stop();
    await dispose();
  });

  it('should be resumed by a browser while packets keep flowing', { skip: noBrowser }, async () => {
    const browser = await Browser.start();
    try {
      const room = freshRoom('cut');
      const an = await browser.person();
      const binh = await browser.person();
      const sid = await an.join({ url: proxy.url, token: await token('an', room), publish: {} });
      await binh.join({ url: server.url, token: await token('binh', room), publish: {} });
      await until('both see', async () => (await an.video('binh'))?.frames > 10 && (await binh.video('an'))?.frames > 10, 45_000);

      proxy.refuse();
      proxy.cut();
      await until('the loss is noticed', async () => (await an.events()).some((event) => /econnecting/.test(event.name)), 30_000);
      const before = { an: await an.video('binh'), binh: await binh.video('an') };
      await pause(2_000);
      const during = { an: await an.video('binh'), binh: await binh.video('an') };
      assert.ok(during.an.packets > before.an.packets + 10, 'an still receives without a WebSocket');
      assert.ok(during.binh.packets > before.binh.packets + 10, 'an is still received without a WebSocket');
      proxy.allow();
      await until('resumed', async () => (await an.events()).some((event) => event.name === 'reconnected'), 45_000);
      const after = { an: await an.video('binh'), binh: await binh.video('an') };
      await until('an sees after the resume', async () => (await an.video('binh')).frames > after.an.frames + 10);
      await until('an is seen after the resume', async () => (await binh.video('an')).frames > after.binh.frames + 10);

      const names = (await an.events()).map((event) => event.name);
      assert.ok(!names.includes('disconnected'), 'no end of the session');
      assert.equal(await an.page.evaluate(() => window.room.localParticipant.sid), sid, 'the same session');
      assert.ok(!(await binh.events()).some((event) => event.name === 'participantDisconnected'), 'binh saw no leave');
      const frozenS = (await binh.video('an')).frozenS - before.binh.frozenS;
      // Media that stopped with the WebSocket would have stood still for the two seconds and the resume.
      assert.ok(frozenS < 1.5, `frozen at binh for ${frozenS} s`);

      await an.mute(true);
      await until('the resumed session is obeyed', async () => (await binh.events()).some((event) => event.name === 'trackMuted'));
      await an.close();
      await binh.close();
    } finally {
      await browser.close();
    }
  });

  it('should be resumed by a native client while its tone is heard', async () => {
    const room = freshRoom('cut');
    const lan = await NativeClient.join(proxy.url, await token('lan', room));
    const minh = await NativeClient.join(server.url, await token('minh', room));
    await lan.publishTone(440);
    await minh.hears('lan', 440);
    const { sid } = lan.room.localParticipant;
    const started = performance.now();
    proxy.cut();
    await until('resumed', () => lan.saw('reconnected'), 45_000);
    await pause(500);
    const heard = minh.heard('lan').windows.filter((window) => window.atMs > started);
    assert.ok(heard.length >= 4);
    // The tone is made in this very process, whose timers are no metronome: one pause of its own is granted.
    const silent = heard.filter(({ samples }) => loudness(samples) <= 500);
    assert.ok(silent.length <= 1, `${silent.length} of ${heard.length} windows are silent while the WebSocket is away`);
    assert.equal(lan.room.localParticipant.sid, sid, 'the same session');
    assert.ok(!minh.saw('participantDisconnected') && !minh.saw('trackUnsubscribed'), 'minh noticed nothing');
    await lan.leave();
    await minh.leave();
  });

  it('should be survived by a native client that is kept away for a while and joins anew', async () => {
    const room = freshRoom('cut');
    const lan = await NativeClient.join(proxy.url, await token('lan', room));
    const minh = await NativeClient.join(server.url, await token('minh', room));
    await lan.publishTone(440);
    await minh.hears('lan', 440);
    proxy.refuse();
    proxy.cut();
    await until('the loss is noticed', () => lan.saw('reconnecting'), 45_000);
    await pause(1_000);
    proxy.allow();
    // This client gives up resuming after one refused attempt, joins anew and publishes again.
    await until('back', () => lan.saw('reconnected'), 60_000);
    await minh.hears('lan', 440, 45_000);
    await lan.leave();
    await minh.leave();
  });
});
