"""Which question a message belongs to: late words, replies, edits, repetitions."""
