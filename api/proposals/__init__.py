"""Ideas that residents send in, and the proposals that staff make from them."""
