// Cartes: the map is made to fit its box, whatever its width; and the territory pointed at on the map, in the ranking
// or in the distribution is marked in the two others. They know it by its name: « Bondy », or « Le Port, Aubervilliers »
// for an IRIS.
(() => {
  const CARTE = "[data-testid=stDeckGlJsonChart]", CLASSEMENT = ".obs-table[aria-label$=classement]";
  const MARQUE = "[data-testid=stVegaLiteChart] path[aria-roledescription]", VISE = "obs-vise", SVG = ".obs-svg";
  const plain = text => text.replace(/\s+/g, " ").trim();
  let shown = "", onMap = false;

  const nameOfMark = mark => plain((mark.getAttribute("aria-label") || "").split(" : ")[0]);
  const nameOfRow = row => {
    const iris = row.closest("table").tHead.rows[0].cells[0].textContent === "IRIS";
    return plain(iris ? `${row.cells[0].textContent}, ${row.cells[1].textContent}` : row.cells[0].textContent);
  };
  const nameOnMap = () => {
    const tip = document.querySelector(".deck-tooltip");
    if (!tip || getComputedStyle(tip).display === "none") return "";
    const words = [...tip.childNodes].filter(n => n.nodeType === 3 || (n.nodeName === "DIV" && !n.querySelector("b")));
    return plain(words.map(n => n.textContent).join(", "));
  };
  const nameAt = target => {
    const row = target.closest(`${CLASSEMENT} tbody tr`), mark = target.closest(MARQUE);
    return row ? nameOfRow(row) : mark ? nameOfMark(mark) : "";
  };
  const show = (name, inTable) => {
    if (name === shown) return;
    shown = name;
    document.querySelectorAll(`.${VISE}`).forEach(node => node.classList.remove(VISE));
    if (!name) return;
    document.querySelectorAll(MARQUE).forEach(m => m.classList.toggle(VISE, nameOfMark(m) === name));
    const row = [...document.querySelectorAll(`${CLASSEMENT} tbody tr`)].find(r => nameOfRow(r) === name);
    if (!row) return;
    row.classList.add(VISE);
    const box = row.closest(CLASSEMENT);
    if (!inTable) box.scrollTop = row.offsetTop - box.clientHeight / 2;
  };
  // Deck writes its own label a moment after the pointer has moved: it is the label that is followed.
  const follow = tip => {
    if (tip.dataset.suivi) return;
    tip.dataset.suivi = "oui";
    new MutationObserver(() => onMap && show(nameOnMap(), false)).observe(tip, { attributes: true, childList: true });
  };
  // Streamlit gives no way from the page to its map: deck.gl's own object is looked for in what React keeps on the
  // canvas. Where it is not found (another version), the map alone does not answer.
  const deckOf = canvas => {
    const key = Object.keys(canvas).find(name => name.startsWith("__reactFiber$"));
    for (let fiber = key && canvas[key], up = 0; fiber && up < 9; fiber = fiber.return, up++)
      for (let hook = fiber.memoizedState; hook && hook.next !== undefined; hook = hook.next)
        if (hook.memoizedState?.current?.deck?.getViewports) return hook.memoizedState.current.deck;
    return null;
  };
  // A point inside a territory: the middle of its widest stretch halfway up its largest outline.
  const inside = ({ type, coordinates }) => {
    const rings = (type === "Polygon" ? [coordinates] : coordinates).map(polygon => polygon[0]);
    const ring = rings.reduce((best, one) => (one.length > best.length ? one : best));
    const heights = ring.map(point => point[1]), y = (Math.min(...heights) + Math.max(...heights)) / 2 + 1e-7;
    const crossings = ring.slice(1).flatMap(([x2, y2], n) => {
      const [x1, y1] = ring[n];
      return (y1 > y) === (y2 > y) ? [] : [x1 + ((y - y1) * (x2 - x1)) / (y2 - y1)];
    }).sort((a, b) => a - b);
    const stretches = crossings.flatMap((x, n) => (n % 2 ? [[crossings[n - 1], x]] : []));
    const [from, to] = stretches.reduce((best, one) => (one[1] - one[0] > best[1] - best[0] ? one : best));
    return [(from + to) / 2, y];
  };
  // The map is told as if the pointer were on the territory: it lights it and writes its label itself.
  const pointOnMap = name => {
    const canvas = document.querySelector(`${CARTE} canvas`), deck = canvas && deckOf(canvas);
    if (!deck) return;
    const tell = (type, x, y) => canvas.dispatchEvent(
      new MouseEvent(type, { clientX: x, clientY: y, bubbles: true, cancelable: true, view: window }));
    const data = deck.layerManager?.getLayers().find(layer => layer.id === "territoires")?.props.data;
    const found = (data?.features || []).find(({ properties: { nom, commune } }) =>
      plain(commune ? `${nom}, ${commune}` : nom) === name);
    if (!found) return tell("mouseleave", -1, -1);
    const view = deck.getViewports()[0], box = canvas.getBoundingClientRect();
    const [x, y] = view.project(inside(found.geometry));
    if (x >= 0 && y >= 0 && x <= view.width && y <= view.height) tell("mousemove", box.x + view.x + x, box.y + view.y + y);
    else tell("mouseleave", -1, -1);
  };
  // pydeck cannot know the width of its box: its layer of territories tells what must be seen (« bornes »: west, south,
  // east, north, and the share of the box to leave empty around). A map that the reader has moved is left as it is.
  const mercator = lat => Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) / (2 * Math.PI);
  const fit = deck => {
    const bounds = deck.layerManager?.getLayers().find(layer => layer.props.bornes?.length)?.props.bornes;
    const view = deck.props.viewState, box = deck.getViewports()[0];
    if (!bounds || !view || !box?.width || !box.height) return;
    const [west, south, east, north, margin] = bounds;
    const zoom = Math.log2(Math.min(
      (box.width * (1 - margin)) / (512 * ((east - west) / 360)),
      (box.height * (1 - margin)) / (512 * (mercator(north) - mercator(south)))));
    const longitude = (west + east) / 2, latitude = (south + north) / 2;
    if (Math.abs(zoom - view.zoom) > 0.002) deck.props.onViewStateChange({ viewState: { ...view, longitude, latitude, zoom } });
  };
  // deck.gl takes a press longer than 250 ms for something else than a click: a slow hand presses longer, and a machine
  // without a graphics card takes that long to find what is under the pointer.
  const hearSlowClicks = deck => deck.eventManager?.manager?.get?.("click")?.set({ time: 2000 });
  const moved = new WeakSet();
  const move = ({ target, type, buttons }) => {
    const box = target instanceof Element && target.closest(CARTE);
    if (box && (type !== "pointermove" || buttons)) moved.add(box);
  };
  for (const type of ["wheel", "keydown", "pointermove"])
    document.addEventListener(type, move, { passive: true, capture: true });
  document.addEventListener("click", event =>
    event.target.closest?.("[data-testid=stDeckGlJsonChartZoomButton]") && move(event), { capture: true });
  const watched = new WeakSet();
  const sizes = new ResizeObserver(entries => entries.forEach(({ target }) => fitSoon(target)));
  // deck.gl starts some frames after its box is there (ten seconds are left to it), and measures itself some more after.
  const fitSoon = (box, frames = 600, after = 20) => {
    if (!box.isConnected || moved.has(box) || !frames || !after) return;
    const canvas = box.querySelector("canvas"), deck = canvas && deckOf(canvas), started = !!deck?.viewManager;
    if (started) {
      fit(deck);
      hearSlowClicks(deck);
    }
    requestAnimationFrame(() => fitSoon(box, frames - 1, after - started));
  };
  const watch = () => document.querySelectorAll(CARTE).forEach(box => {
    if (watched.has(box) || !box.querySelector("canvas")) return;
    watched.add(box);
    sizes.observe(box);
  });
  new MutationObserver(watch).observe(document.documentElement, { childList: true, subtree: true });
  document.addEventListener("pointermove", ({ target }) => {
    if (!(target instanceof Element)) return;
    if (target.closest("a.obs-lieu")) return;
    const tip = document.querySelector(".deck-tooltip");
    if (tip) follow(tip);
    onMap = !!target.closest(CARTE);
    if (onMap || !(tip || document.querySelector(SVG))) return;
    const name = nameAt(target);
    if (name !== shown) {
      pointOnMap(name);
      document.dispatchEvent(new CustomEvent("obs-vise", { detail: { name, from: "page" } }));
    }
    show(name, !!target.closest(CLASSEMENT));
  }, { passive: true });
  document.addEventListener("obs-vise", ({ detail: { name, from } }) => from === "svg" && show(name, false));
})();
