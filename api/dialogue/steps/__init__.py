"""The steps of the dialogue, one file each: `ask` asks, `hear` takes the answer."""
