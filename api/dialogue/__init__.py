"""The journey: what a resident hears and says, written once for every channel."""
