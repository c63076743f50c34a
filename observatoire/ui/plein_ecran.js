// « Plein écran », in the simple mode of the maps: one listener for the whole page, as the content policy lets no script
// be written into it afterwards.
document.addEventListener("click", (event) => {
  if (!event.target.closest?.("#obs-plein-ecran")) return;
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen();
});
