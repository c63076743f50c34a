// « Voir », on a portrait: the link ends with #obs-indicateur, whose chart is only drawn once the page has been made. The
// keyboard goes to its heading, and the view follows it while what stands above is still drawn, until the reader moves.
(() => {
  const ANCRE = "obs-indicateur";
  const PATIENCE = 20000;
  const SUITE = 2500;
  if (window.location.hash !== `#${ANCRE}`) return;

  const heading = anchor => {
    const box = anchor.closest("[data-testid=stElementContainer]");
    return box?.nextElementSibling?.querySelector("h2, h3, h4") ?? null;
  };

  const reach = target => {
    target.tabIndex = -1;
    target.focus({ preventScroll: true });
    const end = Date.now() + SUITE;
    const gestures = ["wheel", "touchstart", "keydown", "pointerdown"];
    let moved = false;
    const stop = () => { moved = true; };
    for (const gesture of gestures) window.addEventListener(gesture, stop, { once: true, passive: true });
    const follow = () => {
      if (moved || Date.now() > end || !target.isConnected) return;
      target.scrollIntoView({ block: "start" });
      setTimeout(follow, 150);
    };
    follow();
  };

  const until = Date.now() + PATIENCE;
  const look = () => {
    const anchor = document.getElementById(ANCRE);
    const target = anchor && heading(anchor);
    if (target) reach(target);
    else if (Date.now() < until) setTimeout(look, 100);
  };
  look();
})();
