"""The history of the database's shape, one file for each change."""
