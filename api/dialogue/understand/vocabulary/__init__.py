"""What words mean: the lexicon, names of choices, spellings and sounds."""
