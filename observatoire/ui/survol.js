// Cartes: the territory pointed at on the map, in the ranking or in the distribution is marked in the two others.
// They know it by its name: « Bondy », or « Le Port, Aubervilliers » for an IRIS.
(() => {
  const CARTE = "[data-testid=stDeckGlJsonChart]", CLASSEMENT = ".obs-table[aria-label$=classement]";
  const MARQUE = "[data-testid=stVegaLiteChart] path[aria-roledescription]", VISE = "obs-vise";
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
  document.addEventListener("pointermove", ({ target }) => {
    if (!(target instanceof Element)) return;
    const tip = document.querySelector(".deck-tooltip");
    if (tip) follow(tip);
    onMap = !!target.closest(CARTE);
    if (tip && !onMap) show(nameAt(target), !!target.closest(CLASSEMENT));
  }, { passive: true });
})();
