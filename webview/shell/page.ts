/** The page's own markup: what never changes. Nothing of a capture goes in here. */
export const page = `
<div id="progress" role="progressbar" aria-label="Reading the capture" hidden></div>
<div id="notices" role="status"></div>
<div id="heading">
  <p id="figures"></p>
  <button id="since" type="button" class="chip" title="Stop comparing" hidden></button>
  <button id="previous" type="button" class="link" hidden></button>
</div>
<section id="timeline" aria-label="Memory over time">
  <div class="keys"><span class="key heap">Heap</span><span class="key rss">RSS</span>
    <span id="arenas" class="key arenas" title="What Python's own allocator had of the system, for small objects" hidden>Arenas</span>
    <span id="then" class="key then" hidden></span>
    <span class="end">
      <span id="live" hidden>Live</span>
      <button id="mark" type="button" class="link" title="Count from now on" hidden>Mark</button>
      <button id="stop" type="button" class="link" title="End the program, and show its capture" hidden>Stop</button>
      <button id="range" type="button" class="chip" title="Show the whole run" hidden></button>
    </span>
  </div>
  <div id="plot"></div>
</section>
<div id="toolbar"><div id="measures"></div><div id="directions"></div></div>
<div id="find" role="search">
  <div class="field">
    <input id="search" type="text" placeholder="Find functions or files" aria-label="Find functions or files"
      title="Words, @bytes&gt;10MB, @share&gt;5%, @file:*/core/*, -word"
      autocomplete="off" spellcheck="false" aria-describedby="hits">
    <span id="hits" aria-live="polite"></span>
  </div>
  <button id="reset" type="button" class="quiet" disabled><span>Reset zoom</span></button>
  <div id="more"></div>
</div>
<nav id="crumbs" aria-label="What the graph shows" hidden></nav>
<div id="graph"><div id="chart"></div><p id="empty" hidden></p></div>
<div id="kinds"></div>
<div id="table"></div>
<div id="unfreed" hidden></div>
<div id="line" hidden></div>
<p id="detail" aria-live="polite"></p>
<div id="below">
  <ul id="legend"></ul>
  <button id="calls" type="button" class="link" hidden>Show all calls</button>
</div>
`;
