// SPDX-License-Identifier: Apache-2.0
// Five sites in one room, all sending and all watching all others: freezes and losses are counted.
import assert from 'node:assert/strict';
import { availableParallelism, loadavg } from 'node:os';
import { after, before, describe, it } from 'node:test';
import { Browser, noBrowser } from '../lib/browser.mjs';
import { dispose, NativeClient } from '../lib/native.mjs';
import { Server } from '../lib/server.mjs';
import { freshRoom, token } from '../lib/token.mjs';
import { pause, until } from '../lib/wait.mjs';

const seconds = process.env.NHIPCAU_E2E_LONG ? 60 : 20;

describe('five participants', { skip: noBrowser || (process.env.NHIPCAU_E2E_FAST ? 'left out by --fast' : false) }, () => {
  let server;
  let browser;
  before(async () => {
    server = await Server.start();
    browser = await Browser.start();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
    await dispose();
  });

  it(`should talk for ${seconds} s without loss or freeze`, { timeout: 240_000 }, async (t) => {
    const room = freshRoom('five');
    const sites = ['tinh', 'huyen', 'xa'];
    const people = {};
    for (const site of sites) {
      people[site] = await browser.person();
      // All encoders and decoders share the machine with the server: one small stream each keeps them out of the result.
      await people[site].join({ url: server.url, token: await token(site, room), publish: { width: 320, height: 180, simulcast: false } });
    }
    const natives = {};
    for (const site of ['nha', 'vien']) {
      natives[site] = await NativeClient.join(server.url, await token(site, room));
      await natives[site].publishTone(440);
      await natives[site].publishVideo({ width: 320, height: 180, fps: 10 });
    }
    const everybody = [...sites, ...Object.keys(natives)];
    for (const [site, person] of Object.entries(people)) {
      for (const other of everybody.filter((one) => one !== site)) {
        await until(`${site} sees ${other}`, async () => (await person.video(other))?.frames > 5, 60_000, 250);
      }
    }
    const sentFrames = async (site) => (await people[site].stats()).sent.find((entry) => entry.kind === 'video').frames;
    const before = {};
    const sentBefore = {};
    for (const [site, person] of Object.entries(people)) {
      before[site] = (await person.stats()).received;
      sentBefore[site] = await sentFrames(site);
    }
    const nativeBefore = Object.fromEntries(Object.entries(natives).map(([site, client]) =>
      [site, everybody.filter((one) => one !== site).map((other) => client.seen(other)?.frames ?? 0)]));

    await pause(seconds * 1000);

    let lost = 0;
    let packets = 0;
    let freezes = 0;
    let frozenS = 0;
    let watchedS = 0;
    let slowest = Infinity;
    const sent = {};
    for (const site of sites) {
      sent[site] = await sentFrames(site) - sentBefore[site];
    }
    let worstShare = 1;
    for (const [site, person] of Object.entries(people)) {
      const received = (await person.stats()).received;
      for (const other of everybody.filter((one) => one !== site)) {
        for (const kind of ['audio', 'video']) {
          const pick = (list) => list.find((entry) => entry.identity === other && entry.kind === kind);
          const [from, to] = [pick(before[site]), pick(received)];
          assert.ok(to, `${site} receives ${kind} of ${other}`);
          packets += to.packets - from.packets;
          lost += to.lost - from.lost;
          assert.ok(to.packets > from.packets, `${kind} of ${other} flows to ${site}`);
          if (kind === 'video') {
            slowest = Math.min(slowest, (to.frames - from.frames) / seconds);
            if (sent[other]) {
              // The native clients draw their pictures in this very process, whose timers are no metronome.
              freezes += to.freezes - from.freezes;
              frozenS += to.frozenS - from.frozenS;
              watchedS += seconds;
              worstShare = Math.min(worstShare, (to.frames - from.frames) / sent[other]);
            }
          }
        }
      }
    }
    for (const [site, client] of Object.entries(natives)) {
      everybody.filter((one) => one !== site).forEach((other, i) =>
        assert.ok(client.seen(other).frames > nativeBefore[site][i] + seconds, `${site} sees ${other} move`));
    }
    const sentRate = Math.min(...Object.values(sent)) / seconds;
    t.diagnostic(`${seconds} s, 5 sites: ${packets} packets at the three browsers, ${lost} lost, ${freezes} freezes of the browsers' pictures, `
      + `${frozenS.toFixed(2)} s of ${watchedS}; slowest video `
      + `${slowest.toFixed(1)} frames/s, slowest sender ${sentRate.toFixed(1)}, least share of sent frames shown ${(100 * worstShare).toFixed(0)} %`);
    // A machine with more to do than it has cores loses packets, frames and time by itself: the more, the more is granted.
    const load = Math.max(1, loadavg()[0] / availableParallelism(), 15 / sentRate);
    const granted = Math.min(0.25, 0.01 * load ** 2);
    t.diagnostic(`load ${load.toFixed(1)} per core: ${(100 * granted).toFixed(0)} % of the time may be frozen`);
    assert.ok(lost <= packets * granted / 10, `${lost} of ${packets} lost on loopback`);
    assert.ok(worstShare > 1 - 10 * Math.min(0.05, granted), `only ${(100 * worstShare).toFixed(0)} % of the frames sent were shown`);
    assert.ok(frozenS <= watchedS * granted, `${freezes} freezes, ${frozenS} s of ${watchedS}`);
    for (const person of Object.values(people)) {
      await person.close();
    }
    for (const client of Object.values(natives)) {
      await client.leave();
    }
  });
});
