// A deposit: « Y aller » and « Chapitre suivant » draw the form anew with a mark that names a line, or a chapter. The view
// and the keyboard go to its field, or to the head of the chapter, once per mark; what is typed meanwhile is left alone.
(() => {
  let last = null;
  const reach = mark => {
    const aim = mark.dataset.viser;
    const line = document.querySelector(`[data-champ="${CSS.escape(aim)}"]`);
    const box = (line ?? mark).closest("[data-testid=stElementContainer]");
    const next = box?.nextElementSibling;
    if (!next) return;
    next.style.scrollMarginTop = "4.5rem";
    next.scrollIntoView({ block: "start" });
    const field = line && next.querySelector("input:not([type=file]), textarea, button");
    field?.focus({ preventScroll: true });
  };
  new MutationObserver(() => {
    const mark = document.querySelector("[data-viser]");
    if (!mark) { last = null; return; }
    if (last === null || mark.dataset.viser === last) { last = mark.dataset.viser; return; }
    last = mark.dataset.viser;
    setTimeout(() => reach(mark), 300);
  }).observe(document.documentElement, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-viser"] });
})();
