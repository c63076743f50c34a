"""What a reader sees while Streamlit's scripts come, and in their place where there is no JavaScript."""

from __future__ import annotations

from html import escape

from etl.identite import OBSERVATOIRE
from observatoire.brand import MARQUE, TITRE, as_image


def waiting() -> str:
    """The waiting page: identity, a word, the places of what is to come. Its looks are ui/attente.css."""
    return (
        '<div id="obs-attente" role="status">'
        f'<header><img src="{as_image(MARQUE)}" alt=""><div><strong>{escape(OBSERVATOIRE.nom)}</strong>'
        f"<span>{escape(OBSERVATOIRE.reseau)}</span></div></header>"
        '<section><p>Chargement de l’observatoire…</p><i aria-hidden="true"></i><i aria-hidden="true"></i>'
        '<i aria-hidden="true"></i><i aria-hidden="true"></i></section></div>'
    )


def without_script(base_path: str = "") -> str:
    """What is said to a browser that runs no script: where the same figures are without any."""
    base = escape(base_path, quote=True)
    return (
        "<noscript><style>#obs-attente { display: none; }</style>"
        f"<p><strong>{escape(TITRE)}</strong></p>"
        "<p>Cette application a besoin de JavaScript pour s’afficher. L’activer dans les réglages du navigateur, puis "
        "recharger la page.</p>"
        f'<p>Les mêmes chiffres se lisent sans JavaScript : <a href="{base}/api">données ouvertes</a>, ou directement '
        f'<a href="{base}/api/v1/observations?indicateur=REV02&amp;type=commune&amp;format=csv">un tableau de '
        "communes en CSV</a>.</p></noscript>"
    )
