"""A local phone network and Telegram server for tests.

They follow the providers' protocols and contain no code of Sawt.
"""
