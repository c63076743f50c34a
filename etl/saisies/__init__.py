"""What the CCAS write: models of questionnaires (data), their workbooks, the checks, the network's tables."""
