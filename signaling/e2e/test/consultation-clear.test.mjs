// SPDX-License-Identifier: Apache-2.0
// C8 at the patient's page: one camera, sent covered to all and clear beside it to those alone who may see it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TrackSource } from '@livekit/rtc-node';
import { noBrowser } from '../lib/browser.mjs';
import { tryOut } from '../lib/hospital.mjs';
import { Visitor } from '../lib/visitor.mjs';
import { pause, until } from '../lib/wait.mjs';
import { openWard } from '../lib/ward.mjs';
import { Watcher } from '../lib/watcher.mjs';

/** What is judged is what comes; a wait this long only ends a test in which it never does. */
const LONG_MS = 90_000;

describe('C8 a clear picture beside the cover', { skip: noBrowser }, () => {
  const ward = openWard();

  it('C8 should go from the patient\'s page to whom the chair allows it, and to nobody else', { timeout: 200_000 }, async (test) => {
    const consultation = await tryOut(ward.server, { trainees: 1 });
    const { identity } = consultation.person('patient');
    const chair = await Watcher.join(ward.server.url, consultation.token('chair'), { look: false, only: [] });
    const trainee = await Watcher.join(ward.server.url, consultation.token('trainee'));
    const patient = await Visitor.open(ward.browser, ward.server, consultation.token('patient'));
    await patient.enter();
    for (const role of ['trainee', 'patient']) {
      assert.equal((await consultation.order('chair', 'admit', { identity: consultation.person(role).identity })).status, 200);
    }
    await patient.isIn();
    const covers = await trainee.sees(identity, 8);
    assert.equal(covers.clear, 0);

    // Allowed, but nobody is there whom it is allowed: nothing but the cover leaves the page.
    assert.equal((await consultation.loosen('chair', { clearFor: ['EXPERT'] })).status, 200);
    await trainee.sees(identity, 15);
    const { raw, cameras } = await patient.sent();
    assert.deepEqual([raw, cameras], [0, 1]);

    test.diagnostic(`with the cover alone the patient's browser takes the uplink to carry ${await patient.uplinkKbps()} kbit/s`);
    const began = performance.now();
    const expert = await Watcher.join(ward.server.url, consultation.token('expert'));
    await until('the expert sees the clear face', () => expert.seen(identity).clear > 8, LONG_MS);
    test.diagnostic(`with both it is ${await patient.uplinkKbps()} kbit/s; the expert sees the clear picture ${((performance.now() - began) / 1000).toFixed(1)} s after coming in`);
    assert.equal((await patient.sent()).cameras, 2);
    const [clear] = [...expert.tracks].find(([, track]) => track.clear > 0);
    const pictures = [...trainee.tracks].filter(([, track]) => track.source === TrackSource.SOURCE_CAMERA).map(([sid]) => sid);
    const [covered] = pictures;
    assert.ok(pictures.length === 1 && covered !== clear, 'the trainee has the covered track alone');
    const announced = [...trainee.room.remoteParticipants.get(identity).trackPublications.keys()];
    assert.ok(announced.includes(covered) && !announced.includes(clear), 'and knows of no other');
    await trainee.sees(identity, 10);
    assert.equal(trainee.seen(identity).clear, 0, 'and no clear picture');
    assert.ok(!JSON.stringify(trainee.attributes(identity)).includes(clear), 'not even that there is one');
    assert.deepEqual(expert.faces(identity), ['clear']);
    assert.equal((await patient.tile(identity)).face, 'Che mặt, trừ người được phép xem', 'the patient is told');

    // The patient has it covered for all again.
    await patient.page.click('#deskOpen');
    await patient.page.waitForSelector('#tighten:not([hidden])', { timeout: 30_000 });
    const pressed = performance.now();
    await patient.page.click('#tighten');
    await until('the expert sees the cover', () => expert.tracks.get(covered)?.lastAtMs > pressed && expert.faces(identity).includes('covered'), LONG_MS);
    const { lastClearAtMs } = expert.seen(identity);
    test.diagnostic(`covered for all: the expert's last clear picture was shown ${(lastClearAtMs - pressed).toFixed(0)} ms after the press, the cover ${
      (expert.tracks.get(covered).lastAtMs - pressed).toFixed(0)} ms after it (goal 200, and 1,500)`);
    await pause(1_500);
    assert.equal(expert.seen(identity).lastClearAtMs, lastClearAtMs, 'nothing clear comes any more');
    assert.ok(Math.abs(expert.tracks.get(covered).mean - 128) <= 3, 'the agreed grey');
    await until('the clear picture has left the page', async () => (await patient.sent()).cameras === 1, LONG_MS);
    assert.equal((await patient.tile(identity)).face, 'Đã che mặt');
    assert.equal(trainee.seen(identity).clear, 0, 'no trainee got a clear picture at any time');
    assert.equal(await ward.server.metric('nhipcau_sfu_forbidden_packets_total'), 0);
    assert.deepEqual(patient.problems, []);
    await Promise.all([chair, trainee, expert].map((each) => each.leave()));
  });
});
