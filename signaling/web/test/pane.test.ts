// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Pane } from '../src/consultation/pane';
import { CommandRefused, readView } from '../src/consultation/session';
import { Words } from '../src/i18n';

/** A session whose policy others change. */
class FakeClient {
  readonly orders: unknown[] = [];
  epoch = 3;
  clearFor: string[] = [];
  refusal: CommandRefused | undefined;

  async view() {
    return readView({ rights: ['TIGHTEN_POLICY', 'LOOSEN_POLICY'], facePolicy: { mode: 'cover', epoch: this.epoch, clearFor: this.clearFor } });
  }

  async order(command: string, body: unknown) {
    this.orders.push([command, body]);
    if (this.refusal) {
      throw this.refusal;
    }
  }
}

const call = {
  consultation: { stage: 'in_session', faceMode: 'cover', consent: true, mainScreen: undefined, recording: false, emergency: false },
  me: { identity: 'P_me' }, part: { role: 'chair', facility: 'BM' }, inside: true, token: '', latched: new Map(), covering: false, roundTripMs: 5,
};

describe('the desk in a call', () => {
  const by = (id: string) => document.getElementById(id)!;
  const ticked = () => [...document.querySelectorAll<HTMLInputElement>('#clearRoles input:checked')].map(({ value }) => value);
  const save = async () => {
    by('clearForm').dispatchEvent(new Event('submit', { cancelable: true }));
    await vi.advanceTimersByTimeAsync(1);
  };
  let pane: Pane;
  let client: FakeClient;

  beforeEach(async () => {
    vi.useFakeTimers();
    document.documentElement.innerHTML = readFileSync(`${process.cwd()}/index.html`, 'utf8').replace(/<link[^>]*>|<script[^>]*><\/script>/g, '');
    client = new FakeClient();
    pane = new Pane(new Words('vi'));
    pane.begin(call as never, client as never);
    await vi.advanceTimersByTimeAsync(1_000);
  });
  afterEach(() => {
    pane.end();
    vi.useRealTimers();
    document.body.replaceChildren();
  });

  it('should say that the policy was changed meanwhile, and show it as it is', async () => {
    document.querySelector<HTMLInputElement>('#clearRoles input[value=expert]')!.checked = true;
    client.epoch = 4;
    client.clearFor = ['secretary'];
    client.refusal = new CommandRefused(409, 'version-conflict');
    await save();
    expect([by('problem').hidden, by('problem').textContent]).toEqual([false, expect.stringContaining('đã được thay đổi')]);
    expect(ticked()).toEqual(['secretary']);
    expect(client.orders).toEqual([['policy', { clearFor: ['expert'], seenEpoch: 3 }]]);
    // Chosen anew, of what is seen now.
    client.refusal = undefined;
    await save();
    expect(client.orders[1]).toEqual(['policy', { clearFor: ['secretary'], seenEpoch: 4 }]);
    expect(by('problem').hidden).toBe(true);
  });

  it('should say so too where what would have tightened is no right any more', async () => {
    client.epoch = 4;
    client.refusal = new CommandRefused(403, 'not-permitted');
    await save();
    expect(by('problem').textContent).toContain('đã được thay đổi');
    // Refused for what it is: nothing was changed.
    await save();
    expect(by('problem').textContent).toBe('Vai trò của bạn không được làm việc này.');
  });

  it('should warn everybody who is told that some see the clear face', async () => {
    client.clearFor = ['expert'];
    client.epoch = 5;
    pane.draw();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(document.querySelector('#marks [data-mark=faceSome]')?.textContent).toBe('Mặt người bệnh được che; được xem không che: Chuyên gia');
    expect(by('tighten').hidden).toBe(false);
  });
});
