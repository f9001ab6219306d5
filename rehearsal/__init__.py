"""A local phone network and Telegram server for tests: they speak the providers' protocols and know nothing of Sawt."""
