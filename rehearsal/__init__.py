"""A local phone network and Telegram server: they speak the providers' protocols and know nothing about Sawt."""
