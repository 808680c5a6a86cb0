// SPDX-License-Identifier: Apache-2.0

import { byId } from '../dom';
import type { Words } from '../i18n';
import type { Order } from './desk';
import type { SessionView } from './session';
import { type Role, roleText } from './state';

/** Roles that may ever see a patient's clear face; the server refuses the others whoever asks. */
const entitled: readonly Role[] = ['chair', 'secretary', 'expert', 'presenting_doctor', 'controller', 'patient', 'caregiver'];

/**
 * Who may see the clear face while it is covered for the others: a tick for each role. Whoever may only tighten takes ticks
 * away and sets none. What is ticked and not saved is forgotten when the policy becomes another one in between: it is then
 * shown as it is now.
 */
export class ClearForm {
  #view: SessionView | undefined;
  #drawn = '';

  constructor(private readonly words: Words, order: Order) {
    byId('clearForm').addEventListener('submit', (event) => {
      event.preventDefault();
      if (this.#view) {
        order('policy', { clearFor: this.#ticked(), seenEpoch: this.#view.policyEpoch });
      }
    });
  }

  draw(view: SessionView, covered: boolean): void {
    const { words } = this;
    const mayAdd = view.rights.has('loosen_policy');
    const mayTake = view.rights.has('tighten_policy') && view.clearFor.length > 0;
    byId('clearBox').hidden = !covered || !mayAdd && !mayTake;
    const now = JSON.stringify([words.language, view.clearFor, view.policyEpoch, mayAdd]);
    if (now === this.#drawn) {
      return;
    }
    this.#drawn = now;
    this.#view = view;
    byId('clearSave').textContent = words.say(mayAdd ? 'clearSave' : 'clearTake');
    byId('clearRoles').replaceChildren(...entitled.map((role) => {
      const box = document.createElement('input');
      box.type = 'checkbox';
      box.value = role;
      box.checked = view.clearFor.includes(role);
      box.disabled = !mayAdd && !box.checked;
      const label = document.createElement('label');
      label.append(box, ` ${words.say(roleText(role))}`);
      return label;
    }));
  }

  #ticked(): string[] {
    return [...byId('clearRoles').querySelectorAll('input')].filter(({ checked }) => checked).map(({ value }) => value);
  }
}
