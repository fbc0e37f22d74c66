/** A report as PDF, in a font that has Kazakh letters. The same blocks give the same bytes. */
import { createRequire } from 'node:module';
import { wholeOf } from './bytes.ts';
import type { Block, Cell } from './report.ts';

const MARGIN = 56;
const SIZES = { title: 20, heading: 14, text: 10 } as const;
const GAP = 0.4;

function fontPath(name: string): string {
  return createRequire(import.meta.url).resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`);
}

/** @param dateMs stands in the file as its date, UTC epoch milliseconds: the incident's, not the clock's. */
export async function reportPdf(
  blocks: readonly Block[],
  about: { readonly title: string; readonly dateMs: number },
): Promise<Buffer> {
  const { default: PDFDocument } = await import('pdfkit');
  const document = new PDFDocument({
    // Compressed bytes differ between versions of zlib, and `verify` compares bytes.
    compress: false,
    size: 'A4',
    margin: MARGIN,
    font: fontPath('DejaVuSans'),
    info: {
      Title: about.title,
      Producer: 'Aiqyn',
      Creator: 'Aiqyn',
      CreationDate: new Date(about.dateMs),
    },
  });
  document.registerFont('plain', fontPath('DejaVuSans'));
  document.registerFont('bold', fontPath('DejaVuSans-Bold'));
  for (const block of blocks) writeBlock(document, block);
  document.end();
  return wholeOf(document);
}

function text(value: Cell): string {
  return typeof value === 'string' ? value : String(value.value);
}

function writeBlock(document: PDFKit.PDFDocument, block: Block): void {
  if (block.kind === 'title' || block.kind === 'heading') {
    document.moveDown(GAP).font('bold').fontSize(SIZES[block.kind]).text(block.text).moveDown(GAP);
    return;
  }
  document.font('plain').fontSize(SIZES.text);
  for (const line of linesOf(block)) document.text(line);
  document.moveDown(GAP);
}

function linesOf(block: Exclude<Block, { kind: 'title' | 'heading' }>): readonly string[] {
  switch (block.kind) {
    case 'text':
    case 'chart':
      return [block.text];
    case 'list':
      return block.items.map((item) => `• ${item}`);
    case 'facts':
      return block.rows.map(([name, value]) => `${name}: ${text(value)}`);
    case 'table':
      return block.rows.map((row) => rowText(block.head, row));
  }
}

/** A table's row as a line, each cell under its name: nothing is cut off on a narrow page. */
function rowText(head: readonly string[], row: readonly Cell[]): string {
  const [first = '', ...others] = row;
  const named = others.map((cell, index) => `${head[index + 1] ?? ''}: ${text(cell)}`);
  return `${text(first)} — ${named.join('; ')}`;
}
