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
CREATE TEMP TYPE code_source AS ENUM (SELECT '' UNION SELECT code FROM source UNION SELECT source FROM fait ORDER BY 1);
CREATE TEMP TYPE code_indicateur AS ENUM (SELECT '' UNION SELECT code FROM fiche ORDER BY 1);
-- Ceux d'un fait d'abord, du plus sûr au plus grave : le statut d'un calcul est le plus grave de ceux de ses termes.
CREATE TEMP TYPE code_statut AS ENUM (
    'publie', 'somme', 'censure', 'manquant', 'secret', 'partiel', 'non_calculable', 'calcule', 'approche'
);


ALTER TABLE fiche ALTER code TYPE code_indicateur;
ALTER TABLE terme ALTER indicateur TYPE code_indicateur;
ALTER TABLE terme ALTER variable1 TYPE code_variable;
ALTER TABLE terme ALTER variable2 TYPE code_variable;

-- Les territoires, et le rang de leur type et de leur département (« bloc ») : un entier à trier, au lieu de deux textes.
CREATE TEMP TABLE place AS
SELECT t.code, t.code::code_territoire AS territoire, t.type, replace(t.type, '_historique', '') AS niveau,
    dense_rank() OVER (ORDER BY t.type, t.code_departement) AS bloc,
    p.departement IS NOT NULL AS dedans, t.successeur::code_territoire AS successeur, t.valide_du, t.valide_au
FROM territoire AS t LEFT JOIN perimetre AS p ON p.departement = t.code_departement;

CREATE TEMP TABLE geographie_source AS SELECT code::code_source AS source, geographie FROM source;
ALTER TABLE rang_source ALTER source TYPE code_source USING try_cast(source AS code_source);
