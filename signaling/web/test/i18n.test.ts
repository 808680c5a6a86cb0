// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { texts, Words } from '../src/i18n';
import { consoleTexts } from '../src/quality/console-texts';

const root = `${process.cwd()}/`;
const html = readFileSync(`${root}index.html`, 'utf8');
const sources = readdirSync(`${root}src`, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !/(^|\W)(i18n|(console-)?texts)\.ts$/.test(file))
  .map((file) => readFileSync(`${root}src/${file}`, 'utf8'))
  .join('\n');
const placeholders = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();

type Texts = Readonly<Record<string, string>>;
const pages: [string, Readonly<Record<'vi' | 'en', Texts>>, string, string[]][] = [
  ['of calls', texts, html, ['camera']],
  ['of call quality', consoleTexts, readFileSync(`${root}quality.html`, 'utf8'), []],
];

describe.each(pages)('the texts of the page %s', (_, { vi, en }, page, same) => {
  const keys = Object.keys(vi);

  it('should have every key in both languages, none empty', () => {
    expect(Object.keys(en).sort()).toEqual([...keys].sort());
    for (const key of keys) {
      expect(vi[key]?.trim(), `vi ${key}`).not.toBe('');
      expect(en[key]?.trim(), `en ${key}`).not.toBe('');
    }
  });

  it('should take the same values in both languages', () => {
    for (const key of keys) {
      expect(placeholders(en[key] ?? ''), key).toEqual(placeholders(vi[key] ?? ''));
    }
  });

  it('should not leave a text untranslated', () => {
    expect(keys.filter((key) => vi[key] === en[key])).toEqual(same);
  });

  it('should know every key the page asks for, and be asked for every key', () => {
    const asked = [...page.matchAll(/data-i18n(?:-label)?="(\w+)"/g)].map((match) => match[1] as string);
    expect(asked.length).toBeGreaterThan(5);
    for (const key of asked) {
      expect(keys, key).toContain(key);
    }
    for (const key of keys) {
      expect(asked.includes(key) || sources.includes(`'${key}'`), `${key} is used`).toBe(true);
    }
  });

  it('should name no other host and need no inline script or style', () => {
    expect(page).not.toMatch(/https?:\/\//);
    expect(page).not.toMatch(/<script(?![^>]*src=)/);
    expect(page).not.toMatch(/<style|\sstyle=|\son\w+=/);
  });

  it('should give every field a label', () => {
    for (const [, id] of page.matchAll(/<(?:input|textarea|select)[^>]*id="(\w+)"/g)) {
      const labelled = page.includes(`for="${id}"`) || new RegExp(`<label><input id="${id}"`).test(page);
      expect(labelled, id).toBe(true);
    }
  });
});

describe('the words', () => {
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

describe('the style', () => {
  it('should bring nothing from elsewhere', () => {
    expect(readFileSync(`${root}src/style.css`, 'utf8')).not.toMatch(/url\(|@import|https?:/);
  });
});
