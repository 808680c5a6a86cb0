// SPDX-License-Identifier: Apache-2.0

import type { Call } from '../call';
import { byId } from '../dom';
import type { Key, Words } from '../i18n';
import { describeToken } from '../token';
import { DeviceCheck, verdicts } from './check';
import { ConsentForm } from './consent-form';
import { Desk, hasDesk } from './desk';
import { type Attendee, CommandRefused, readView, type SessionClient, type SessionCommands, type SessionView } from './session';
import { type Consultation, rolesText, roleText, stageText } from './state';

/** How often the server is asked, at least, by those who see who waits; and by others. */
const DESK_INTERVAL_MS = 2_000;
const QUIET_INTERVAL_MS = 15_000;
/** Several changes at once are one question. */
const SETTLE_MS = 150;

const ended: ReadonlySet<Consultation['stage']> = new Set(['declined', 'expired', 'cancelled', 'concluded'] as const);

/** All that a call shows and offers because it is a consultation. In a plain room nothing of it is seen. */
export class Pane {
  readonly #desk: Desk;
  readonly #consent: ConsentForm;
  #call: Call | undefined;
  #client: SessionClient | undefined;
  #view: SessionView = readView(undefined);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #askedMs = -Infinity;
  #askAtMs = Infinity;
  #check: DeviceCheck | undefined;
  #deskOpen = false;

  constructor(private readonly words: Words) {
    const order = <C extends keyof SessionCommands>(command: C, body: SessionCommands[C]) => void this.#order(command, body);
    this.#desk = new Desk(words, order);
    this.#consent = new ConsentForm(words, order);
    byId('deskOpen').addEventListener('click', () => this.#showDesk(!this.#deskOpen));
    byId('deskClose').addEventListener('click', () => this.#showDesk(false));
    byId('desk').addEventListener('keydown', (event) => {
      if (event.key === 'Escape') {
        this.#showDesk(false);
      }
    });
    byId('checkStart').addEventListener('click', () => this.#startCheck());
  }

  begin(call: Call, client: SessionClient): void {
    this.end();
    this.#call = call;
    this.#client = client;
    this.draw();
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#call = undefined;
    this.#client = undefined;
    this.#view = readView(undefined);
    this.#askedMs = -Infinity;
    this.#askAtMs = Infinity;
    this.#stopCheck();
    this.#showDesk(false);
    this.#tell(undefined);
    for (const id of ['marks', 'waiting', 'consent', 'deskOpen']) {
      byId(id).hidden = true;
    }
  }

  /** Something of the call has changed. */
  draw(): void {
    if (this.#call?.consultation) {
      this.#render();
      this.#askIn(Math.max(SETTLE_MS, this.#askedMs + SETTLE_MS * 4 - performance.now()));
    }
  }

  get deskOpen(): boolean {
    return this.#deskOpen;
  }

  #render(): void {
    const call = this.#call;
    const consultation = call?.consultation;
    if (!call || !consultation) {
      return;
    }
    this.#drawMarks(consultation);
    this.#drawWaiting(call, consultation);
    const self: Attendee = { identity: call.me.identity, role: call.part.role, facility: call.part.facility };
    const own = self.role === 'patient' || self.role === 'caregiver';
    const by = own ? [self, ...beside(call.token)] : this.#view.mayConsent;
    this.#consent.draw({
      wanted: !consultation.consent && !ended.has(consultation.stage) && this.#view.rights.has('record_consent') && by.length > 0,
      own,
      by,
    });
    byId('deskOpen').hidden = !hasDesk(this.#view.rights);
    byId('deskOpen').dataset['waiting'] = this.#view.lobby.length > 0 ? String(this.#view.lobby.length) : '';
    this.#desk.draw({ consultation, view: this.#view, self: self.identity, latched: call.latched });
  }

  #drawMarks({ stage, emergency, recording, faceMode }: Consultation): void {
    const { words } = this;
    const marks: Array<[string, string]> = [];
    if (emergency || this.#view.unconfirmedEmergency) {
      marks.push(['emergency', words.say('markEmergency')]);
    }
    if (recording) {
      marks.push(['recording', words.say('markRecording')]);
    }
    marks.push(['stage', words.say(stageText(stage))]);
    const { clearFor } = this.#view;
    if (faceMode !== 'off' && clearFor.length > 0) {
      marks.push(['faceSome', words.say('policyCoverFor', { roles: rolesText(words, clearFor) })]);
    } else {
      marks.push([faceMode === 'off' ? 'faceOff' : 'face', words.say(faceMode === 'off' ? 'policyOff' : 'policyCover')]);
    }
    const list = byId('marks');
    const now = JSON.stringify(marks);
    if (list.dataset['drawn'] !== now) {
      list.dataset['drawn'] = now;
      list.replaceChildren(...marks.map(([kind, text]) => {
        const item = document.createElement('li');
        item.dataset['mark'] = kind;
        item.textContent = text;
        return item;
      }));
    }
    list.hidden = false;
  }

  #drawWaiting(call: Call, { stage }: Consultation): void {
    const { words } = this;
    const suspended = stage === 'suspended';
    const waits = !call.inside;
    byId('waiting').hidden = !waits;
    byId('tiles').hidden = waits;
    if (!waits) {
      this.#stopCheck();
      return;
    }
    byId('waitingText').textContent = words.say(suspended ? 'pausedText' : ended.has(stage) ? stageText(stage) : 'waitingText');
    byId('waitingSelf').textContent = words.say('waitingSelf', {
      part: [words.say(roleText(call.part.role)), call.part.facility].filter(Boolean).join(' · '),
    });
    byId('check').hidden = suspended;
    byId('checkStart').hidden = !!this.#check;
    const results = byId('checkResults');
    results.hidden = !this.#check;
    if (this.#check) {
      results.replaceChildren(...verdicts(this.#check.findings, call.covering, call.roundTripMs).map(({ key, good }) => {
        const item = document.createElement('li');
        item.dataset['verdict'] = good ? 'good' : 'open';
        item.dataset['check'] = key;
        item.textContent = words.say(key, { ms: String(call.roundTripMs) });
        return item;
      }));
    }
  }

  #startCheck(): void {
    this.#check = new DeviceCheck(() => this.#render());
    void this.#check.start();
    this.#render();
  }

  #stopCheck(): void {
    this.#check?.stop();
    this.#check = undefined;
  }

  #showDesk(open: boolean): void {
    if (open === this.#deskOpen) {
      return;
    }
    this.#deskOpen = open;
    byId('desk').hidden = !open;
    byId('deskOpen').setAttribute('aria-expanded', String(open));
    byId(open ? 'desk' : 'deskOpen').focus();
  }

  /** Asks the server in so long, or earlier where that was intended. */
  #askIn(pauseMs: number): void {
    const atMs = performance.now() + pauseMs;
    if (atMs < this.#askAtMs) {
      clearTimeout(this.#timer);
      this.#askAtMs = atMs;
      this.#timer = setTimeout(() => void this.#ask(), pauseMs);
    }
  }

  async #ask(): Promise<void> {
    clearTimeout(this.#timer);
    const client = this.#client;
    if (!client) {
      return;
    }
    this.#askedMs = performance.now();
    this.#askAtMs = Infinity;
    let view: SessionView | undefined;
    try {
      view = await client.view();
    } catch {
      // Asked again soon; the server decides anew about every order anyway.
    }
    if (client !== this.#client) {
      return;
    }
    const changed = view && JSON.stringify(comparable(view)) !== JSON.stringify(comparable(this.#view));
    this.#view = view ?? this.#view;
    if (changed) {
      this.#render();
    }
    this.#askIn(this.#view.rights.has('admit') ? DESK_INTERVAL_MS : QUIET_INTERVAL_MS);
  }

  async #order<C extends keyof SessionCommands>(command: C, body: SessionCommands[C]): Promise<void> {
    this.#tell(undefined);
    try {
      await this.#client?.order(command, body);
    } catch (error) {
      this.#tell(error instanceof CommandRefused ? error.text : 'refused');
      await this.#askWhetherChanged('seenEpoch' in body ? body.seenEpoch : undefined);
    }
    this.#askIn(SETTLE_MS);
  }

  /** What only tightens may have become more than that, and so no right, by what others did meanwhile. */
  async #askWhetherChanged(seenEpoch: number | undefined): Promise<void> {
    if (seenEpoch !== undefined) {
      await this.#ask();
      if (seenEpoch !== this.#view.policyEpoch) {
        this.#tell('refusedChanged');
      }
    }
  }

  #tell(key: Key | undefined): void {
    const problem = byId('problem');
    problem.hidden = !key;
    problem.textContent = key ? this.words.say(key) : '';
  }
}

/** The caregiver who sits at the same device, whom the token names. */
function beside(token: string): Attendee[] {
  const identity = describeToken(token)?.caregiver;
  return identity ? [{ identity, role: 'caregiver', facility: '' }] : [];
}

function comparable({ rights, ...rest }: SessionView): unknown {
  return [[...rights].sort(), rest];
}
