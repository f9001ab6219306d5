"""What words mean: the lexicon, the names of choices, spellings and sounds."""
