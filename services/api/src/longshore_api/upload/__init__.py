"""Uploads: a form's fields, then a file cut into lines, chunks and ledger calls while it arrives."""
