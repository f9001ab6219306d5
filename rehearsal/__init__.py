"""A phone network and a Telegram server on a desk: they speak the providers' protocols and know nothing of Sawt."""
