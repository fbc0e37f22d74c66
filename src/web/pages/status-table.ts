/** The table of what each platform shows on each network right now. */
import type { WebContext } from '../context.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { StatusTable } from '../overview/cells.ts';
import { networkKey, networkName } from '../overview/network.ts';
import { networkLink, platformLink } from './links.ts';
import { cellBody } from './parts.ts';

/** Nothing where no network has a fresh verdict. */
export function statusTableHtml(context: WebContext, table: StatusTable, nowMs: number): Html | null {
  if (table.rows.length === 0) return null;
  const { messages, names } = context;
  const { front } = messages;
  const heads = table.networks.map((network) => ({
    network,
    key: networkKey(network),
    name: networkName(network, names, messages),
  }));
  return html`<table class="status">
    <caption class="sr">
      ${front.nowCaption}
    </caption>
    <thead>
      <tr>
        <th scope="col">${front.platform}</th>
        ${heads.map(({ network }) => html`<th scope="col">${networkLink(context, network)}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${table.rows.map(
        (row) =>
          html`<tr>
            <th scope="row">${platformLink(context, row.platform)}</th>
            ${heads.map(({ key, name }) => {
              const cell = row.cells.get(key);
              const body =
                cell === undefined
                  ? html`<span class="quiet">${front.notMeasured}</span>`
                  : cellBody(context, cell, nowMs);
              return html`<td data-label="${name}" class="${cell?.status === 'ok' ? 'calm' : ''}">
                <div>${body}</div>
              </td>`;
            })}
          </tr>`,
      )}
    </tbody>
  </table>`;
}
