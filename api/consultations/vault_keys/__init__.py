"""The key of an open consultation's secret: the vault's folders that hold it, and proof that it is destroyed."""
