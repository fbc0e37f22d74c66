/** Every file of a bundle's report. */
import type { Figures } from './figures.ts';
import { reportHtml } from './html.ts';
import { FILE } from './manifest.ts';
import { reportPdf } from './pdf.ts';
import { LANGUAGES, reportBlocks } from './report.ts';
import type { MadeFile, ReportFacts } from './report.ts';

export function json(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(value, null, 2)}\n`, 'utf8');
}

export function figuresFile(figures: Figures): MadeFile {
  return { path: FILE.figures, content: json(figures) };
}

export async function reportFiles(facts: ReportFacts): Promise<MadeFile[]> {
  const files = [figuresFile(facts.figures)];
  for (const language of LANGUAGES) {
    const { say } = language;
    const blocks = reportBlocks(facts, language);
    const pdf = await reportPdf(blocks, {
      title: say.title,
      subject: facts.incident.id,
      dateMs: facts.incident.detectedAtMs,
    });
    files.push(
      { path: `report/${say.language}.html`, content: Buffer.from(reportHtml(blocks, say.language), 'utf8') },
      { path: `report/${say.language}.pdf`, content: pdf },
    );
  }
  return files;
}
