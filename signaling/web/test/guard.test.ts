// SPDX-License-Identifier: Apache-2.0
import { beforeEach, describe, expect, it } from 'vitest';
import { SenderGuard, type SendingScope } from '../src/cover/guard';

interface FakeTrack { kind: string }

function fakes() {
  class Sender {
    constructor(public track: FakeTrack | null) {}
    async replaceTrack(track: FakeTrack | null) { this.track = track; }
  }
  class Connection {
    readonly senders: Sender[] = [];
    addTrack(track: FakeTrack) { return this.#make(track); }
    addTransceiver(of: FakeTrack | string) { return { sender: this.#make(typeof of === 'string' ? null : of) }; }
    #make(track: FakeTrack | null) {
      const sender = new Sender(track);
      this.senders.push(sender);
      return sender;
    }
  }
  return { scope: { RTCPeerConnection: Connection, RTCRtpSender: Sender } as unknown as SendingScope, connection: () => new Connection() };
}

describe('the guard before senders', () => {
  const raw: FakeTrack = { kind: 'video' };
  const covered: FakeTrack = { kind: 'video' };
  const voice: FakeTrack = { kind: 'audio' };
  let guard: SenderGuard;
  let connection: ReturnType<ReturnType<typeof fakes>['connection']>;

  beforeEach(() => {
    const { scope, connection: connect } = fakes();
    guard = new SenderGuard();
    guard.install(scope);
    guard.allow(covered as never);
    connection = connect();
  });

  const sent = () => connection.senders.map(({ track }) => track);

  it('should be closed at first', () => {
    expect(guard.closed).toBe(true);
    expect(() => connection.addTrack(raw)).toThrow(/uncovered/);
  });

  it('should let sound and covered pictures through on every way, and nothing else', async () => {
    expect(() => connection.addTrack(raw)).toThrow(/uncovered/);
    expect(() => connection.addTransceiver(raw)).toThrow(/uncovered/);
    const { sender } = connection.addTransceiver('video');
    await expect(sender.replaceTrack(raw)).rejects.toThrow(/uncovered/);
    expect(sent()).toEqual([null]);
    expect(guard.refused).toBe(3);
    await sender.replaceTrack(covered);
    connection.addTrack(voice);
    connection.addTransceiver(covered);
    await sender.replaceTrack(null);
    expect(sent()).toEqual([null, voice, covered]);
    expect(guard.refused).toBe(3);
  });

  it('should take what is under way from its sender in the moment it closes', () => {
    guard.open();
    connection.addTrack(raw);
    connection.addTransceiver(raw);
    connection.addTrack(voice);
    connection.addTrack(covered);
    guard.close();
    expect(sent()).toEqual([null, null, voice, covered]);
    expect(guard.refused).toBe(2);
  });

  it('should take away at once what is not allowed any more, also where everything may be sent', async () => {
    const beside: FakeTrack = { kind: 'video' };
    guard.allow(beside as never);
    connection.addTrack(covered);
    connection.addTrack(beside);
    guard.forbid(beside as never);
    expect(sent()).toEqual([covered, null]);
    expect(() => connection.addTrack(beside)).toThrow(/uncovered/);
    guard.open();
    connection.addTrack(beside);
    guard.forbid(beside as never);
    expect(sent()).toEqual([covered, null, null]);
  });

  it('should find a sender that got its picture later', async () => {
    guard.open();
    const { sender } = connection.addTransceiver('video');
    await sender.replaceTrack(raw);
    guard.close();
    expect(sent()).toEqual([null]);
  });

  it('should not take a copy of a covered picture for a covered one', () => {
    expect(() => connection.addTrack({ ...covered })).toThrow(/uncovered/);
  });
});
