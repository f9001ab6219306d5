"""The steps of the dialogue, one module each: `ask` asks something, `hear` handles the answer."""
