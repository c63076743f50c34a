// Cartes, drawn as SVG: the territory pointed at, touched or reached by the keyboard is outlined and named; a first touch
// only names it. It is marked too on the other map, in the ranking and in the distribution (« obs-vise » is sent, and
// heard: see carte.js). With « clic=comparer » a click chooses communes instead of opening a portrait.
(() => {
  const LIEU = "a.obs-lieu", POINT = ".obs-point", COMPARER = ".obs-comparer";
  const chosen = new Map();
  let bubble, touched = null, finger = false, named = "", own = false;

  const tell = name => document.dispatchEvent(new CustomEvent("obs-vise", { detail: { name, from: "svg" } }));
  const outline = name => document.querySelectorAll(".obs-svg").forEach(svg => {
    const place = name && [...svg.querySelectorAll(LIEU)].find(a => a.dataset.nom === name);
    svg.querySelector(".obs-survol")?.setAttribute("d", place ? place.querySelector("path").getAttribute("d") : "");
  });
  const hide = () => {
    if (bubble) bubble.hidden = true;
    touched = null;
  };
  // Beside the place, inside the window: above the finger or the pointer when there is room there. It hides a neighbour:
  // a touch goes through it.
  const say = (node, x, y) => {
    if (!bubble) {
      bubble = document.createElement("div");
      bubble.className = "obs-bulle";
      bubble.setAttribute("aria-hidden", "true");
      document.body.append(bubble);
    }
    const doing = document.querySelector(COMPARER) ? "choisir" : "ouvrir le portrait";
    bubble.textContent = node.dataset.dit + (node.matches(LIEU) ? ` — ${doing}` : "");
    bubble.hidden = false;
    const { width, height } = bubble.getBoundingClientRect(), room = document.documentElement.clientWidth;
    bubble.style.left = `${Math.max(4, Math.min(x - width / 2, room - width - 4))}px`;
    bubble.style.top = `${y - height - 14 > 4 ? y - height - 14 : y + 22}px`;
  };
  const show = name => {
    own = !!name;
    if (name === named) return;
    named = name;
    outline(name);
    tell(name);
  };
  const at = ({ target }) => (target instanceof Element ? target.closest(`${LIEU}, ${POINT}`) : null);
  document.addEventListener("pointermove", event => {
    if (event.pointerType === "touch") return;
    const node = at(event);
    if (node) {
      say(node, event.clientX, event.clientY);
      show(node.dataset.nom || "");
    } else if (own || (touched === null && bubble && !bubble.hidden && !named)) {
      hide();
      show("");
    }
  }, { passive: true });
  document.addEventListener("pointerdown", event => { finger = event.pointerType === "touch"; }, { capture: true });
  document.addEventListener("focusin", event => {
    const node = at(event);
    if (!node || !node.matches(":focus-visible")) return;
    const { x, y, width } = node.getBoundingClientRect();
    say(node, x + width / 2, y);
    show(node.dataset.nom);
  });
  document.addEventListener("focusout", event => { if (at(event) && !finger) { hide(); show(""); } });
  document.addEventListener("keydown", event => { if (event.key === "Escape" && named) { hide(); show(""); } });
  // The page scrolled, not the ranking, that follows what is pointed at.
  document.addEventListener("scroll", ({ target }) => {
    if (own && !finger && target.contains?.(document.querySelector(".obs-svg"))) hide();
  }, { capture: true, passive: true });

  const marked = () => {
    const box = document.querySelector(COMPARER);
    document.querySelectorAll(LIEU).forEach(a => {
      a.classList.toggle("obs-choisi", !!box && chosen.has(a.dataset.code));
      if (box) a.setAttribute("aria-pressed", chosen.has(a.dataset.code));
    });
    if (!box) return;
    const [words, link] = [box.querySelector("p"), box.querySelector("a")], names = [...chosen.values()];
    link.hidden = !names.length;
    words.hidden = !!names.length;
    if (!names.length) return;
    link.textContent = names.length === 1 ? `Comparer ${names[0]}` : `Comparer ces ${names.length} communes : ${names.join(", ")}`;
    link.href = `comparer?territoires=${[...chosen.keys()].join(",")}`;
  };
  new MutationObserver(list => {
    if (list.some(({ addedNodes }) => [...addedNodes].some(n => n.querySelector?.(`${LIEU}, ${COMPARER}`) || n.matches?.(LIEU)))) marked();
  }).observe(document.documentElement, { childList: true, subtree: true });

  document.addEventListener("click", event => {
    const node = at(event);
    if (!node) {
      hide();
      if (finger) show("");
      return;
    }
    const touch = finger && event.detail > 0, own = event.ctrlKey || event.metaKey || event.shiftKey || event.button;
    if (document.querySelector(COMPARER) && node.matches(LIEU) && !own) {
      event.preventDefault();
      const { code, nom } = node.dataset;
      chosen.has(code) ? chosen.delete(code) : chosen.set(code, nom);
      marked();
      if (touch) say(node, event.clientX, event.clientY);
    } else if (touch && touched !== node) {
      event.preventDefault();
      say(node, event.clientX, event.clientY);
      show(node.dataset.nom || "");
      touched = node;
    }
  }, { capture: true });
  document.addEventListener("obs-vise", ({ detail: { name, from } }) => {
    if (from === "svg") return;
    [named, own] = [name, false];
    outline(name);
    if (!name) return hide();
    const place = [...document.querySelectorAll(LIEU)].find(a => a.dataset.nom === name);
    if (!place) return hide();
    const { x, y, width } = place.getBoundingClientRect();
    say(place, x + width / 2, y);
  });
})();
