/** A report as PDF, in a font that has Kazakh letters. The same blocks give the same bytes. */
import { createRequire } from 'node:module';
import { wholeOf } from './bytes.ts';
import type { Block, Cell } from './report.ts';

const MARGIN = 56;
const SIZES = { title: 20, heading: 14, text: 10, footer: 8 } as const;
const GAP = 0.4;
/** Points. */
const PARAGRAPH_GAP = 1.5;
const PICTURE_GAP = 4;
const COLUMN_GAP = 12;
const NAME_SHARE = 0.5;
const HEADING_ROOM = 72;
const FOOTER_ABOVE = 36;

function fontPath(name: string): string {
  return createRequire(import.meta.url).resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`);
}

/**
 * @param about `subject` stands on each page, with its number: a page that lies alone says what it is of; `dateMs` stands in the file as its date, UTC epoch milliseconds: the incident's, not the clock's.
 */
export async function reportPdf(
  blocks: readonly Block[],
  about: { readonly title: string; readonly subject: string; readonly dateMs: number },
): Promise<Buffer> {
  const { default: PDFDocument } = await import('pdfkit');
  const document = new PDFDocument({
    // Compressed bytes differ between versions of zlib, and `verify` compares bytes.
    compress: false,
    size: 'A4',
    margin: MARGIN,
    bufferPages: true,
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
  writeFooters(document, about.subject);
  document.end();
  return wholeOf(document);
}

function text(value: Cell): string {
  return typeof value === 'string' ? value : String(value.value);
}

function roomLeft(document: PDFKit.PDFDocument): number {
  return document.page.height - MARGIN - document.y;
}

/** Below the margin, on every page. */
function writeFooters(document: PDFKit.PDFDocument, subject: string): void {
  const { start, count } = document.bufferedPageRange();
  for (let page = 0; page < count; page += 1) {
    document.switchToPage(start + page);
    // Text below the margin would begin a page of its own.
    document.page.margins.bottom = 0;
    document
      .font('plain')
      .fontSize(SIZES.footer)
      .text(`${subject} · ${page + 1} / ${count}`, MARGIN, document.page.height - FOOTER_ABOVE, {
        lineBreak: false,
      });
  }
}

function writeBlock(document: PDFKit.PDFDocument, block: Block): void {
  if (block.kind === 'title' || block.kind === 'heading') {
    // A heading that stands alone at the end of a page belongs to the next one.
    if (roomLeft(document) < HEADING_ROOM) document.addPage();
    document.moveDown(GAP).font('bold').fontSize(SIZES[block.kind]).text(block.text).moveDown(GAP);
    return;
  }
  document.font('plain').fontSize(SIZES.text);
  if (block.kind === 'chart' && block.picture !== null) {
    writePicture(document, block.picture);
    document.fontSize(SIZES.footer);
  }
  if (block.kind === 'facts') for (const row of block.rows) writeFact(document, row);
  else for (const line of linesOf(block)) document.text(line, { paragraphGap: PARAGRAPH_GAP });
  document.moveDown(GAP);
}

/** As wide as the text, or as high as a page, on a page that has room for it and the line below it. */
function writePicture(document: PDFKit.PDFDocument, picture: Buffer): void {
  const [width, height] = [picture.readUInt32BE(16), picture.readUInt32BE(20)];
  const room = {
    width: document.page.width - 2 * MARGIN,
    height: document.page.height - 2 * MARGIN - HEADING_ROOM,
  };
  const scale = Math.min(room.width / width, room.height / height);
  if (roomLeft(document) < height * scale + HEADING_ROOM / 2) document.addPage();
  const top = document.y;
  document.image(picture, MARGIN, top, { width: width * scale, height: height * scale });
  document.x = MARGIN;
  document.y = top + height * scale + PICTURE_GAP;
}

/** The name on the left, the value in a column of its own. */
function writeFact(document: PDFKit.PDFDocument, [name, value]: readonly [string, Cell]): void {
  const width = document.page.width - 2 * MARGIN;
  const left = width * NAME_SHARE;
  const shown = text(value);
  const right = width - left - COLUMN_GAP;
  const height = Math.max(
    document.heightOfString(name, { width: left }),
    document.heightOfString(shown, { width: right }),
  );
  if (roomLeft(document) < height) document.addPage();
  const top = document.y;
  document.text(name, MARGIN, top, { width: left });
  document.text(shown, MARGIN + left + COLUMN_GAP, top, { width: right });
  document.x = MARGIN;
  document.y = top + height + PARAGRAPH_GAP;
}

function linesOf(block: Exclude<Block, { kind: 'title' | 'heading' | 'facts' }>): readonly string[] {
  switch (block.kind) {
    case 'text':
    case 'chart':
      return [block.text];
    case 'list':
      return block.items.map((item) => `• ${item}`);
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
