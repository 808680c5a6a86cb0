// SPDX-License-Identifier: Apache-2.0
// Scenario S2: several sources a site, content beside the camera, and thirty trainees who watch and never get a clear face.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TrackSource } from '@livekit/rtc-node';
import { noBrowser } from '../lib/browser.mjs';
import { Crowd } from '../lib/crowd.mjs';
import { tryOut } from '../lib/hospital.mjs';
import { Visitor } from '../lib/visitor.mjs';
import { pause, until } from '../lib/wait.mjs';
import { openWard } from '../lib/ward.mjs';
import { Watcher } from '../lib/watcher.mjs';

const TRAINEES = 30;
/** So many take everything that is shown; the others ask for the patient and the caregiver alone: what they must not get. */
const FULL = 2;
const CONTENT = TrackSource.SOURCE_SCREENSHARE;
/** What is judged is what comes; a wait this long only ends a test in which it never does. */
const LONG_MS = 90_000;
const QUIET_MS = 2_000;

describe('S2 many sources and many who watch', { skip: noBrowser || (process.env.NHIPCAU_E2E_FAST ? 'left out by --fast' : false) }, () => {
  const ward = openWard();

  it(`S2 should show ${TRAINEES} trainees the theatre and the content, and the patient only covered`, { timeout: 280_000 }, async (t) => {
    const consultation = await tryOut(ward.server, { trainees: TRAINEES });
    const begunMs = performance.now();
    const tell = (what) => t.diagnostic(`${what} after ${Math.round((performance.now() - begunMs) / 1000)} s`);
    const id = (role, index) => consultation.person(role, index).identity;
    const nothing = { look: false, only: [] };
    // One site, two encoders: the room camera with the content beside it, and the endoscope as a source of its own.
    const room = await Watcher.join(ward.server.url, consultation.token('presenting_doctor'), nothing);
    await room.publish({ fps: 2 });
    await room.publish({ source: CONTENT, width: 640, height: 360, fps: 1 });
    const scope = await Watcher.join(ward.server.url, consultation.token('expert'), nothing);
    await scope.publish({ fps: 2 });

    const covered = { only: [id('patient'), id('caregiver')] };
    const trainees = await Crowd.join(ward.server.url, Array.from({ length: TRAINEES }, (_, i) =>
      ({ token: consultation.token('trainee', i), options: i < FULL ? {} : covered })));
    ward.ends.push(() => trainees.kill());
    tell(`${TRAINEES} have joined`);
    const about = (...identities) => trainees.look(identities);
    assert.deepEqual((await about()).filter(({ tracks, others }) => tracks.length + others > 0), [], 'the lobby is empty for those in it');
    // Only the chair may admit; the chair's own connection makes the chair present.
    const chair = await Watcher.join(ward.server.url, consultation.token('chair'), covered);
    for (let i = 0; i < TRAINEES; i++) {
      assert.equal((await consultation.order('chair', 'admit', { identity: id('trainee', i) })).status, 200);
    }
    tell('all are admitted');
    const everyTrainee = (what, identity, wish) => until(`each trainee ${what}`, async () => (await about(identity)).every(({ of }) => wish(of[identity])), LONG_MS, 500);
    await until('those who take everything see the theatre, the content and the endoscope', async () =>
      (await about(id('presenting_doctor'), id('expert'))).slice(0, FULL).every(({ of }) => of[id('presenting_doctor')].camera.frames > 3
        && of[id('presenting_doctor')].content.frames > 1 && of[id('expert')].camera.frames > 3), LONG_MS, 500);
    tell('three sources are seen');

    const patient = await Visitor.open(ward.browser, ward.server, consultation.token('patient'));
    await patient.enter();
    await patient.waits();
    assert.equal((await consultation.order('chair', 'admit', { identity: id('patient') })).status, 200);
    await everyTrainee('sees the covered patient', id('patient'), ({ camera }) => camera.frames > 5);
    tell('all see the covered patient');
    const ofPatient = async () => (await about(id('patient'))).map(({ of }) => of[id('patient')].camera);
    const clear = async () => (await ofPatient()).reduce((sum, camera) => sum + camera.clear, 0);
    assert.equal(await clear(), 0, 'no trainee got a clear picture of the patient');
    assert.ok((await ofPatient()).every(({ mean }) => Math.abs(mean - 128) <= 3), 'all got the agreed grey');
    await everyTrainee('is told so', id('patient'), ({ faces }) => faces.includes('covered'));

    // The caregiver's client sends a clear picture and says nothing of a cover: not announced, not a packet.
    const caregiver = await Watcher.join(ward.server.url, consultation.token('caregiver'), { look: false, only: [id('chair'), id('patient')] });
    assert.equal((await consultation.order('chair', 'admit', { identity: id('caregiver') })).status, 200);
    await until('the caregiver is in', () => caregiver.attributes(id('chair'))['nhipcau.role'] === 'chair');
    const unproven = await caregiver.publish({ fps: 8 });
    await everyTrainee('is told why the caregiver is not shown', id('caregiver'), ({ faces }) => faces.includes('shut:clear'));
    assert.deepEqual((await about()).filter(({ tracks }) => tracks.includes(unproven.sid)), [], 'a clear track is not announced');
    // The cover dies in the middle.
    await patient.killWorkers();
    await patient.page.waitForSelector('#status:not([hidden])[data-banner="coverEndedDead"]', { timeout: 30_000 });
    const frames = async () => (await ofPatient()).map((camera) => camera.frames).join();
    const quiet = async () => {
      const before = await frames();
      await pause(QUIET_MS);
      return before === await frames();
    };
    await until('what was still on its way has come', quiet, LONG_MS, 0);
    assert.ok(await quiet(), 'nothing comes any more');
    assert.equal(await clear(), 0, 'and nothing clear came in the end');
    tell('nobody sees the patient any more');

    // With a word for it, but a wrong one.
    const stop = caregiver.prove(unproven.sid, { state: () => 'dead' });
    await everyTrainee('is told that the caregiver\'s cover is dead', id('caregiver'), ({ faces }) => faces.includes('shut:dead'));
    await pause(QUIET_MS);
    stop();
    assert.ok((await about(id('caregiver'))).every(({ of }) => of[id('caregiver')].camera.frames === 0), 'a dead cover opens nothing');
    assert.equal(chair.seen(id('caregiver')).frames, 0, 'to nobody');
    assert.equal((await patient.sent()).raw, 0);
    assert.equal(await ward.server.metric('nhipcau_sfu_forbidden_packets_total'), 0);
    const pictures = (await ofPatient()).reduce((sum, camera) => sum + camera.frames, 0);
    tell(`${TRAINEES} trainees looked at ${pictures} pictures of the patient, none of them clear,`);
    await Promise.all([trainees, room, scope, chair, caregiver].map((each) => each.leave()));
  });
});
