"""What the CCAS write: models of questionnaires (data), their workbooks, the checks, the network's tables."""

# The network's two files: all of it, and what anyone may read.
BRUT, PUBLIC = "reseau.duckdb", "reseau_public.duckdb"
