// SPDX-License-Identifier: Apache-2.0
import { causeText, type QualityInfo } from '../cause';
import { byId } from '../dom';
import type { Words } from '../i18n';
import { icon } from '../icons';
import { type BothFigures, ownFigures, said, shown } from './figures';

/** Three messages of the server: then what it told last holds no more. */
const FRESH_MS = 20_000;
const LOOK_MS = 1_000;

/** What the server told last of one's own connection. */
export class OwnLink {
  #figures: BothFigures | undefined;
  #atMs = 0;

  /** Takes in a quality message about oneself; one without figures changes nothing. */
  take(info: QualityInfo, nowMs: number): void {
    const told = ownFigures(info);
    if (told) {
      this.#figures = told;
      this.#atMs = nowMs;
    }
  }

  /** Undefined where there is none, or none any more. */
  figures(nowMs: number): BothFigures | undefined {
    return nowMs - this.#atMs < FRESH_MS ? this.#figures : undefined;
  }
}

/**
 * The details of one's own connection: a button in the head of the page, and a table that it opens and closes. It reads
 * nothing out by itself, and takes room in the page in place of covering anything of the call.
 */
export class LinkPanel {
  readonly #button = byId<HTMLButtonElement>('linkOpen');
  readonly #panel = byId('link');
  #drawn = '';
  #ticker: ReturnType<typeof setInterval> | undefined;

  /** @param running the connection that is shown; undefined: no call */
  constructor(private readonly words: Words, private readonly running: () => OwnLink | undefined) {
    this.#button.addEventListener('click', () => this.#panel.hidden ? this.#open() : this.#close());
    byId('linkClose').addEventListener('click', () => this.#close());
    this.#panel.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') {
        this.#close();
      }
    });
  }

  /** Cheap enough to be called on every event. */
  draw(): void {
    const { words } = this;
    const link = this.running();
    this.#button.hidden = !link;
    if (!link) {
      this.#panel.hidden = true;
      clearInterval(this.#ticker);
    }
    const open = !this.#panel.hidden;
    this.#button.setAttribute('aria-expanded', String(open));
    this.#button.setAttribute('aria-label', words.say('linkTitle'));
    const figures = open ? link?.figures(performance.now()) : undefined;
    // Drawn anew only where something is new, so that a screen reader is not cut short.
    const now = JSON.stringify([words.language, open, figures]);
    if (now === this.#drawn) {
      return;
    }
    this.#drawn = now;
    const text = document.createElement('span');
    text.textContent = words.say('linkShort');
    this.#button.replaceChildren(icon('link'), text);
    byId('linkTable').hidden = !figures;
    byId('linkNone').hidden = !!figures;
    byId('linkRows').replaceChildren(...figures ? this.#rows(figures) : []);
  }

  #open(): void {
    this.#panel.hidden = false;
    this.#ticker = setInterval(() => this.draw(), LOOK_MS);
    this.draw();
    this.#panel.focus();
  }

  #close(): void {
    this.#panel.hidden = true;
    clearInterval(this.#ticker);
    this.draw();
    this.#button.focus();
  }

  #rows(both: BothFigures): HTMLElement[] {
    const { words } = this;
    const cause = (local: boolean) => {
      const figures = local ? both.uplink : both.downlink;
      return figures ? words.say(causeText(figures.cause, local) ?? 'causeNone') : '–';
    };
    return [
      row('figureCause', words.say('figureCause'), [cause(true), cause(false)]),
      ...shown.map((figure) => row(figure[0], words.say(figure[0]),
        [both.uplink, both.downlink].map((figures) => said(figures, figure, words.language)))),
    ];
  }
}

function row(figure: string, head: string, cells: readonly string[]): HTMLTableRowElement {
  const made = document.createElement('tr');
  made.dataset['figure'] = figure;
  const title = document.createElement('th');
  title.scope = 'row';
  title.textContent = head;
  made.append(title, ...cells.map((text) => {
    const cell = document.createElement('td');
    cell.textContent = text;
    return cell;
  }));
  return made;
}
