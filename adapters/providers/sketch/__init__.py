"""The `sketch` provider: a procedural preview, not AI."""
