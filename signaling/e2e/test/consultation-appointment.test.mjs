// SPDX-License-Identifier: Apache-2.0
// Scenario S5: a station books an upper hospital. The line is tested, both doctors come five minutes before, a child has
// its caregiver beside it, the session is interrupted and taken up again.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { noBrowser } from '../lib/browser.mjs';
import { aheadBy } from '../lib/hospital.mjs';
import { Visitor } from '../lib/visitor.mjs';
import { until } from '../lib/wait.mjs';
import { openWard } from '../lib/ward.mjs';
import { Watcher } from '../lib/watcher.mjs';

const HOUR_MS = 3_600_000;
/** So long before the start the doors open. */
const DOORS_MS = 300_000;
const people = {
  chair: { role: 'CHAIR' }, technician: { role: 'IT_TECHNICIAN' },
  doctor: { role: 'PRESENTING_DOCTOR', facility: 'TYT-7', level: 'COMMUNE' },
  child: { role: 'PATIENT' }, mother: { role: 'CAREGIVER' },
};

describe('S5 an appointment', { skip: noBrowser }, () => {
  const ward = openWard();

  it('S5 should be tested, opened five minutes before, held with the caregiver, suspended and resumed', { timeout: 230_000 }, async () => {
    const startsAt = Date.now() + 24 * HOUR_MS;
    const consultation = await ward.hospital.request(people, { kind: 'APPOINTMENT', childUnderSix: true, wantedAt: new Date(startsAt).toISOString() });
    await consultation.approve();
    await consultation.do('accept');
    await consultation.do('schedule', { startsAt: new Date(startsAt).toISOString() });
    assert.equal(await consultation.state(), 'SCHEDULED');
    assert.equal(await consultation.joining('doctor'), '403 too-early');

    // The line test before: both sides' staff meet, the patient is not let in yet.
    await consultation.do('test');
    const technician = await Watcher.join(ward.server.url, await consultation.token('technician'));
    const tested = await Watcher.join(ward.server.url, await consultation.token('doctor'));
    await technician.publish();
    assert.equal((await tested.sees(consultation.pseudonym('technician'), 5)).frames > 0, true, 'picture goes through the line');
    assert.equal(await consultation.joining('child'), '403 too-early');
    await consultation.do('test-result', { verdict: 'GOOD' });
    assert.equal((await consultation.view()).lineTest, 'GOOD');
    await technician.leave();
    await tested.leave();

    // Five minutes before the start the doors open, by themselves, for whoever comes.
    const nowIsBefore = (ms) => aheadBy(ward.server, startsAt - ms - Date.now());
    await nowIsBefore(DOORS_MS + 60_000);
    assert.equal(await consultation.joining('doctor'), '403 too-early');
    await nowIsBefore(DOORS_MS - 1_000);
    const chair = await Visitor.open(ward.browser, ward.server, await consultation.token('chair', { ttlS: 600 }));
    await chair.enter();
    assert.equal(await consultation.state(), 'WAITING');
    const family = await Visitor.open(ward.browser, ward.server, await consultation.token('child', { ttlS: 600, caregiver: consultation.pseudonym('mother') }));
    await family.enter();
    await family.waits();
    await family.page.click('#checkStart');
    await family.page.waitForSelector('#checkResults [data-check="checkPictureCovered"]', { timeout: 30_000 });
    await family.page.waitForSelector('#checkResults [data-check="checkSoundGood"]', { timeout: 30_000 });

    // For a child the caregiver agrees, at the same device.
    await family.page.waitForSelector('#consentWho:not([hidden])', { timeout: 30_000 });
    await family.page.selectOption('#consentBy', consultation.pseudonym('mother'));
    await family.page.click('#consentForm button[type=submit]');
    await family.page.waitForSelector('#consent', { state: 'hidden', timeout: 30_000 });
    assert.equal((await ward.hospital.ask('GET', `${consultation.path}/consent`)).capacity, 'GUARDIAN');

    await chair.page.click('#deskOpen');
    await chair.page.click('#begin');
    await until('it has begun', async () => await consultation.state() === 'IN_SESSION');
    await chair.press('admit', consultation.pseudonym('mother'));
    await chair.press('admit', consultation.pseudonym('child'));
    await family.isIn();
    await chair.seesCovered(consultation.pseudonym('child'));
    await chair.press('mainScreen', consultation.pseudonym('child'));
    await family.sees(consultation.pseudonym('child'), 'the main screen', (tile) => tile.main);

    // Suspended: everybody waits, nothing is sent; and then it goes on.
    await chair.page.click('#suspendBox summary');
    await chair.page.selectOption('#suspendReason', 'care-needed');
    await chair.page.click('#suspendForm button');
    await until('it is suspended', async () => await consultation.state() === 'SUSPENDED');
    for (const visitor of [chair, family]) {
      await visitor.waits();
      assert.match(await visitor.page.textContent('#waitingText'), /tạm ngừng/);
    }
    await until('the cameras are off', async () => (await family.sent()).cameras + (await chair.sent()).cameras === 0);
    await chair.page.click('#resume');
    await until('it goes on', async () => await consultation.state() === 'IN_SESSION');
    await family.isIn();
    await chair.seesCovered(consultation.pseudonym('child'));
    await family.seesClear(consultation.pseudonym('chair'));
    assert.equal((await family.sent()).raw, 0, 'no camera picture of the child was sent at any time');

    await chair.page.click('#concludeBox summary');
    await chair.page.click('#concludeForm button');
    await until('it is concluded', async () => await consultation.state() === 'CONCLUDED');
    assert.equal((await consultation.view()).outcome, 'DONE');
    const stays = await ward.hospital.all(`${consultation.path}/attendance`);
    assert.deepEqual([...new Set(stays.map(({ role }) => role))].sort(), ['CAREGIVER', 'CHAIR', 'IT_TECHNICIAN', 'PATIENT', 'PRESENTING_DOCTOR']);
    await until('every stay has an end', async () => (await ward.hospital.all(`${consultation.path}/attendance`)).every(({ to }) => to), 30_000, 250);
    assert.deepEqual([...chair.problems, ...family.problems], []);
  });

  it('S5 should not begin for a child without the caregiver', { timeout: 50_000 }, async () => {
    const consultation = await ward.hospital.request(people, { childUnderSix: true });
    await consultation.approve();
    await consultation.do('accept');
    await assert.rejects(consultation.consent('child'), (error) => error.code === 'consent-not-valid', 'a child does not consent');
    await consultation.consent('mother');
    await consultation.do('wait');
    await consultation.do('start');
    const child = await Watcher.join(ward.server.url, await consultation.token('child'));
    await until('the child waits', async () => (await ward.hospital.ask('GET', `${consultation.path}/participants/${consultation.pseudonym('child')}`)).seat === 'LOBBY');
    await assert.rejects(consultation.admit('child'), (error) => error.status === 409 && error.code === 'caregiver-missing');
    await child.leave();
  });
});
