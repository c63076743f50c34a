// « Plein écran »: one listener for the whole page, as the content policy lets no script be written into it afterwards.
// The simple mode of the maps takes the page; a table takes the screen alone, and the arrow keys move it.
document.addEventListener("click", (event) => {
  const asked = event.target.closest?.("#obs-plein-ecran, [data-plein-ecran]");
  if (!asked) return;
  if (document.fullscreenElement) {
    document.exitFullscreen();
    return;
  }
  const shown = document.querySelector(asked.dataset.pleinEcran || ":root");
  shown?.requestFullscreen().then(() => shown.focus?.());
});
