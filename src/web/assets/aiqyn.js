// Keeps a page fresh without a reload, shows what a piece of a chart means when it is tapped, and copies a citation. The page is complete without it.
(function () {
  'use strict';
  const main = document.getElementById('main');
  const live = document.getElementById('live');
  if (!main || !live) return;

  // Touch screens have no pointer that hovers: a tap says the same as the browser's own tooltip.
  document.addEventListener('click', (event) => {
    const title = event.target instanceof Element ? event.target.querySelector('title') : null;
    live.textContent = title && event.target.closest('.chart') ? title.textContent : '';
  });

  function addCopyButton() {
    const citation = document.getElementById('citation');
    if (!citation || !navigator.clipboard) return;
    const button = document.createElement('button');
    button.className = 'copy';
    button.textContent = citation.dataset.copy;
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(citation.textContent.trim());
      live.textContent = citation.dataset.copied;
    });
    citation.after(button);
  }
  addCopyButton();

  const seconds = Number(main.dataset.refresh);
  if (!(seconds > 0)) return;
  const BACKOFF_MAX = 8;
  let etag = null;
  let failures = 0;
  let isLive = false;
  let isWaiting = false;

  /** Whoever reads, selects or has opened something is left alone. */
  function isBusy() {
    const selection = document.getSelection();
    const isSelecting = selection && !selection.isCollapsed && main.contains(selection.anchorNode);
    return document.hidden || isSelecting || main.querySelector('details[open]');
  }

  /** The same link in the new content, so that a keyboard stays where it was. */
  function refocus(href) {
    for (const link of main.querySelectorAll('a[href]')) {
      if (link.getAttribute('href') === href) return link.focus({ preventScroll: true });
    }
  }

  function show(fresh) {
    const before = main.querySelector('h1')?.textContent;
    const focused = main.contains(document.activeElement)
      ? document.activeElement.getAttribute('href')
      : null;
    main.replaceChildren(...fresh.childNodes);
    addCopyButton();
    if (focused) refocus(focused);
    // A screen reader hears that the headline changed; other changes are not worth an interruption.
    if (main.querySelector('h1')?.textContent !== before) live.textContent = main.dataset.refreshed;
  }

  async function refresh() {
    isWaiting = isBusy();
    if (isWaiting) return;
    const headers = etag === null ? {} : { 'If-None-Match': etag };
    const answer = await fetch(location.pathname + location.search, { headers, cache: 'no-store' });
    failures = 0;
    if (live.textContent === main.dataset.stale) live.textContent = '';
    if (answer.status === 304) return;
    if (!answer.ok) throw new Error(String(answer.status));
    etag = answer.headers.get('etag');
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('main');
    if (fresh && fresh.textContent !== shown) {
      shown = fresh.textContent;
      show(fresh);
    }
  }
  let shown = main.textContent;

  async function attempt() {
    try {
      await refresh();
    } catch {
      failures += 1;
      // One lost answer is nothing; a page that stays old must say so.
      if (failures > 2) live.textContent = main.dataset.stale;
    }
  }

  // The server says when something changed. While it cannot be heard, the page asks by itself.
  const source = new EventSource('/api/live');
  source.addEventListener('open', () => {
    isLive = true;
    attempt();
  });
  source.addEventListener('error', () => (isLive = false));
  source.addEventListener('change', attempt);
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden && isWaiting) attempt();
  });
  addEventListener('pagehide', () => source.close());

  function next() {
    setTimeout(
      async () => {
        if (!isLive || failures > 0 || isWaiting) await attempt();
        next();
      },
      seconds * 1000 * Math.min(BACKOFF_MAX, 2 ** failures),
    );
  }
  next();
})();
