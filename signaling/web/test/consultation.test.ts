// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { consentText } from '../src/consultation/consent-text';
import { ConsentForm } from '../src/consultation/consent-form';
import { verdicts } from '../src/consultation/check';
import { Desk, hasDesk } from '../src/consultation/desk';
import { refusalText } from '../src/consultation/refusal';
import { type Attendee, CommandRefused, readView, SessionClient, type SessionView } from '../src/consultation/session';
import { type Consultation, consultationOf, faceNote, latchedTrack, mustCover, partOf, roleNamed, shutNote, shutText } from '../src/consultation/state';
import { Words } from '../src/i18n';

const room = 'C_7xkQ2mWpLr9d';
const metadata = (value: unknown) => JSON.stringify({ consultation: value });

describe('a consultation', () => {
  it('should be read from what the server tells', () => {
    expect(consultationOf(room, metadata({ state: 'in_session', facePolicy: { mode: 'off', level: 'attested' }, consent: true,
      mainScreen: 'P_abc', recording: true, emergency: true }))).toEqual({
      stage: 'in_session', faceMode: 'off', consent: true, mainScreen: 'P_abc', recording: true, emergency: true, offerClear: '' });
    expect(consultationOf(room, metadata({ offerClear: 'TR_1' }))?.offerClear).toBe('TR_1');
    expect(consultationOf(room, metadata({ offerClear: true }))?.offerClear).toBe('');
  });

  it.each([undefined, '', '{', 'null', '[]', '"x"', '{"consultation":null}'])('should be as closed as can be where %j is told', (told) => {
    expect(consultationOf(room, told)).toMatchObject({ stage: 'unknown', faceMode: 'cover', consent: false });
    expect(consultationOf('plain', told)).toBeUndefined();
  });

  it.each([5, 'x', [], { facePolicy: 7 }, { facePolicy: { mode: 'pixelate' } }, { consent: 'true', mainScreen: '' }])('should take nothing strange for a permission: %j', (told) => {
    expect(consultationOf('any', metadata(told))).toMatchObject({ faceMode: 'cover', consent: false, mainScreen: undefined });
  });

  it('should cover whoever is not known to be staff', () => {
    const covered = consultationOf(room, metadata({ facePolicy: { mode: 'cover' } }));
    const off = consultationOf(room, metadata({ facePolicy: { mode: 'off' } }));
    for (const role of ['patient', 'caregiver', 'trainee', 'recorder', 'nonsense', undefined]) {
      expect(mustCover(covered, { role: roleNamed(role), covered: false }), role).toBe(true);
      expect(mustCover(off, { role: roleNamed(role), covered: true }), role).toBe(false);
    }
    for (const role of ['chair', 'secretary', 'expert', 'PRESENTING_DOCTOR', 'it_technician', 'controller']) {
      expect(mustCover(covered, { role: roleNamed(role), covered: false }), role).toBe(false);
    }
    expect(mustCover(consultationOf(room, metadata({ facePolicy: { mode: 'blur' } })), { role: 'patient', covered: false })).toBe(true);
    expect(mustCover(covered, { role: 'presenting_doctor', covered: true }), 'one camera for doctor and patient').toBe(true);
    expect(mustCover(covered, undefined)).toBe(true);
    expect(mustCover(undefined, { role: 'patient', covered: true })).toBe(false);
  });

  it('should tell somebody\'s part, and no seat where none is told', () => {
    expect(partOf({ 'nhipcau.role': 'patient', 'nhipcau.seat': 'lobby', 'nhipcau.facility': 'TYT-1' })).toEqual({ role: 'patient', seat: 'lobby', facility: 'TYT-1', covered: false });
    expect(partOf({ 'nhipcau.role': 'king', 'nhipcau.seat': 'throne', 'nhipcau.covered': 'yes' })).toEqual({ role: undefined, seat: undefined, facility: '', covered: false });
    expect(partOf({ 'nhipcau.covered': 'true' }).covered).toBe(true);
  });

  it('should tell why a picture is not shown, also of one that is not announced', () => {
    const attributes = { 'nhipcau.face.TR_a': 'covered', 'nhipcau.face.TR_b': 'shut:silent', 'nhipcau.face.TR_c': 'what', 'nhipcau.picture.TR_d': 'shut:x' };
    expect(['TR_a', 'TR_b', 'TR_c', 'TR_d'].map((sid) => faceNote(attributes, sid))).toEqual([{ kind: 'covered' }, { kind: 'shut', reason: 'silent' }, undefined, undefined]);
    expect(shutNote(attributes)).toEqual({ kind: 'shut', reason: 'silent' });
    expect(shutNote({ 'nhipcau.face.TR_a': 'covered' })).toBeUndefined();
    expect(shutText('silent')).toBe('shutSilent');
    expect(shutText('some later reason')).toBe('shutOther');
  });
});

describe('the text of consent', () => {
  it('should be published under another version whenever it changes', () => {
    const fingerprint = createHash('sha256').update(JSON.stringify([consentText.id, consentText.paragraphs])).digest('hex').slice(0, 16);
    expect({ version: consentText.version, fingerprint }).toEqual({ version: '1', fingerprint: '45e31f4003009132' });
    expect(consentText.paragraphs.vi).toHaveLength(consentText.paragraphs.en.length);
  });
});

describe('a session\'s orders', () => {
  const answers = (...responses: Response[]) => vi.fn((_url: URL, _init?: RequestInit) => Promise.resolve(responses.shift()!));

  it('should go to the page\'s own server with the token in a header', async () => {
    const ask = answers(new Response(null, { status: 204 }));
    await new SessionClient('https://hoichan.example/goi/?x=1#y', () => 'a.b.c', ask as never).order('admit', { identity: 'P_1' });
    const [url, init] = ask.mock.calls[0]!;
    expect(url.href).toBe('https://hoichan.example/goi/consultation/v1/session/admit');
    expect(init).toMatchObject({ method: 'POST', body: '{"identity":"P_1"}', headers: { Authorization: 'Bearer a.b.c' } });
  });

  it.each([[403, 'refusedRight'], [401, 'refusedRight'], [409, 'refusedState'], [503, 'refusedStore'], [400, 'refused'], [500, 'refused']])('should say of status %i: %s', async (status, text) => {
    const client = new SessionClient('http://x/', () => 't', answers(new Response('{"code":"not-permitted"}', { status })) as never);
    const refused = await client.order('resume', {}).catch((error) => error);
    expect(refused).toBeInstanceOf(CommandRefused);
    expect([refused.code, refused.text]).toEqual(['not-permitted', text]);
  });

  it('should say when the server is not there', async () => {
    const client = new SessionClient('http://x/', () => 't', () => Promise.reject(new TypeError('no network')));
    expect((await client.view().catch((error) => error)).text).toBe('unreachable');
  });

  it('should make no right of a strange answer', () => {
    for (const answer of [undefined, null, 'x', [], { rights: 'all', lobby: 5, people: [null, 1, {}, { identity: '' }] }]) {
      const view = readView(answer);
      expect([view.rights.size, view.lobby.length, view.people.length, view.unconfirmedEmergency]).toEqual([0, 0, 0, false]);
    }
    expect(readView({ facePolicy: { epoch: 7, clearFor: ['expert', 'KING', 5, 'CHAIR'] } })).toMatchObject({ policyEpoch: 7, clearFor: ['expert', 'chair'] });
    expect(readView({ facePolicy: { epoch: '7', clearFor: 'expert' } })).toMatchObject({ policyEpoch: 0, clearFor: [] });
    expect(readView({ rights: ['ADMIT', 5], people: [{ identity: 'P_1', role: 'CHAIR', facility: 'BM' }], mayConsent: [{ identity: 'P_2', role: 'patient' }, 7] })).toMatchObject({
      people: [{ identity: 'P_1', role: 'chair', facility: 'BM' }], mayConsent: [{ identity: 'P_2', role: 'patient', facility: '' }] });
  });
});

describe('a refused join', () => {
  it('should be told from a bad token', () => {
    expect(refusalText('not-approved: nobody approved this')).toBe('joinNotApproved');
    expect(refusalText('expired')).toBe('joinOver');
    expect(refusalText('could not establish signal connection: expired: Yêu cầu đã hết hạn. / The request has expired.')).toBe('joinOver');
    expect(refusalText('invalid token')).toBeUndefined();
    expect(refusalText('')).toBeUndefined();
  });
});

describe('the verdict on devices', () => {
  it('should speak of sound, picture and line', () => {
    expect(verdicts({ sound: 'wait', picture: 'wait' }, false, 0).map(({ key }) => key)).toEqual(['checkSoundWait', 'checkPictureWait', 'checkLineWait']);
    expect(verdicts({ sound: 'good', picture: 'good' }, true, 40)).toEqual([
      { key: 'checkSoundGood', good: true }, { key: 'checkPictureCovered', good: true }, { key: 'checkLineGood', good: true }]);
    expect(verdicts({ sound: 'bad', picture: 'bad' }, false, 900).map(({ good }) => good)).toEqual([false, false, false]);
  });
});

describe('the desk', () => {
  const everything = ['admit', 'deny', 'remove', 'mute', 'set_main_screen', 'tighten_policy', 'loosen_policy', 'withdraw_consent', 'suspend', 'resume', 'conclude', 'confirm_emergency'];
  const lan: Attendee = { identity: 'P_lan', role: 'patient', facility: 'TYT-1' };
  const minh: Attendee = { identity: 'P_minh', role: 'expert', facility: 'BM' };
  const consultation: Consultation = { stage: 'in_session', faceMode: 'cover', consent: true, mainScreen: undefined, recording: false, emergency: false, offerClear: '' };
  const view = (rights: readonly string[], more: Partial<SessionView> = {}): SessionView =>
    ({ rights: new Set(rights), lobby: [lan], people: [minh], mayConsent: [], policyEpoch: 3, clearFor: [], unconfirmedEmergency: false, ...more });
  const orders: unknown[] = [];
  let desk: Desk;
  const by = (id: string) => document.getElementById(id)!;
  const press = (selector: string) => document.querySelector<HTMLButtonElement>(selector)!.click();

  beforeEach(() => {
    orders.length = 0;
    document.documentElement.innerHTML = readFileSync(`${process.cwd()}/index.html`, 'utf8').replace(/<link[^>]*>|<script[^>]*><\/script>/g, '');
    desk = new Desk(new Words('vi'), (command, body) => orders.push([command, body]));
  });
  afterEach(() => document.body.replaceChildren());

  it('should order what its buttons say', () => {
    desk.draw({ consultation, view: view(everything), self: 'P_me', latched: new Map() });
    press('#lobbyList [data-action=admit]');
    press('#lobbyList [data-action=deny]');
    for (const action of ['mainScreen', 'muteSound', 'mutePicture', 'remove']) {
      press(`#peopleList [data-action=${action}]`);
    }
    press('#loosen');
    press('#withdraw');
    (by('outcome') as HTMLSelectElement).value = 'MOVED_TO_TELEPHONE';
    by('concludeForm').dispatchEvent(new Event('submit', { cancelable: true }));
    by('suspendForm').dispatchEvent(new Event('submit', { cancelable: true }));
    expect(orders).toEqual([
      ['admit', { identity: 'P_lan' }], ['deny', { identity: 'P_lan' }], ['main-screen', { identity: 'P_minh' }],
      ['mute', { identity: 'P_minh', source: 'MICROPHONE' }], ['mute', { identity: 'P_minh', source: 'CAMERA' }],
      ['remove', { identity: 'P_minh' }], ['policy', { mode: 'OFF', seenEpoch: 3 }], ['withdraw-consent', {}],
      ['conclude', { outcome: 'MOVED_TO_TELEPHONE' }], ['suspend', { reason: 'rest' }]]);
    expect(document.querySelector('#lobbyList [data-action=admit]')?.getAttribute('aria-label')).toBe('Mời vào: Người bệnh · TYT-1 · P_lan');
  });

  it('should offer nothing that is no right', () => {
    desk.draw({ consultation, view: view([]), self: 'P_me', latched: new Map() });
    expect(document.querySelectorAll('#peopleList button')).toHaveLength(0);
    for (const id of ['deskLobby', 'withdraw', 'tighten', 'loosen', 'deskSession', 'deskEmergency']) {
      expect(by(id).hidden, id).toBe(true);
    }
    expect([hasDesk(new Set()), hasDesk(new Set(['send_data', 'record_consent'])), hasDesk(new Set(['mute']))]).toEqual([false, false, true]);
  });

  it('should not let anybody remove or mute themselves by mistake', () => {
    desk.draw({ consultation, view: view(everything), self: 'P_minh', latched: new Map() });
    expect([...document.querySelectorAll<HTMLElement>('#peopleList button')].map(({ dataset }) => dataset['action'])).toEqual(['mainScreen']);
  });

  it('should offer what fits the moment', () => {
    desk.draw({ consultation: { ...consultation, stage: 'suspended', faceMode: 'off', consent: false, mainScreen: 'P_minh' },
      view: view(everything, { unconfirmedEmergency: true }), self: 'P_me', latched: new Map() });
    expect([by('resume').hidden, by('suspendBox').hidden, by('tighten').hidden, by('loosen').hidden, by('withdraw').hidden, by('deskEmergency').hidden])
      .toEqual([false, true, false, true, true, false]);
    press('#peopleList [data-action=mainScreenOff]');
    expect(orders).toEqual([['main-screen', { identity: null }]]);
  });

  it('should let the chair say who may see the clear face, and say which policy was seen', () => {
    const roles = () => [...document.querySelectorAll<HTMLInputElement>('#clearRoles input')];
    const save = () => by('clearForm').dispatchEvent(new Event('submit', { cancelable: true }));
    desk.draw({ consultation, view: view(everything), self: 'P_me', latched: new Map() });
    expect([by('clearBox').hidden, by('tighten').hidden, by('policyState').textContent]).toEqual([false, true, 'Mặt người bệnh được che']);
    expect(roles().map(({ value }) => value)).toEqual(['chair', 'secretary', 'expert', 'presenting_doctor', 'controller', 'patient', 'caregiver']);
    roles()[2]!.checked = true;
    // Somebody else's arrival draws the desk anew: what is ticked stays.
    desk.draw({ consultation, view: view(everything, { people: [minh, lan] }), self: 'P_me', latched: new Map() });
    save();
    expect(orders).toEqual([['policy', { clearFor: ['expert'], seenEpoch: 3 }]]);
    // The policy is another one meanwhile: it is shown as it is, not as it was ticked.
    desk.draw({ consultation, view: view(everything, { policyEpoch: 4, clearFor: ['secretary'] }), self: 'P_me', latched: new Map() });
    expect(roles().filter(({ checked }) => checked).map(({ value }) => value)).toEqual(['secretary']);
    save();
    expect(orders[1]).toEqual(['policy', { clearFor: ['secretary'], seenEpoch: 4 }]);
  });

  it('should let everybody entitled cover at once while some see clear, and add nobody', () => {
    const tightens = ['tighten_policy'];
    desk.draw({ consultation, view: view(tightens), self: 'P_me', latched: new Map() });
    expect([by('tighten').hidden, by('clearBox').hidden]).toEqual([true, true]);
    desk.draw({ consultation, view: view(tightens, { clearFor: ['expert', 'chair'] }), self: 'P_me', latched: new Map() });
    expect([by('tighten').hidden, by('loosen').hidden, by('clearBox').hidden]).toEqual([false, true, false]);
    expect(by('policyState').textContent).toBe('Mặt người bệnh được che; được xem không che: Chuyên gia, Chủ tọa');
    expect([...document.querySelectorAll<HTMLInputElement>('#clearRoles input')].filter(({ disabled }) => !disabled).map(({ value }) => value)).toEqual(['chair', 'expert']);
    press('#tighten');
    expect(orders).toEqual([['policy', { mode: 'COVER', clearFor: [] }]]);
    desk.draw({ consultation, view: view(['mute'], { clearFor: ['expert'] }), self: 'P_me', latched: new Map() });
    expect([by('tighten').hidden, by('clearBox').hidden]).toEqual([true, true]);
    // Off: the list of roles says nothing then.
    desk.draw({ consultation: { ...consultation, faceMode: 'off' }, view: view(everything, { clearFor: ['expert'] }), self: 'P_me', latched: new Map() });
    expect([by('tighten').hidden, by('clearBox').hidden, by('policyState').textContent]).toEqual([false, true, 'Mặt người bệnh KHÔNG được che']);
  });

  it('should release a picture that stays cut, for who may', () => {
    expect(latchedTrack({ 'nhipcau.face.TR_1': 'shut:dead', 'nhipcau.face.TR_2': 'shut:latched' })).toBe('TR_2');
    expect(latchedTrack({ 'nhipcau.role': 'shut:latched' })).toBeUndefined();
    const latched = new Map([['P_minh', 'TR_2']]);
    desk.draw({ consultation, view: view(['mute']), self: 'P_me', latched });
    expect(document.querySelector('#peopleList [data-action=release]')).toBeNull();
    desk.draw({ consultation, view: view(['release_track']), self: 'P_me', latched });
    press('#peopleList [data-action=release]');
    expect(orders).toEqual([['release', { identity: 'P_minh', track: 'TR_2' }]]);
  });

  it('should release a picture that stays cut also for who sees the clear face, and so is told of no cut in the room', () => {
    const { people } = readView({ people: [{ identity: 'P_minh', role: 'patient', latched: 'TR_3' }, { identity: 'P_lan', role: 'expert', latched: 7 }] });
    expect(people.map(({ latched }) => latched)).toEqual(['TR_3', undefined]);
    desk.draw({ consultation, view: view(['mute'], { people }), self: 'P_me', latched: new Map() });
    expect(document.querySelector('#peopleList [data-action=release]')).toBeNull();
    desk.draw({ consultation, view: view(['release_track'], { people }), self: 'P_me', latched: new Map() });
    expect(document.querySelectorAll('#peopleList [data-action=release]')).toHaveLength(1);
    press('#peopleList [data-action=release]');
    expect(orders).toEqual([['release', { identity: 'P_minh', track: 'TR_3' }]]);
  });

  it('should leave the focus where it was', () => {
    desk.draw({ consultation, view: view(everything), self: 'P_me', latched: new Map() });
    document.querySelector<HTMLElement>('#peopleList [data-action=remove]')!.focus();
    desk.draw({ consultation, view: view(everything, { lobby: [] }), self: 'P_me', latched: new Map() });
    expect((document.activeElement as HTMLElement).dataset['action']).toBe('remove');
    expect(by('lobbyList').textContent).toBe('Không có ai đang chờ.');
  });

  it('should take the patient\'s consent with one press, and staff\'s word with who and how', () => {
    const form = new ConsentForm(new Words('vi'), (command, body) => orders.push([command, body]));
    const submit = () => by('consentForm').dispatchEvent(new Event('submit', { cancelable: true }));
    form.draw({ wanted: true, own: true, by: [lan] });
    expect(by('consentText').querySelectorAll('p')).toHaveLength(consentText.paragraphs.vi.length);
    expect([by('consentStaff').hidden, by('consentWho').hidden]).toEqual([true, true]);
    submit();
    form.draw({ wanted: true, own: true, by: [lan, { ...lan, identity: 'P_mother', role: 'caregiver' }] });
    expect([by('consentStaff').hidden, by('consentWho').hidden]).toEqual([true, false]);
    (by('consentBy') as HTMLSelectElement).value = 'P_mother';
    submit();
    form.draw({ wanted: true, own: false, by: [lan] });
    expect([by('consentStaff').hidden, by('consentWho').hidden]).toEqual([false, false]);
    (by('consentMeans') as HTMLSelectElement).value = 'PAPER';
    submit();
    form.draw({ wanted: true, own: false, by: [] });
    submit();
    expect(orders).toEqual([
      ['consent', { textId: consentText.id, version: '1', by: 'P_lan', means: 'PAGE' }],
      ['consent', { textId: consentText.id, version: '1', by: 'P_mother', means: 'PAGE' }],
      ['consent', { textId: consentText.id, version: '1', by: 'P_lan', means: 'PAPER' }]]);
    form.draw({ wanted: false, own: true, by: [lan] });
    expect(by('consent').hidden).toBe(true);
  });
});
