/** A report as a page of its own: no script, nothing loaded but the charts beside it. */
import { html } from '../web/html.ts';
import type { Html } from '../web/html.ts';
import type { Block, Cell } from './report.ts';

const STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1f23}' +
  'table{border-collapse:collapse}th,td{text-align:left;padding:.25rem .75rem .25rem 0;border-bottom:1px solid #d8d4ca;vertical-align:top}' +
  'img{max-width:100%}';

export function reportHtml(blocks: readonly Block[], language: string): string {
  const title = blocks.find(({ kind }) => kind === 'title');
  const page = html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title !== undefined && 'text' in title ? title.text : ''}</title>
        <style>
          ${STYLE}
        </style>
      </head>
      <body>
        ${blocks.map(blockHtml)}
      </body>
    </html> `;
  return `${page.text.trimEnd()}\n`;
}

function cell(value: Cell): Html {
  if (typeof value === 'string') return html`${value}`;
  return html`<data data-figure="${value.figure}" value="${value.value}">${value.value}</data>`;
}

function blockHtml(block: Block): Html {
  switch (block.kind) {
    case 'title':
      return html`<h1>${block.text}</h1>`;
    case 'heading':
      return html`<h2>${block.text}</h2>`;
    case 'text':
      return html`<p>${block.text}</p>`;
    case 'chart':
      return html`<p><img src="../${block.path}" alt="${block.text}" /></p>`;
    case 'list':
      return html`<ul>
        ${block.items.map((item) => html`<li>${item}</li>`)}
      </ul>`;
    case 'facts':
      return html`<table>
        ${block.rows.map(
          ([name, value]) =>
            html`<tr>
              <th scope="row">${name}</th>
              <td>${cell(value)}</td>
            </tr>`,
        )}
      </table>`;
    case 'table':
      return html`<table>
        <tr>
          ${block.head.map((name) => html`<th scope="col">${name}</th>`)}
        </tr>
        ${block.rows.map(
          (row) =>
            html`<tr>
              ${row.map((value) => html`<td>${cell(value)}</td>`)}
            </tr>`,
        )}
      </table>`;
  }
}

/** The numbers that a page states, by name, in its order. */
export function statedFigures(page: string): string[] {
  return [...page.matchAll(/<data data-figure="([^"]*)" value="(\d+)">(\d+)<\/data>/g)].map(
    ([, figure = '', value = '', shown = '']) => `${figure} ${value} ${shown}`,
  );
}
