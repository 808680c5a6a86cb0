// SPDX-License-Identifier: Apache-2.0
import type { Cause } from '../cause';
import { byId } from '../dom';
import type { Vocabulary } from '../i18n';
import { describeToken } from '../token';
import { type Board, BoardClient, QualityRefused, type Standing } from './board-client';
import type { ConsoleKey } from './console-texts';
import { type Figures, said, shown } from './figures';

const EVERY_MS = 2_000;

/** What is wrong with the asking, and its values. */
type Trouble = readonly [ConsoleKey, Record<string, string>?];

/** What an operator is told when the server refuses; `absent` is said of what it does not have. */
export function troubleOf(status: number, absent: ConsoleKey): Trouble {
  switch (status) {
    case 0:
      return ['unreachable'];
    case 401:
      return ['refusedToken'];
    case 403:
      return ['refusedRight'];
    case 404:
      return [absent];
    default:
      return ['unwell', { status: String(status) }];
  }
}

/** What a cause means for one direction of a participant. */
export function operatorCause(cause: Cause, direction: 'uplink' | 'downlink'): ConsoleKey {
  switch (cause) {
    case 'none':
      return 'causeNone';
    case 'uplink':
      return direction === 'uplink' ? 'seenUplink' : 'seenSource';
    case 'downlink':
      return 'seenDownlink';
    case 'camera':
      return direction === 'uplink' ? 'seenCamera' : 'seenSourceCamera';
    case 'server':
      return 'seenServer';
  }
}

/**
 * The operator's page: asks for a token, then shows how a room's call goes, each two seconds while somebody looks. What it
 * has shown stays, marked as old, while the server does not answer. The token lives in this page's memory alone.
 */
export class QualityConsole {
  readonly #token = byId<HTMLTextAreaElement>('token');
  #client: BoardClient | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #board: Board | undefined;
  #failure: Trouble | undefined;
  #trouble: Trouble | undefined;
  #downloadTrouble: Trouble | undefined;

  constructor(private readonly words: Vocabulary<ConsoleKey>, private readonly page: string,
      private readonly ask?: typeof fetch) {
    byId<HTMLFormElement>('ask').addEventListener('submit', (event) => {
      event.preventDefault();
      this.begin(this.#token.value.trim());
    });
    byId('change').addEventListener('click', () => this.end());
    byId('timelineCsv').addEventListener('click', () => void this.#download('csv'));
    byId('timelineJson').addEventListener('click', () => void this.#download('json'));
    this.draw();
  }

  /** Shows the room that the token is for. */
  begin(token: string): void {
    const room = describeToken(token)?.room;
    this.#failure = !token ? ['needToken'] : room ? undefined : ['noRoom'];
    if (!room) {
      this.draw();
      this.#token.focus();
      return;
    }
    this.#token.value = '';
    this.#client = new BoardClient(this.page, room, token, this.ask);
    this.#board = undefined;
    this.#trouble = undefined;
    this.#downloadTrouble = undefined;
    this.draw();
    byId('board').focus();
    void this.#look(this.#client);
  }

  /** Forgets token and room. @param failure why, when it was not the operator's wish */
  end(failure?: Trouble): void {
    clearTimeout(this.#timer);
    this.#client = undefined;
    this.#failure = failure;
    this.draw();
    this.#token.focus();
  }

  draw(): void {
    const { words } = this;
    const client = this.#client;
    byId('asking').hidden = !!client;
    byId('board').hidden = !client;
    this.#tell('failure', this.#failure);
    this.#tell('trouble', this.#trouble);
    this.#tell('downloadTrouble', this.#downloadTrouble);
    const board = this.#board;
    byId('room').textContent = !client ? '' : !board ? words.say('waiting', { room: client.room })
      : words.say('session', { room: client.room, session: board.session, time: new Date(board.atMs).toLocaleTimeString(words.language) });
    byId('nobody').hidden = !board || board.participants.length > 0;
    byId('scroll').hidden = !board || board.participants.length === 0;
    byId('scroll').classList.toggle('stale', this.#trouble?.[0] === 'unreachable' || this.#trouble?.[0] === 'unwell');
    const head = (['participant', 'direction', 'figureCause', ...shown.map(([key]) => key)] as const).map((key) => {
      const cell = document.createElement('th');
      cell.scope = 'col';
      cell.textContent = words.say(key);
      return cell;
    });
    byId('heads').replaceChildren(...head);
    byId('rows').replaceChildren(...(board?.participants ?? []).flatMap((standing) => this.#rows(standing)));
  }

  async #look(client: BoardClient): Promise<void> {
    if (document.visibilityState === 'visible') {
      try {
        const board = await client.board();
        this.#take(client, board, undefined);
      } catch (error) {
        this.#take(client, undefined, troubleOf(error instanceof QualityRefused ? error.status : 0, 'noSuchRoom'));
      }
    }
    if (client === this.#client) {
      this.#timer = setTimeout(() => void this.#look(client), EVERY_MS);
    }
  }

  #take(client: BoardClient, board: Board | undefined, trouble: Trouble | undefined): void {
    if (client !== this.#client) {
      return;
    }
    if (trouble?.[0] === 'refusedToken' || trouble?.[0] === 'refusedRight') {
      this.end(trouble);
      return;
    }
    // A room that is gone has nobody in it; an old picture of one that does not answer is better than none.
    this.#board = board ?? (trouble?.[0] === 'noSuchRoom' ? undefined : this.#board);
    this.#trouble = trouble;
    this.draw();
  }

  #tell(id: string, trouble: Trouble | undefined): void {
    const element = byId(id);
    const text = trouble ? this.words.say(...trouble) : '';
    element.hidden = !trouble;
    // An alert that says the same again is not to be read out again.
    if (element.textContent !== text) {
      element.textContent = text;
    }
  }

  #rows({ participant, uplink, downlink }: Standing): HTMLElement[] {
    const who = document.createElement('th');
    who.scope = 'rowgroup';
    who.rowSpan = 2;
    who.textContent = participant;
    const first = this.#row('uplink', uplink);
    first.prepend(who);
    return [first, this.#row('downlink', downlink)];
  }

  #row(direction: 'uplink' | 'downlink', figures: Figures | undefined): HTMLTableRowElement {
    const { words } = this;
    const row = document.createElement('tr');
    row.dataset['direction'] = direction;
    row.dataset['cause'] = figures?.cause ?? '';
    row.classList.toggle('suffers', !!figures && figures.cause !== 'none');
    const head = document.createElement('th');
    head.scope = 'row';
    head.textContent = words.say(direction === 'uplink' ? 'linkUplink' : 'linkDownlink');
    const texts = [figures ? words.say(operatorCause(figures.cause, direction)) : '–',
      ...shown.map((figure) => said(figures, figure, words.language))];
    row.append(head, ...texts.map((text) => {
      const cell = document.createElement('td');
      cell.textContent = text;
      return cell;
    }));
    return row;
  }

  async #download(format: 'csv' | 'json'): Promise<void> {
    const client = this.#client;
    if (!client) {
      return;
    }
    let trouble: Trouble | undefined;
    try {
      // A plain link could not carry the token, unless in the address.
      const address = URL.createObjectURL(await client.timeline(format));
      const link = document.createElement('a');
      link.href = address;
      link.download = `quality.${format}`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(address), EVERY_MS);
    } catch (error) {
      trouble = troubleOf(error instanceof QualityRefused ? error.status : 0, 'noTimeline');
    }
    if (client === this.#client) {
      this.#downloadTrouble = trouble;
      this.draw();
    }
  }
}
