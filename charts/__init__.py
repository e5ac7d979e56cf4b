"""The Helm chart, and what writes its schema and its README."""
