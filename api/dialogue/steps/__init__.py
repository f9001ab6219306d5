"""The steps of the journey, one file each: `ask` says what is wanted, `hear` takes what was said."""
