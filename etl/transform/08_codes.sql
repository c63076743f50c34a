-- Les codes des tables de passage sont des ENUM : un entier de deux octets à joindre, à regrouper et à trier, au lieu
-- d'un texte. Leurs valeurs sont dans l'ordre des textes : trier, prendre le plus petit, y donnent la même chose.
-- Le texte vide est là parce qu'un ENUM n'est jamais sans valeur. Les tables publiques gardent leurs textes : comparé à
-- un texte, un ENUM en redevient un, à chaque ligne.

CREATE TEMP TYPE code_territoire AS ENUM (
    SELECT '' UNION SELECT code FROM territoire UNION SELECT territoire FROM fait ORDER BY 1
);
CREATE TEMP TYPE code_variable AS ENUM (
    SELECT '' UNION SELECT variable FROM fait UNION SELECT unnest([variable1, variable2]) FROM terme ORDER BY 1
);
CREATE TEMP TYPE code_source AS ENUM (SELECT '' UNION SELECT code FROM source ORDER BY 1);
CREATE TEMP TYPE code_indicateur AS ENUM (SELECT '' UNION SELECT code FROM fiche ORDER BY 1);
-- Du plus sûr au plus grave : le statut d'un calcul est le plus grave de ceux de ses termes.
CREATE TEMP TYPE statut_fait AS ENUM ('publie', 'somme', 'censure', 'manquant', 'secret', 'partiel');

ALTER TABLE fiche ALTER code TYPE code_indicateur;
ALTER TABLE terme ALTER indicateur TYPE code_indicateur;
ALTER TABLE terme ALTER variable1 TYPE code_variable;
ALTER TABLE terme ALTER variable2 TYPE code_variable;
