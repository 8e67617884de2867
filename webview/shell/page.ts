/** The page's own markup: what never changes. Nothing of a capture goes in here. */
import { noRangesText } from '../../extension/shared/aggregate';
import { t } from '../../extension/shared/translate';

const html = (text: string) => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

export const page = `
<div id="progress" role="progressbar" aria-label="${html(t('Reading the capture'))}" hidden></div>
<div id="notices" role="status"></div>
<div id="heading">
  <p id="figures"></p>
  <button id="since" type="button" class="chip" title="${html(t('Stop comparing'))}" hidden></button>
  <button id="previous" type="button" class="link" hidden></button>
</div>
<section id="timeline" aria-label="${html(t('Memory over time'))}">
  <div class="keys"><span class="key heap">${html(t('Heap'))}</span><span class="key rss">${html(t('RSS'))}</span>
    <span id="arenas" class="key arenas" title="${html(t("What Python's own allocator had of the system, for small objects"))}" hidden>${html(t('Arenas'))}</span>
    <span id="then" class="key then" hidden></span>
    <span id="inside" class="key inside" hidden>${html(t('Region'))}</span>
    <span class="end">
      <span id="live" hidden>${html(t('Live'))}</span>
      <button id="mark" type="button" class="link" title="${html(t('Count from now on'))}" hidden>${html(t('Mark'))}</button>
      <button id="stop" type="button" class="link" title="${html(t('End the program, and show its capture'))}" hidden>${html(t('Stop'))}</button>
      <button id="regions" type="button" class="link" title="${html(t('Show what was allocated in a part that the program named'))}" hidden>${html(t('Region…'))}</button>
      <button id="region" type="button" class="chip" title="${html(t('Show all memory'))}" hidden></button>
      <button id="range" type="button" class="chip" title="${html(t('Show the whole run'))}" hidden></button>
    </span>
  </div>
  <div id="plot"></div>
  <p id="whole" hidden>${html(noRangesText())}</p>
</section>
<div id="toolbar"><div id="measures"></div><div id="directions"></div></div>
<div id="find" role="search">
  <div class="field">
    <input id="search" type="text" placeholder="${html(t('Find functions or files'))}" aria-label="${html(t('Find functions or files'))}"
      title="${html(t('Words, {0}, -word', '@bytes>10MB, @share>5%, @file:*/core/*'))}"
      autocomplete="off" spellcheck="false" aria-describedby="hits">
    <span id="hits" aria-live="polite"></span>
  </div>
  <button id="reset" type="button" class="quiet" disabled><span>${html(t('Reset zoom'))}</span></button>
  <div id="more"></div>
</div>
<nav id="crumbs" aria-label="${html(t('What the graph shows'))}" hidden></nav>
<div id="graph"><div id="chart"></div><p id="empty" hidden></p></div>
<div id="kinds"></div>
<div id="table"></div>
<p id="note" hidden></p>
<div id="unfreed" hidden></div>
<div id="line" hidden></div>
<p id="detail" aria-live="polite"></p>
<div id="below">
  <ul id="legend"></ul>
  <button id="calls" type="button" class="link" hidden>${html(t('Show all calls'))}</button>
</div>
`;
