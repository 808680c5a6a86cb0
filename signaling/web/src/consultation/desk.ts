// SPDX-License-Identifier: Apache-2.0

import { button, byId, exchange } from '../dom';
import type { Words } from '../i18n';
import { ClearForm } from './clear-form';
import type { Attendee, Outcome, SessionCommands, SessionView } from './session';
import { type Consultation, rolesText, roleText } from './state';

/** Gives an order to the server; whatever comes of it is told elsewhere. */
export type Order = <C extends keyof SessionCommands>(command: C, body: SessionCommands[C]) => void;

/** What the desk shows. */
export interface DeskState {
  readonly consultation: Consultation;
  readonly view: SessionView;
  readonly self: string;
  /** Whose picture stays cut until it is released: the track, by identity. */
  readonly latched: ReadonlyMap<string, string>;
}

/** How somebody is called here: by what they are and where, with the pseudonym that tells two of a kind apart. */
export function calledIn(words: Words, who: Attendee): string {
  return [words.say(roleText(who.role)), who.facility, who.identity].filter(Boolean).join(' · ');
}

/** Stages in which a session has yet to begin. */
const before: ReadonlySet<Consultation['stage']> = new Set(['accepted', 'scheduled', 'testing', 'waiting'] as const);

/** Whether a person's rights give the desk anything to do. */
export function hasDesk(rights: ReadonlySet<string>): boolean {
  return ['admit', 'remove', 'mute', 'set_main_screen', 'tighten_policy', 'withdraw_consent', 'suspend', 'resume', 'conclude',
    'confirm_emergency'].some((right) => rights.has(right));
}

/**
 * The control desk: lists and buttons for what a person's rights allow, and nothing for the rest. It is told what to show
 * and orders what it is told to; what is right is decided by the server, each time anew.
 */
export class Desk {
  #state: DeskState | undefined;
  #drawn = '';
  readonly #clear: ClearForm;

  constructor(private readonly words: Words, private readonly order: Order) {
    this.#clear = new ClearForm(words, order);
    const click = (id: string, act: () => void) => byId(id).addEventListener('click', act);
    click('confirmEmergency', () => order('confirm-emergency', {}));
    click('withdraw', () => order('withdraw-consent', {}));
    click('tighten', () => order('policy', { mode: 'COVER', clearFor: [] }));
    click('loosen', () => order('policy', { mode: 'OFF', seenEpoch: this.#state?.view.policyEpoch ?? 0 }));
    click('begin', () => order('begin', {}));
    click('resume', () => order('resume', {}));
    submit('suspendForm', () => order('suspend', { reason: byId<HTMLSelectElement>('suspendReason').value }));
    submit('concludeForm', () => order('conclude', { outcome: byId<HTMLSelectElement>('outcome').value as Outcome }));
  }

  draw(state: DeskState): void {
    const { words } = this;
    // Drawn anew only where something is new, so that a press or a screen reader is not cut short.
    const now = JSON.stringify([words.language, state.consultation, [...state.view.rights], state.view.lobby, state.view.people,
      [...state.latched], state.view.policyEpoch, state.view.clearFor, state.view.unconfirmedEmergency]);
    if (now === this.#drawn) {
      return;
    }
    this.#drawn = now;
    this.#state = state;
    this.#drawPeople(state);
    this.#drawPolicies(state);
    this.#drawSession(state);
  }

  #drawPeople({ view, consultation }: DeskState): void {
    const { words } = this;
    byId('deskLobby').hidden = !view.rights.has('admit');
    byId('lobbyTitle').textContent = words.say('deskLobby', { count: String(view.lobby.length) });
    exchange(byId('lobbyList'), view.lobby.length ? view.lobby.map((who) => this.#row(who, [
      this.#action('admit', who, 'primary', () => this.order('admit', { identity: who.identity })),
      this.#action('deny', who, 'danger', () => this.order('deny', { identity: who.identity })),
    ])) : [text('li', words.say('deskLobbyEmpty'))]);
    byId('peopleTitle').textContent = words.say('deskPeople', { count: String(view.people.length) });
    exchange(byId('peopleList'), view.people.map((who) => this.#row(who, this.#actions(who, consultation.mainScreen))));
  }

  #actions(who: Attendee, mainScreen: string | undefined): HTMLElement[] {
    const { identity } = who;
    const rights = this.#state?.view.rights ?? new Set<string>();
    const actions: HTMLElement[] = [];
    if (rights.has('set_main_screen')) {
      const shown = mainScreen === identity;
      actions.push(this.#action(shown ? 'mainScreenOff' : 'mainScreen', who, 'secondary',
        () => this.order('main-screen', { identity: shown ? null : identity })));
    }
    // Who sees the clear face is told of the cut by the session alone.
    const cut = this.#state?.latched.get(identity) ?? who.latched;
    if (cut !== undefined && rights.has('release_track')) {
      actions.push(this.#action('release', who, 'secondary', () => this.order('release', { identity, track: cut })));
    }
    if (identity !== this.#state?.self && rights.has('mute')) {
      actions.push(
        this.#action('muteSound', who, 'secondary', () => this.order('mute', { identity, source: 'MICROPHONE' })),
        this.#action('mutePicture', who, 'secondary', () => this.order('mute', { identity, source: 'CAMERA' })));
    }
    if (identity !== this.#state?.self && rights.has('remove')) {
      actions.push(this.#action('remove', who, 'danger', () => this.order('remove', { identity })));
    }
    return actions;
  }

  #drawPolicies({ consultation, view }: DeskState): void {
    const { words } = this;
    byId('consentState').textContent = words.say(consultation.consent ? 'consentRecorded' : 'consentMissing');
    byId('withdraw').hidden = !consultation.consent || !view.rights.has('withdraw_consent');
    const covered = consultation.faceMode !== 'off';
    const forAll = covered && view.clearFor.length === 0;
    byId('policyState').textContent = words.say(forAll ? 'policyCover' : covered ? 'policyCoverFor' : 'policyOff',
      { roles: rolesText(words, view.clearFor) });
    byId('policyState').classList.toggle('warning', !forAll);
    byId('tighten').hidden = forAll || !view.rights.has('tighten_policy');
    byId('loosen').hidden = !covered || !view.rights.has('loosen_policy');
    this.#clear.draw(view, covered);
  }

  #drawSession({ consultation, view }: DeskState): void {
    const suspended = consultation.stage === 'suspended';
    byId('resume').hidden = !suspended || !view.rights.has('resume');
    byId('begin').hidden = !before.has(consultation.stage) || !view.rights.has('begin');
    byId('suspendBox').hidden = consultation.stage !== 'in_session' || !view.rights.has('suspend');
    byId('concludeBox').hidden = !view.rights.has('conclude');
    byId('deskSession').hidden = byId('begin').hidden && byId('resume').hidden && byId('suspendBox').hidden && byId('concludeBox').hidden;
    byId('deskEmergency').hidden = !view.unconfirmedEmergency || !view.rights.has('confirm_emergency');
  }

  #row(who: Attendee, actions: readonly HTMLElement[]): HTMLElement {
    const row = document.createElement('li');
    row.dataset['identity'] = who.identity;
    const place = text('span', calledIn(this.words, who));
    const box = document.createElement('div');
    box.className = 'actions';
    box.append(...actions);
    row.append(place, box);
    return row;
  }

  #action(key: 'admit' | 'deny' | 'remove' | 'muteSound' | 'mutePicture' | 'mainScreen' | 'mainScreenOff' | 'release', who: Attendee,
      className: string, act: () => void): HTMLButtonElement {
    const { words } = this;
    const made = button(words.say(key), words.say('actionOn', { action: words.say(key), name: calledIn(words, who) }), className, act);
    made.dataset['action'] = key;
    return made;
  }
}

function text(tag: 'li' | 'span', content: string): HTMLElement {
  const element = document.createElement(tag);
  element.textContent = content;
  return element;
}

function submit(id: string, act: () => void): void {
  byId(id).addEventListener('submit', (event) => {
    event.preventDefault();
    act();
  });
}
