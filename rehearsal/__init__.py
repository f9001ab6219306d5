"""A local phone network and Telegram server for tests.

Both follow the providers' protocols, and use no code of Sawt.
"""
