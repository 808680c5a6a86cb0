// SPDX-License-Identifier: Apache-2.0
// Scenario S1: a hospital with four more sites at once, on links of very different strength, about one patient at home.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { noBrowser } from '../lib/browser.mjs';
import { tryOut } from '../lib/hospital.mjs';
import { NativeClient } from '../lib/native.mjs';
import { MediaRelay } from '../lib/relay.mjs';
import { Visitor } from '../lib/visitor.mjs';
import { until } from '../lib/wait.mjs';
import { openWard } from '../lib/ward.mjs';
import { Watcher } from '../lib/watcher.mjs';

describe('S1 five sites', { skip: noBrowser }, () => {
  const ward = openWard();

  it('S1 should consult, the patient covered for all, the weakest link lowering nobody else', { timeout: 240_000 }, async (t) => {
    const link = await MediaRelay.start(ward.server.mediaPort, { kbps: 700 });
    ward.ends.push(() => link.close());
    const consultation = await tryOut(ward.server, { trainees: 0 });
    const id = (role) => consultation.person(role).identity;
    const chair = await Watcher.join(ward.server.url, consultation.token('chair'));
    const expert = await Watcher.join(ward.server.url, consultation.token('expert'));
    const secretary = await NativeClient.join(ward.server.url, consultation.token('secretary'));
    for (const site of [chair, expert]) {
      await site.publish();
    }
    await secretary.publishTone(440);
    const station = await Visitor.open(ward.browser, ward.server, consultation.token('presenting_doctor'));
    await station.enter();
    // The family's telephone: a small screen behind the weakest link, that can cover on a canvas only.
    const family = await Visitor.open(ward.browser, ward.server, consultation.token('patient'),
      { viewport: { width: 360, height: 700 }, before: link.script(), onlyCanvas: true });
    await family.enter();
    await family.waits();
    assert.match(await family.page.textContent('#waitingSelf'), /Người bệnh/);
    assert.equal(await family.page.locator('.tile').count(), 0, 'nobody is seen from the lobby');
    await until('who admits knows who waits', () => chair.room.remoteParticipants.has(id('patient')));
    assert.equal(expert.room.remoteParticipants.has(id('patient')), false, 'others do not');

    assert.equal((await consultation.order('chair', 'admit', { identity: id('patient') })).status, 200);
    await family.isIn();
    await family.seesClear(id('chair'));
    await family.seesClear(id('expert'));
    await family.seesClear(id('presenting_doctor'));
    await station.seesCovered(id('patient'));
    await station.seesClear(id('chair'));
    for (const site of [chair, expert]) {
      const seen = await site.sees(id('patient'), 10);
      assert.equal(seen.clear, 0, 'not one picture of the patient was clear');
      assert.ok(Math.abs(seen.mean - 128) <= 3, `the agreed grey, not ${seen.mean}`);
    }

    // However fast this machine is: what a good link gets goes on while the weakest gets what it can.
    const begunMs = performance.now();
    await Promise.all([
      expert.sees(id('chair'), 48, undefined, 60_000),
      chair.sees(id('expert'), 48, undefined, 60_000),
      chair.sees(id('patient'), 20, undefined, 60_000),
    ]);
    t.diagnostic(`both hospitals got 48 more pictures of each other, and 20 of the patient, in ${Math.round((performance.now() - begunMs) / 100) / 10} s`);
    const heard = await until('the station hears the secretary', () => station.page.evaluate(() =>
      [...document.querySelectorAll('audio')].some((audio) => !audio.paused && audio.srcObject?.getAudioTracks().some((track) => !track.muted))));
    assert.ok(heard);
    const sent = await family.sent();
    assert.deepEqual([sent.raw, sent.tracks > 0, sent.cameras], [0, true, 1], 'the camera itself never got to a sender');
    const wide = await family.page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 360, `the page is ${wide} px wide at 360`);
    assert.deepEqual([...family.problems, ...station.problems], []);
    assert.equal(await ward.server.metric('nhipcau_sfu_forbidden_packets_total'), 0);
    for (const site of [chair, expert, secretary]) {
      await site.leave();
    }
  });
});
