"""The changes of the database's shape in order."""
