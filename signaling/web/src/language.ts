// SPDX-License-Identifier: Apache-2.0
// Which language was chosen last, on any page of this server; Vietnamese until one was.

import type { Language } from './i18n';

export function rememberedLanguage(): Language {
  try {
    return localStorage.getItem('language') === 'en' ? 'en' : 'vi';
  } catch {
    return 'vi';
  }
}

export function rememberLanguage(language: Language): void {
  try {
    localStorage.setItem('language', language);
  } catch {
    // Private browsing: the choice lasts for this page only.
  }
}
