// Streamlit's own words, said in French as they appear: it offers no setting for them.
// A new one is a line of MOTS; « mot: suite » and « Remove suite » follow by themselves.
(() => {
  const MOTS = {
    "Add": "Chercher",
    "Add an option": "Choisir",
    "Add options": "Choisir",
    "App pages": "Pages",
    "Choose an option": "Choisir",
    "Choose or add an option": "Choisir",
    "Choose or add options": "Choisir",
    "Choose options": "Choisir",
    "Clear all": "Tout effacer",
    "Clear value": "Effacer",
    "Close": "Fermer",
    "Close fullscreen": "Quitter le plein écran",
    "Collapse sidebar": "Replier le menu",
    "Connecting": "Connexion…",
    "Connection error": "Connexion perdue",
    "Copied!": "Copié",
    "Copy": "Copier",
    "Copy Vega-Lite spec": "Copier la description Vega-Lite",
    "Copy to clipboard": "Copier",
    "Copy version to clipboard": "Copier le numéro de version",
    "Dark": "Sombre",
    "Deselect all": "Tout désélectionner",
    "Download as CSV": "Télécharger en CSV",
    "Download as PNG": "Télécharger en PNG",
    "Download as SVG": "Télécharger en SVG",
    "Exit fullscreen": "Quitter le plein écran",
    "Expand sidebar": "Déplier le menu",
    "Fullscreen": "Plein écran",
    "Help": "Aide",
    "Is Streamlit still running? If you accidentally stopped Streamlit, just restart it in your terminal:":
      "Le serveur de l’observatoire est arrêté. La page reprendra d’elle-même quand il sera relancé.",
    "Light": "Clair",
    "Link to heading": "Lien vers ce titre",
    "Loading": "Chargement",
    "Loading...": "Chargement…",
    "Main menu": "Menu principal",
    "No options": "Aucun choix",
    "No options to select": "Aucun choix",
    "No results": "Aucun résultat",
    "Open": "Ouvrir",
    "Page not found": "Page introuvable",
    "Print": "Imprimer",
    "Record screen": "Enregistrer l’écran",
    "Rerun": "Actualiser",
    "Running...": "Calcul en cours…",
    "Search": "Chercher",
    "Select all": "Tout sélectionner",
    "Selected values": "Choix retenus",
    "Selectbox options": "Choix possibles",
    "Show chart": "Montrer le graphique",
    "Show data": "Montrer les données",
    "Show/hide columns": "Montrer ou cacher des colonnes",
    "Sidebar": "Menu",
    "Skip to main content": "Aller au contenu",
    "Stop": "Arrêter",
    "Streamlit server is not responding. Are you connected to the internet?":
      "Le serveur de l’observatoire ne répond pas. Vérifiez votre connexion : la page reprendra d’elle-même.",
    "System": "Comme l’appareil",
    "The page that you have requested does not seem to exist. Running the app's main page.":
      "Cette adresse ne mène à aucune page de l’observatoire. Voici la page d’accueil.",
    "Theme": "Couleurs",
    "Toggle fullscreen": "Plein écran",
    "Zoom in": "Agrandir",
    "Zoom out": "Réduire",
  };
  const ATTRIBUTS = ["aria-label", "title", "placeholder", "alt"];

  const translate = text => {
    const word = text.trim();
    if (Object.hasOwn(MOTS, word)) return MOTS[word];
    const parts = /^([A-Z][^:]{2,30}): ([^]+)$/.exec(word);
    if (parts && Object.hasOwn(MOTS, parts[1])) return `${MOTS[parts[1]]} : ${parts[2]}`;
    return word.startsWith("Made with Streamlit") ? word.replace("Made with", "Fait avec") : null;
  };

  const translateText = node => {
    const french = translate(node.data);
    if (french !== null && french !== node.data) node.data = french;
  };

  const translateAttribute = (element, name) => {
    const text = element.getAttribute(name);
    if (!text) return;
    const removed = name === "aria-label" && /^Remove (.+)$/.exec(text);
    const french = removed ? `Retirer ${removed[1]}` : translate(text);
    if (french !== null && french !== text) element.setAttribute(name, french);
  };

  const translateTree = root => {
    if (root.nodeType === Node.TEXT_NODE) return translateText(root);
    if (root.nodeType !== Node.ELEMENT_NODE) return;
    const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) translateText(texts.currentNode);
    for (const name of ATTRIBUTS) {
      translateAttribute(root, name);
      for (const element of root.querySelectorAll(`[${name}]`)) translateAttribute(element, name);
    }
  };

  new MutationObserver(changes => {
    for (const { type, target, addedNodes, attributeName } of changes) {
      if (type === "attributes") translateAttribute(target, attributeName);
      else if (type === "characterData") translateText(target);
      else addedNodes.forEach(translateTree);
    }
  }).observe(document.documentElement, {
    childList: true, characterData: true, subtree: true, attributes: true, attributeFilter: ATTRIBUTS,
  });
})();
