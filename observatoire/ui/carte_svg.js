// Cartes, drawn as SVG: the territory pointed at, touched or reached by the keyboard is outlined and named; a first touch
// only names it. It is marked too on the other map, in the ranking and in the distribution (« obs-vise » is sent, and
// heard: see carte.js). With « clic=comparer » a click chooses communes instead of opening a portrait. For the keyboard
// the map is one stop: the arrows go from a territory to its neighbour, Enter opens it, Escape leaves the map.
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
    if (node?.matches(LIEU)) stop(node.closest(".obs-svg"), node);
    if (!node || !node.matches(":focus-visible")) return;
    const { x, y, width } = node.getBoundingClientRect();
    say(node, x + width / 2, y);
    show(node.dataset.nom);
  });
  document.addEventListener("focusout", event => { if (at(event) && !finger) { hide(); show(""); } });
  // One stop for the keyboard in each map: the territory where it was last, else the one chosen, else the first.
  const TOUCHES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const AIDE = "Flèches : d’un territoire à son voisin. Entrée : l’ouvrir ou le choisir. Échap : quitter la carte.";
  const stop = (svg, place) => svg.querySelectorAll(LIEU).forEach(a => a.setAttribute("tabindex", a === place ? "0" : "-1"));
  const firstStop = svg => {
    const places = [...svg.querySelectorAll(LIEU)], lit = svg.querySelector(".obs-choix")?.getAttribute("d");
    if (!places.length || places.filter(a => a.getAttribute("tabindex") === "0").length === 1) return;
    stop(svg, places.find(a => lit && a.querySelector("path").getAttribute("d") === lit) ?? places[0]);
    svg.setAttribute("aria-description", AIDE);
  };
  const middle = node => {
    const { x, y, width, height } = node.querySelector("path").getBoundingClientRect();
    return [x + width / 2, y + height / 2];
  };
  // The nearest in that direction: what is straight ahead before what is as near but aside.
  const neighbour = (node, [across, down]) => {
    const [x, y] = middle(node);
    let best = null, least = Infinity;
    for (const other of node.closest(".obs-svg").querySelectorAll(LIEU)) {
      const [x2, y2] = middle(other), ahead = (x2 - x) * across + (y2 - y) * down;
      const aside = Math.abs((x2 - x) * down) + Math.abs((y2 - y) * across), far = ahead + 2 * aside;
      if (other !== node && ahead > 1 && aside <= 2 * ahead && far < least) [best, least] = [other, far];
    }
    return best;
  };
  document.addEventListener("keydown", event => {
    const node = at(event);
    if (event.key === "Escape" && (named || node)) {
      hide();
      show("");
      node?.blur();
    }
    if (!node?.matches(LIEU) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === " ") {  // as a button when it chooses, and never a page that scrolls away
      event.preventDefault();
      node.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, view: window }));
    }
    if (!Object.hasOwn(TOUCHES, event.key)) return;
    event.preventDefault();
    neighbour(node, TOUCHES[event.key])?.focus({ focusVisible: true });
  });
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
    if (list.some(({ addedNodes }) => [...addedNodes].some(n => n.querySelector?.(`${LIEU}, ${COMPARER}`) || n.matches?.(LIEU)))) {
      marked();
      document.querySelectorAll(".obs-svg").forEach(firstStop);
    }
  }).observe(document.documentElement, { childList: true, subtree: true });

  // A portrait is opened by Streamlit's own way, without loading the application again: what the link holds is written in
  // the hidden field that the page listens to. Without that field the link does it.
  const opened = link => {
    const field = document.querySelector(".st-key-carte-clic input");
    if (!field) return false;
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(field, link.search.slice(1));
    field.dispatchEvent(new Event("input", { bubbles: true }));
    for (const type of ["keydown", "keypress", "keyup"])
      field.dispatchEvent(new KeyboardEvent(type, { key: "Enter", code: "Enter", keyCode: 13, charCode: 13, bubbles: true }));
    field.dispatchEvent(new FocusEvent("focusout", { bubbles: true }));
    return true;
  };
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
    } else if (node.matches(LIEU) && !own) {
      if (opened(new URL(node.getAttribute("href"), document.baseURI))) {
        event.preventDefault();
        hide();
        show("");
      }
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
