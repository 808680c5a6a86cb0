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

type Direction = 'uplink' | 'downlink';

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
export function operatorCause(cause: Cause, direction: Direction): ConsoleKey {
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
      // A token is often pasted from a message that broke it into lines.
      this.begin(this.#token.value.replace(/\s+/g, ''));
    });
    byId('change').addEventListener('click', () => this.end());
    byId('timelineCsv').addEventListener('click', () => void this.#download('csv'));
    byId('timelineJson').addEventListener('click', () => void this.#download('json'));
    byId('heads').replaceChildren(...(['participant', 'direction', 'figureCause', ...shown.map(([key]) => key)] as const).map((key) => {
      const head = heading('col', words.say(key));
      head.dataset['i18n'] = key;
      return head;
    }));
    this.draw();
  }

  /** Shows the room that the token is for, in place of another. */
  begin(token: string): void {
    const room = describeToken(token)?.room;
    this.end(!token ? ['needToken'] : room ? undefined : ['noRoom']);
    if (!room) {
      return;
    }
    this.#token.value = '';
    this.#client = new BoardClient(this.page, room, token, this.ask);
    this.draw();
    byId('board').focus();
    void this.#look(this.#client);
  }

  /** Forgets token and room, and all that was told of it. @param failure why, when it was not the operator's wish */
  end(failure?: Trouble): void {
    clearTimeout(this.#timer);
    this.#client = undefined;
    this.#board = undefined;
    this.#trouble = undefined;
    this.#downloadTrouble = undefined;
    this.#failure = failure;
    this.draw();
    this.#token.focus();
  }

  draw(): void {
    const { words } = this;
    const client = this.#client;
    document.title = `Nhịp Cầu · ${words.say('title')}`;
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
    this.#drawRows(board?.participants ?? []);
  }

  // Rows stay and only their words change, so that neither a selection nor a screen reader loses its place.
  #drawRows(participants: readonly Standing[]): void {
    const body = byId('rows');
    const before = [...body.querySelectorAll('tr')];
    const known = new Map(before.map((row) => [row.dataset['key'], row]));
    const rows = participants.flatMap(({ participant, ...both }) => (['uplink', 'downlink'] as const).map((direction) => {
      const key = `${participant} ${direction}`;
      const row = known.get(key) ?? emptyRow(key, participant, direction);
      this.#fill(row, direction, both[direction]);
      return row;
    }));
    if (rows.length !== before.length || rows.some((row, at) => row !== before[at])) {
      body.replaceChildren(...rows);
    }
  }

  #fill(row: HTMLTableRowElement, direction: Direction, figures: Figures | undefined): void {
    const { words } = this;
    row.dataset['cause'] = figures?.cause ?? '';
    row.classList.toggle('suffers', !!figures && figures.cause !== 'none');
    const texts = [words.say(direction === 'uplink' ? 'linkUplink' : 'linkDownlink'),
      figures ? words.say(operatorCause(figures.cause, direction)) : '–',
      ...shown.map((figure) => said(figures, figure, words.language))];
    // Before them, in the first row of the two, is whose they are.
    [...row.children].slice(-texts.length).forEach((cell, at) => write(cell, texts[at] ?? ''));
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
    element.hidden = !trouble;
    write(element, trouble ? this.words.say(...trouble) : '');
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

/** What says the same again is left alone: an alert would be read out again. */
function write(element: Element, text: string): void {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

function heading(scope: 'col' | 'row', text = ''): HTMLTableCellElement {
  const head = document.createElement('th');
  head.scope = scope;
  head.textContent = text;
  return head;
}

/** A direction's row to be filled; the first one also says whose both are. */
function emptyRow(key: string, participant: string, direction: Direction): HTMLTableRowElement {
  const row = document.createElement('tr');
  row.dataset['key'] = key;
  row.dataset['direction'] = direction;
  if (direction === 'uplink') {
    const who = heading('row', participant);
    who.rowSpan = 2;
    row.append(who);
  }
  row.append(heading('row'), ...['figureCause', ...shown].map(() => document.createElement('td')));
  return row;
}
