// SPDX-License-Identifier: Apache-2.0
import { byId } from '../dom';
import { Vocabulary } from '../i18n';
import { rememberedLanguage, rememberLanguage } from '../language';
import { readFragment } from '../token';
import { QualityConsole } from './console';
import { consoleTexts } from './console-texts';

const words = new Vocabulary(rememberedLanguage(), consoleTexts);
const board = new QualityConsole(words, location.href);

function drawLanguage(): void {
  words.fill(document);
  const button = byId('language');
  button.textContent = words.say('languageSwitch');
  button.setAttribute('aria-label', words.say('languageSwitchLabel'));
  button.lang = words.language === 'vi' ? 'en' : 'vi';
  board.draw();
}

byId('language').addEventListener('click', () => {
  words.switchLanguage();
  rememberLanguage(words.language);
  drawLanguage();
});

function takeToken(): void {
  const { token } = readFragment(location.hash);
  if (token) {
    // Out of the address bar, the history and anything that copies the address.
    history.replaceState(null, '', location.pathname + location.search);
    board.begin(token);
  }
}

drawLanguage();
takeToken();
// A link that is followed to a page that is open already loads nothing anew.
addEventListener('hashchange', takeToken);
