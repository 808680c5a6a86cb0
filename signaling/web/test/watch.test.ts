// SPDX-License-Identifier: Apache-2.0
import { ConnectionQuality, DisconnectReason, type Track } from 'livekit-client';
import { describe, expect, it } from 'vitest';
import { endText } from '../src/call';
import { Words } from '../src/i18n';
import { pictureNote } from '../src/picture';
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
    quality: ConnectionQuality.Poor, cause: 'none', paused: false, note: undefined, shut: undefined, face: undefined, guarded: false, main: false,
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

  it('should say what a weak link leaves of a picture, and when not even that comes', () => {
    const tile = new Tile(new Words('vi'));
    const video = tile.element.querySelector('video')!;
    let frames = 0;
    video.getVideoPlaybackQuality = () => ({ totalVideoFrames: frames }) as VideoPlaybackQuality;
    const track = { attach: () => video, detach: () => video } as unknown as Track;
    const notice = () => tile.element.querySelector<HTMLElement>('.tileNotice')!;
    tile.show(track, 0);
    const seen = { ...state, cameraOn: true };
    for (const [note, text] of [['still', 'Ảnh tĩnh vì mạng yếu'], ['few', 'Hình chậm vì mạng yếu'],
      ['off', 'Tạm dừng hình vì đường truyền yếu'], [undefined, '']] as const) {
      tile.draw({ ...seen, note });
      frames += 1;
      tile.check(1000, true);
      expect(notice().textContent).toBe(text);
      expect(notice().hidden).toBe(!note);
    }
    tile.draw({ ...seen, note: 'still' });
    tile.check(15_000, true);
    expect(notice().dataset['notice']).toBe('stillPicture');
    tile.check(16_000, true);
    expect(notice().dataset['notice']).toBe('cameraFrozen');
  });

  it('should put the reason in the place of a picture that is not shown', () => {
    const tile = new Tile(new Words('vi'));
    tile.show(undefined, 0);
    tile.draw({ ...state, cameraOn: true, shut: 'shutSilent' });
    const notice = tile.element.querySelector<HTMLElement>('.tileNotice')!;
    const text = 'Đã ngắt hình: máy gửi không còn báo che mặt';
    expect([notice.hidden, notice.textContent]).toEqual([false, text]);
    expect(tile.element.querySelector('video')!.hidden).toBe(true);
    expect(tile.element.classList.contains('dark')).toBe(true);
    expect(tile.element.getAttribute('aria-label')).toContain(text);
    tile.check(1000, true);
    expect(notice.textContent).toBe(text);
    tile.draw({ ...state, cameraOn: true, face: 'covered' });
    tile.check(2000, true);
    expect(notice.hidden).toBe(true);
    expect(tile.element.querySelector('.face')!.textContent).toBe('Đã che mặt');
    expect(tile.element.getAttribute('aria-label')).toContain('Đã che mặt');
  });

  it('should not leave the last picture of a covered person standing', () => {
    const tile = new Tile(new Words('vi'));
    const video = tile.element.querySelector('video')!;
    let frames = 5;
    video.getVideoPlaybackQuality = () => ({ totalVideoFrames: frames }) as VideoPlaybackQuality;
    tile.show({ attach: () => video, detach: () => video } as unknown as Track, 0);
    tile.draw({ ...state, cameraOn: true, face: 'covered', guarded: true });
    tile.check(1000, true);
    expect(video.classList.contains('old')).toBe(false);
    tile.check(6000, true);
    expect(video.classList.contains('old')).toBe(true);
    frames += 1;
    tile.check(7000, true);
    expect(video.classList.contains('old')).toBe(false);
  });

  it.each([['vi', 'Đang kết nối lại…'], ['en', 'Reconnecting…']] as const)('should say in %s that somebody is away, with or without a camera', (language, text) => {
    const tile = new Tile(new Words(language));
    tile.element.querySelector('video')!.getVideoPlaybackQuality = () => ({ totalVideoFrames: 1 }) as VideoPlaybackQuality;
    const notice = () => tile.element.querySelector<HTMLElement>('.tileNotice')!.textContent;
    tile.draw({ ...state, quality: ConnectionQuality.Lost });
    tile.check(1000, true);
    expect(notice()).toBe(text);
    expect(tile.element.getAttribute('aria-label')).toContain(text);
    tile.draw({ ...state, local: true, quality: ConnectionQuality.Lost });
    tile.check(2000, true);
    expect(notice()).toBe('');
    tile.draw(state);
    tile.check(3000, true);
    expect(notice()).toBe('');
  });

  it.each([['Trạm Ẳng Cang', 'TC'], ['bs', 'B'], ['', ''], ['  đinh   ẩn ', 'ĐẨ'], ['😀 x', '😀X']])('should shorten %j to %j', (name, short) => {
    expect(initials(name)).toBe(short);
  });
});

describe('the note on a picture', () => {
  it('should be read for its own track only, and nothing unknown be made of it', () => {
    const attributes = { 'nhipcau.picture.TR_a': 'still', 'nhipcau.picture.TR_b': 'x', 'TR_c': 'still' };
    expect(['TR_a', 'TR_b', 'TR_c'].map((sid) => pictureNote(attributes, sid))).toEqual(['still', undefined, undefined]);
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
