// SPDX-License-Identifier: Apache-2.0

import { byId } from '../dom';
import type { Words } from '../i18n';
import { consentText } from './consent-text';
import { calledIn, type Order } from './desk';
import type { Attendee, ConsentMeans } from './session';

/** Who may agree, and whether it is done here. */
export interface ConsentState {
  readonly wanted: boolean;
  /** Whether it is given by hand on this page; otherwise a member of staff records how it was given. */
  readonly own: boolean;
  /** Those who may have agreed. */
  readonly by: readonly Attendee[];
}

/**
 * The text, and by whom and how it was agreed to. The patient, or the caregiver at the patient's side, does it with one
 * press; staff say who did it and how.
 */
export class ConsentForm {
  #state: ConsentState | undefined;
  #drawn = '';

  constructor(private readonly words: Words, order: Order) {
    byId('consentForm').addEventListener('submit', (event) => {
      event.preventDefault();
      const by = byId<HTMLSelectElement>('consentBy').value;
      if (by) {
        order('consent', { textId: consentText.id, version: consentText.version, by,
          means: this.#state?.own ? 'PAGE' : byId<HTMLSelectElement>('consentMeans').value as ConsentMeans });
      }
    });
  }

  draw(state: ConsentState): void {
    const { words } = this;
    byId('consent').hidden = !state.wanted;
    const now = JSON.stringify([words.language, state]);
    if (now === this.#drawn) {
      return;
    }
    this.#drawn = now;
    this.#state = state;
    byId('consentText').replaceChildren(...consentText.paragraphs[words.language].map((paragraph) => {
      const element = document.createElement('p');
      element.textContent = paragraph;
      return element;
    }));
    byId('consentVersion').textContent = words.say('consentVersion', { version: consentText.version });
    byId('consentWho').hidden = state.own && state.by.length < 2;
    byId('consentStaff').hidden = state.own;
    byId('consentOwn').hidden = !state.own;
    const by = byId<HTMLSelectElement>('consentBy');
    const chosen = by.value;
    by.replaceChildren(...state.by.map((who) => {
      const option = document.createElement('option');
      option.value = who.identity;
      option.textContent = calledIn(words, who);
      return option;
    }));
    by.value = state.by.some(({ identity }) => identity === chosen) ? chosen : state.by[0]?.identity ?? '';
  }
}
