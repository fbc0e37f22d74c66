/** Names in a headline lead to their pages, in each language's own order. */
import { describe, expect, it } from 'vitest';
import type { Incident } from '../../../src/analysis/detect/point.ts';
import { loadCatalog } from '../../../src/config/catalog-files.ts';
import { messages } from '../../../src/web/messages/messages.ts';
import type { Language } from '../../../src/web/names.ts';
import { createNameBook } from '../../../src/web/names.ts';
import { incidentSentence } from '../../../src/web/overview/sentences.ts';
import { linkedSentence } from '../../../src/web/pages/linked-sentence.ts';
import { anIncident, MINUTE_MS, T0_MS } from '../../support/points.ts';

const catalog = loadCatalog();

function voiceOf(language: Language) {
  return { messages: messages(language), names: createNameBook(catalog, language) };
}

function linked(language: Language, incident: Incident): string {
  return linkedSentence(voiceOf(language), (voice) => incidentSentence(voice, incident, T0_MS)).text;
}

const BLOCK = anIncident({ platforms: ['youtube', 'telegram'], operators: ['AS29355', 'AS9198'] });

describe('a headline', () => {
  it.each([
    {
      language: 'en',
      text: 'YouTube and Telegram are blocked on <a href="/operators/kcell">Kcell</a> and <a href="/operators/kazakhtelecom">Kazakhtelecom</a> since 05:00',
    },
    { language: 'ru', text: '«<a href="/ru/operators/kcell">Kcell</a>»' },
    { language: 'kk', text: '«<a href="/kk/operators/kcell">Kcell</a>»' },
  ] as const)('links what it names, in $language', ({ language, text }) => {
    expect(linked(language, BLOCK)).toContain(text);
  });

  it.each(['en', 'ru', 'kk'] as const)('says in %s the same words with links as without', (language) => {
    const incidents = [
      BLOCK,
      anIncident({ kind: 'shutdown', vantageIds: ['a', 'b'], places: ['almaty', 'astana'], platforms: [] }),
      anIncident({ kind: 'mobile_shutdown', places: ['almaty'], platforms: [], endMs: T0_MS + MINUTE_MS }),
      anIncident({ kind: 'target_down' }),
      anIncident({ operators: ['AS0', 'AS64500'], places: ['unknown'] }),
    ];
    for (const incident of incidents) {
      const plain = incidentSentence(voiceOf(language), incident, T0_MS);
      expect(linked(language, incident).replace(/<[^>]*>/g, '')).toBe(plain);
    }
  });

  it('links a place, and no operator that the catalogue does not know', () => {
    const cut = anIncident({
      kind: 'shutdown',
      vantageIds: ['a', 'b'],
      operators: ['AS64500'],
      platforms: [],
    });
    expect(linked('en', cut)).toContain('<a href="/places/almaty">Almaty</a>');
    expect(linked('en', cut)).not.toContain('/operators/');
  });

  it('names an operator of several AS numbers once, as the sentence without links does', () => {
    const several = catalog.operators.find(({ asns }) => asns.length > 1);
    const incident = anIncident({ operators: [...(several?.asns ?? [])] });
    expect(linked('en', incident).match(/\/operators\//g)).toHaveLength(1);
  });

  it('is escaped, whatever a platform is called', () => {
    expect(linked('en', anIncident({ platforms: ['<script>'] }))).toContain('&lt;script&gt;');
  });
});
