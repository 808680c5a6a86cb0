// SPDX-License-Identifier: Apache-2.0

/** An element of the page that must be there. */
export function byId<T extends HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (!element) {
    throw new Error(`no element ${id}`);
  }
  return element as T;
}

/** A button with a text, and with what it acts on in its accessible name. */
export function button(text: string, label: string, className: string, act: () => void): HTMLButtonElement {
  const made = document.createElement('button');
  made.type = 'button';
  made.className = className;
  made.textContent = text;
  made.setAttribute('aria-label', label);
  // By which the focus is found again when the list is drawn anew.
  made.dataset['name'] = label;
  made.addEventListener('click', act);
  return made;
}

/** Puts other children in the place of an element's, and the focus back on the button it was on. */
export function exchange(element: HTMLElement, children: readonly HTMLElement[]): void {
  const focused = document.activeElement instanceof HTMLElement && element.contains(document.activeElement)
    ? document.activeElement.dataset['name'] : undefined;
  element.replaceChildren(...children);
  if (focused) {
    [...element.querySelectorAll<HTMLElement>('[data-name]')].find((each) => each.dataset['name'] === focused)?.focus();
  }
}
