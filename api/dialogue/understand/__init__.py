"""Understand residents' messages: pure functions of the text and of what the resident was last asked.

Terms: a choice is an option that may be selected; a way out is a command offered beside the options, such as "back". A
folded text has one spelling for each letter; a normalised text also has single spaces and no signs. Fillers are words
that change nothing, such as "please". To ask back is to ask "Did you mean …?" before acting. HIGH, MID and LOW say how
sure a reading is: HIGH is acted upon, MID is also repeated to the person, LOW is asked back.
"""
