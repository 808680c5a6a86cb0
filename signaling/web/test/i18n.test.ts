// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { texts, Words } from '../src/i18n';

const root = `${process.cwd()}/`;
const html = readFileSync(`${root}index.html`, 'utf8');
const sources = readdirSync(`${root}src`, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !/(^|\W)(i18n|texts)\.ts$/.test(file))
  .map((file) => readFileSync(`${root}src/${file}`, 'utf8'))
  .join('\n');
const keys = Object.keys(texts.vi) as (keyof typeof texts.vi)[];
const placeholders = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();

describe('the texts', () => {
  it('should have every key in both languages, none empty', () => {
    expect(Object.keys(texts.en).sort()).toEqual([...keys].sort());
    for (const key of keys) {
      expect(texts.vi[key].trim(), `vi ${key}`).not.toBe('');
      expect(texts.en[key].trim(), `en ${key}`).not.toBe('');
    }
  });

  it('should take the same values in both languages', () => {
    for (const key of keys) {
      expect(placeholders(texts.en[key]), key).toEqual(placeholders(texts.vi[key]));
    }
  });

  it('should not leave a text untranslated', () => {
    const same = keys.filter((key) => texts.vi[key] === texts.en[key]);
    expect(same).toEqual(['camera']);
  });

  it('should know every key the page asks for, and be asked for every key', () => {
    const asked = [...html.matchAll(/data-i18n(?:-label)?="(\w+)"/g)].map((match) => match[1] as string);
    expect(asked.length).toBeGreaterThan(5);
    for (const key of asked) {
      expect(keys, key).toContain(key);
    }
    for (const key of keys) {
      expect(asked.includes(key) || sources.includes(`'${key}'`), `${key} is used`).toBe(true);
    }
  });

  it('should replace values and follow the language', () => {
    const words = new Words('vi');
    expect(words.say('someoneLeft', { name: 'Trạm 1' })).toBe('Trạm 1 đã rời phòng');
    words.switchLanguage();
    expect(words.say('someoneLeft', { name: 'Trạm 1' })).toBe('Trạm 1 left');
    expect(words.say('someoneLeft')).toBe('{name} left');
  });

  it('should fill the document and name its language', () => {
    document.documentElement.innerHTML = html.replace(/<link[^>]*>|<script[^>]*><\/script>/g, '');
    const words = new Words('vi');
    words.fill(document);
    expect(document.documentElement.lang).toBe('vi');
    expect(document.querySelector('label[for=room]')?.textContent).toBe('Phòng');
    words.switchLanguage();
    words.fill(document);
    expect(document.documentElement.lang).toBe('en');
    expect(document.querySelector('[role=toolbar]')?.getAttribute('aria-label')).toBe('Call controls');
  });
});

describe('the page', () => {
  it('should name no other host and need no inline script or style', () => {
    expect(html).not.toMatch(/https?:\/\//);
    expect(html).not.toMatch(/<script(?![^>]*src=)/);
    expect(html).not.toMatch(/<style|\sstyle=|\son\w+=/);
    expect(readFileSync(`${root}src/style.css`, 'utf8')).not.toMatch(/url\(|@import|https?:/);
  });

  it('should give every field a label', () => {
    for (const [, id] of html.matchAll(/<(?:input|textarea|select)[^>]*id="(\w+)"/g)) {
      const labelled = html.includes(`for="${id}"`) || new RegExp(`<label><input id="${id}"`).test(html);
      expect(labelled, id).toBe(true);
    }
  });
});
