// SPDX-License-Identifier: Apache-2.0
import { ConnectionQuality, DisconnectReason } from 'livekit-client';
import { describe, expect, it } from 'vitest';
import { endText } from '../src/call';
import { Words } from '../src/i18n';
import { initials, Tile, type TileState } from '../src/tile';
import { PictureWatch } from '../src/watch';

describe('the picture watch', () => {
  it('should wait, then call a camera without any frame silent', () => {
    const watch = new PictureWatch(0, 4000);
    expect(watch.observe(0, true, 1000)).toBe('waiting');
    expect(watch.observe(0, true, 3999)).toBe('waiting');
    expect(watch.observe(0, true, 4000)).toBe('silent');
  });

  it('should call a camera that stopped frozen, and take it back with the next frame', () => {
    const watch = new PictureWatch(0, 4000);
    expect(watch.observe(10, true, 1000)).toBe('moving');
    expect(watch.observe(10, true, 4999)).toBe('moving');
    expect(watch.observe(10, true, 5000)).toBe('frozen');
    expect(watch.observe(11, true, 6000)).toBe('moving');
  });

  it('should hold nothing against a paused or hidden picture', () => {
    const watch = new PictureWatch(0, 4000);
    watch.observe(10, true, 1000);
    expect(watch.observe(10, false, 60_000)).toBe('moving');
    expect(watch.observe(10, true, 63_999)).toBe('moving');
    expect(watch.observe(10, true, 64_000)).toBe('frozen');
  });

  it('should take a new element, which counts from zero again, for a new picture', () => {
    const watch = new PictureWatch(0, 4000);
    watch.observe(100, true, 1000);
    expect(watch.observe(0, true, 4000)).toBe('moving');
    expect(watch.observe(0, true, 8000)).toBe('frozen');
  });
});

describe('a tile', () => {
  const state: TileState = {
    name: 'Trạm Ẳng Cang', local: false, screen: false, microphoneOn: false, cameraOn: false, speaking: true,
    quality: ConnectionQuality.Poor, paused: false,
  };

  it('should say for the ear what it shows to the eye', () => {
    const tile = new Tile(new Words('vi'));
    tile.draw(state);
    expect(tile.element.getAttribute('aria-label'))
      .toBe('Trạm Ẳng Cang, Đường truyền: yếu, Micrô đang tắt, Camera đang tắt, Đang nói');
    expect(tile.element.classList.contains('speaking')).toBe(true);
    expect(tile.element.querySelector<HTMLElement>('.bars')?.dataset['bars']).toBe('1');
  });

  it('should show a name as text, never as markup', () => {
    const tile = new Tile(new Words('en'));
    tile.draw({ ...state, name: '<img src=x onerror=alert(1)>' });
    expect(tile.element.querySelector('img')).toBeNull();
    expect(tile.element.querySelector('.name')?.textContent).toBe('<img src=x onerror=alert(1)>');
  });

  it.each([['Trạm Ẳng Cang', 'TC'], ['bs', 'B'], ['', ''], ['  đinh   ẩn ', 'ĐẨ'], ['😀 x', '😀X']])('should shorten %j to %j', (name, short) => {
    expect(initials(name)).toBe(short);
  });
});

describe('the end of a call', () => {
  it('should be told unless it was wished', () => {
    expect(endText(DisconnectReason.CLIENT_INITIATED)).toBeUndefined();
    expect(endText(DisconnectReason.DUPLICATE_IDENTITY)).toBe('endedElsewhere');
    expect(endText(DisconnectReason.PARTICIPANT_REMOVED)).toBe('endedRemoved');
    expect(endText(DisconnectReason.ROOM_DELETED)).toBe('endedRoom');
    expect(endText(undefined)).toBe('endedLost');
  });
});
