// The waiting page (server/attente.py) takes the colours that the reader has chosen on this page, and goes when Streamlit
// has something to show: a part of the page, or a box of its own (a lost connection). Streamlit's style sheet, which
// would have held it back, applies once it is there.
(() => {
  const SIGNES = "[data-testid=stMain] [data-testid=stElementContainer], [role=dialog], [data-testid=stConnectionStatus]";
  const PATIENCE = 20000;
  // Applied before the first words are drawn, it would hold them back all the same.
  requestAnimationFrame(() => setTimeout(() =>
    document.querySelectorAll("link[data-attente]").forEach(sheet => { sheet.media = "all"; })));
  const wait = document.getElementById("obs-attente");
  if (!wait) return;
  try {
    const chosen = localStorage.getItem(`stActiveTheme-${window.location.pathname}-v2`) || "";
    if (chosen.includes("Light")) wait.className = "clair";
    if (chosen.includes("Dark")) wait.className = "sombre";
  } catch { /* a browser that keeps nothing: the colours of the device */ }
  let late;
  const look = () => {
    if (document.querySelector(SIGNES)) end();
    else if (late === undefined && document.querySelector("[data-testid=stApp]")) late = setTimeout(end, PATIENCE);
  };
  const watch = new MutationObserver(look);
  const end = () => {
    watch.disconnect();
    clearTimeout(late);
    wait.remove();
  };
  watch.observe(document.body, { childList: true, subtree: true });
})();
