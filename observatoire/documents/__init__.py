"""Documents: a tree of blocks made by a pure function (fiche, carte, comparaison), then written (pdf, docx)."""
