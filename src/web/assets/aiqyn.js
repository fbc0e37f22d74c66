// Keeps a page fresh without a reload, and shows what a piece of a chart means when it is tapped. The page is complete without it.
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

  const seconds = Number(main.dataset.refresh);
  if (!(seconds > 0)) return;
  const BACKOFF_MAX = 8;
  let etag = null;
  let failures = 0;

  async function refresh() {
    if (document.hidden || main.querySelector('details[open]')) return;
    const headers = etag === null ? {} : { 'If-None-Match': etag };
    const answer = await fetch(location.pathname, { headers, cache: 'no-store' });
    failures = 0;
    if (live.textContent === main.dataset.stale) live.textContent = '';
    if (answer.status === 304) return;
    if (!answer.ok) throw new Error(String(answer.status));
    etag = answer.headers.get('etag');
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('main');
    if (fresh && fresh.innerHTML !== main.innerHTML) main.replaceChildren(...fresh.childNodes);
  }
  function next() {
    setTimeout(
      async () => {
        try {
          await refresh();
        } catch {
          failures += 1;
          // One lost answer is nothing; a page that stays old must say so.
          if (failures > 2) live.textContent = main.dataset.stale;
        }
        next();
      },
      seconds * 1000 * Math.min(BACKOFF_MAX, 2 ** failures),
    );
  }
  next();
})();
