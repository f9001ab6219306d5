"""Understand residents' messages: pure functions of the text and of what the resident was last asked.

Terms: a choice is an option that may be selected. A way out is a command offered beside the options, such as "back". A
folded text has one spelling for each letter. A normalised text also has single spaces and no signs. Fillers are words
that change nothing, such as "please".

HIGH, MID and LOW say how sure a reading is. HIGH is acted upon. MID is also repeated to the person. LOW is a guess,
which the person must confirm first ("Did you mean …?").
"""
